"""Files: safe paths, atomic writing, and JSON and CSV read and written strictly."""

import os

StrPath = str | os.PathLike[str]
"""A path as callers give it."""
