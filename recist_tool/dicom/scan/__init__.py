"""Folders and archives searched for series: what is there, and what is odd."""
