"""A patient over time, as criteria see it: visits, lesions, markers, PET."""
