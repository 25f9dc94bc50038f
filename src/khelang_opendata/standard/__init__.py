"""The standard: schema families with their tables and codelists, and what portals demand of metadata."""
