"""Portals that a release is published to: CKAN with the Thai metadata scheme, and folders of web servers."""
