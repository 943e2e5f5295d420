"""Pixel data: decoded, in processes of their own, and put into units."""
