"""The read in progress, for whatever front end shows it.

Which visit is open, which lesion is chosen, what waits and in which order, which series
hangs where, what a signature needs: a reading room, in napari or elsewhere, is built on
these names. They know no window.
"""

from recist_tool.namespace import public_names

__getattr__, __dir__, __all__ = public_names(__name__, __file__)
