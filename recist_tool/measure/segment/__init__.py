"""A lesion outlined from a click or a caliper."""
