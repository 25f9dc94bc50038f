"""A CKAN portal: what is sent to it, and what it answers."""
