"""Calipers: two axes in a plane, placed and snapped to a border."""
