"""The headless controller of one read."""
