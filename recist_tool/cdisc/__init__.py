"""CDISC tables of a trial: TU, TR, RS (SDTM); ADRS, ADTR, ADTTE (ADaM).

Written as CSV, as SAS XPORT version 5, or as Dataset-JSON 1.1.
"""

from recist_tool.namespace import public_names

__getattr__, __dir__, __all__ = public_names(__name__, __file__)
