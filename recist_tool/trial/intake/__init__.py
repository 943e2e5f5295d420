"""Patients into a trial: whose read counts, what is refused, what is asked."""
