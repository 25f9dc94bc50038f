"""What all rooms share: issues and reports, failures, limits, languages, Thai text."""
