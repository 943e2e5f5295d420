"""Masks of lesions: measured, edited, saved, counted."""
