"""The site of one or more plans: pages, charts and tables, without a server."""
