"""Measure tumours on CT and PET and say what happened to them."""
