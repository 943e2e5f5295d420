"""One viewport or several: what hangs where, and what ties them together."""
