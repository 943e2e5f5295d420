"""DICOM in: scan, load, geometry, SUV tags."""

from recist_tool.namespace import public_names

__getattr__, __dir__, __all__ = public_names(__name__, __file__)
