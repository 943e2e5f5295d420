"""Mutated files: refused in a line, or read as an independent reader reads them.

``python -m tests.fuzz`` runs as many as it is told; see `tests.fuzz.runner`.
"""
