"""Worked cases with answers typed by hand from the published rules."""
