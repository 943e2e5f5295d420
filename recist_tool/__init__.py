"""Measure tumours on CT and PET and say what happened to them.

The names that most programs begin with are here; all others are in the public
namespaces: `recist_tool.trial`, `recist_tool.dicom`, `recist_tool.measure` and so on,
each with its names in its stub. A name is loaded when it is first used, so importing
is light.
"""

from recist_tool.namespace import public_names

__version__ = "0.1.0"

__getattr__, __dir__, __all__ = public_names(__name__, __file__)
