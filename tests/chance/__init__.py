"""Random reads and random patients: nothing that is kept may be lost or go wrong.

``python -m tests.chance`` tries as many as it is told.
"""
