"""The bidirectional caliper: geometry in millimetres of one image plane.

Points are (row, column) of the image's own pixel grid, fractions allowed; lengths and
right angles are taken in millimetres, so non-square pixels change nothing.
"""

from __future__ import annotations
