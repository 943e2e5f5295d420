"""Per patient over time, then per trial."""
