"""Files that are made to fill a memory or never to end: each ends in a line.

``python -m tests.hostile`` measures what each of them takes (`tests.hostile.attacks`).
"""
