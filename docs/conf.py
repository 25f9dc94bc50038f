"""How Sphinx builds the documents (``make docs``), one language at a time.

Sphinx, because it and its themes are maintained, and the pages stay plain Markdown that a code host shows. The other
candidate, Material for MkDocs, ends in May 2027.
"""

project = "khelang_opendata"
extensions = ["myst_parser"]
html_theme = "furo"
html_title = project
html_copy_source = False
html_show_sphinx = False
myst_heading_anchors = 3
suppress_warnings = ["toc.not_included", "myst.header"]
"""The pages link to each other; a page of reference may begin with a lower heading."""
