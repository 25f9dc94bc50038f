"""CKAN portals: the client, the state of a dataset, and its publication."""
