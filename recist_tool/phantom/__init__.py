"""Synthetic patients of known size, written as DICOM.

>>> from recist_tool.phantom import DEMO_PATIENT, truth
>>> truth(DEMO_PATIENT).timepoint("BL").lesion("T1").caliper.long_axis_mm
62.0
"""

from recist_tool.namespace import public_names

__getattr__, __dir__, __all__ = public_names(__name__, __file__)
