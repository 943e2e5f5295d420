"""iRECIST: progression that is confirmed, or not."""
