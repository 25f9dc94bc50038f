"""Publish releases to CKAN portals with the Thai metadata scheme, and to folders of web servers."""

from khelang_opendata.model.wording import Notices

notice = Notices(__file__)
"""Formats the texts of ``notices.json``."""
