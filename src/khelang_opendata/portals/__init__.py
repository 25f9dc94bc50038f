"""Portals that a release is published to: CKAN with the Thai metadata scheme, and folders of web servers."""

from khelang_opendata.model.wording import Notices

notice = Notices(__file__)
"""The sentences of this room."""
