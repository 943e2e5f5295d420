"""RECIST 1.1, rule by rule."""
