"""Data Packages: reading them, their typed tables, and the place where output of the user goes."""
