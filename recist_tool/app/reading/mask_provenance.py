"""What of a mask and its provenance is kept when a reader moves the caliper."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from recist_tool.model.finding import caliper_of
from recist_tool.model.provenance import MeasuringMethod

if TYPE_CHECKING:
    from recist_tool.model.case import Read
    from recist_tool.model.diameter import Caliper
    from recist_tool.model.mask import LesionMask
    from recist_tool.model.provenance import Provenance


class Corrected(NamedTuple):
    """A caliper with its provenance, and the mask that goes on with it."""

    caliper: Caliper | None
    mask: LesionMask | None = None


def corrected(
    read: Read, lesion_id: str, timepoint_id: str, caliper: Caliper | None
) -> Corrected:
    """Return a caliper that takes the place of an earlier one of the same visit.

    A measurement that a program helped to make stays one, and says that a reader
    changed it; a mask is kept while there is a caliper.

    Parameters
    ----------
    read
        As it is before the change.
    caliper
        The new one; None takes the caliper away.
    """
    before = caliper_of(read.finding(lesion_id, timepoint_id))
    if caliper is None or before is None:
        return Corrected(caliper)
    mask = read.mask(lesion_id, timepoint_id)
    if caliper == before or before.provenance is None:
        return Corrected(caliper, mask)
    changed = _edited(before.provenance)
    return Corrected(caliper.replaced(provenance=changed), mask)


def _edited(provenance: Provenance) -> Provenance:
    """Return the record of a measurement that a reader changed after it was made."""
    method = provenance.method
    if method is MeasuringMethod.ACCEPTED:
        method = MeasuringMethod.CARRIED_OVER
    return provenance.replaced(method=method, edited=True)
