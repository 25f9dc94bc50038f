"""Requests over HTTP within a time, to addresses that are trusted or not."""
