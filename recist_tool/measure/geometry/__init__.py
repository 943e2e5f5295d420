"""Grids and volumes in patient space, and what is cut out of them."""
