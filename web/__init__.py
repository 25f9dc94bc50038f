"""What the site carries of others."""
