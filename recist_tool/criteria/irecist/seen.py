"""What a visit shows under iRECIST, and what new lesions make of it (Seymour 2017)."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final, NamedTuple

from recist_tool.criteria.numbers import listed, millimetres
from recist_tool.criteria.recist11.visits import meets_pd
from recist_tool.terms import Response

if TYPE_CHECKING:
    from collections.abc import Mapping

NA: Final = Response.NA
ZERO: Final = Decimal(0)
FURTHER_MM: Final = Decimal(5)
"""Growth of a sum that confirms, from the scan of the iUPD."""


class SeenNewLesion(NamedTuple):
    """A new lesion at one visit.

    Attributes
    ----------
    mm
        Size of one that is followed by size; None for one followed by eye, or judged
        by eye as it was not measured.
    grew
        One judged by eye is larger than at the visit before.
    progressed
        It grew as much as would be progression of a non-target.
    """

    id: str
    mm: Decimal | None = None
    grew: bool = False
    progressed: bool = False


class Observed(NamedTuple):
    """What one visit shows, judged by RECIST 1.1 as if nothing had progressed before.

    Attributes
    ----------
    target, nontarget
        Responses; PD of targets is against the nadir.
    sum_mm
        Sum of the targets where every one was measured.
    measured_mm
        Sum of those measured.
    progressed
        Non-targets that unequivocally progressed.
    nontarget_grew
        Some non-target is larger than at the visit before.
    new
        Definite new lesions that are there.
    silent
        Known new lesions of which nothing is said, or neither size nor change where
        they are followed by size: not evaluated, and not gone.
    unsized
        New lesions followed by size that are there, or may be, without a size.
    symptomatic
        Whether the scan was done for symptoms; None where nobody said.
    """

    id: str
    day: int
    target: Response
    nontarget: Response = NA
    sum_mm: Decimal | None = None
    measured_mm: Decimal | None = None
    progressed: frozenset[str] = frozenset()
    nontarget_grew: bool = False
    new: tuple[SeenNewLesion, ...] = ()
    silent: frozenset[str] = frozenset()
    unsized: frozenset[str] = frozenset()
    symptomatic: bool | None = None

    @property
    def new_ids(self) -> frozenset[str]:
        """Names of the new lesions."""
        return frozenset(one.id for one in self.new)

    @property
    def new_mm(self) -> dict[str, Decimal]:
        """Size of each new lesion that was measured."""
        return {one.id: one.mm for one in self.new if one.mm is not None}


class AwaitedProgression(NamedTuple):
    """An iUPD that waits for confirmation.

    Attributes
    ----------
    opened
        The visit that showed it.
    target, nontarget, new
        In which categories it progressed.
    sizes_mm
        Every new lesion known by then, with its size: what it is followed from. Of one
        not measured then, the first size since; 0 where it had resolved.
    known
        Every new lesion seen by then.
    """

    opened: Observed
    target: bool
    nontarget: bool
    new: bool
    sizes_mm: Mapping[str, Decimal]
    known: frozenset[str]


class ProgressionState(NamedTuple):
    """What the visits before this one left behind.

    Attributes
    ----------
    pair
        The iUPD that waits; None before the first and after a reset.
    known
        New lesions seen so far.
    new_nadir_mm
        Smallest sum of the new lesions so far, each counted from the size with which
        it came; None without.
    confirmed
        Some progression was confirmed before.
    """

    pair: AwaitedProgression | None = None
    known: frozenset[str] = frozenset()
    new_nadir_mm: Decimal | None = None
    confirmed: bool = False


def further_new(seen: Observed, pair: AwaitedProgression) -> frozenset[str]:
    """Return the new lesions that the iUPD did not know."""
    return seen.new_ids - pair.known


def new_progressed(seen: Observed, state: ProgressionState) -> list[str]:
    """Return how new lesions progress by the rules for old ones, in words."""
    signs = [f"{one.id} progressed" for one in seen.new if one.progressed]
    nadir = state.new_nadir_mm
    sizes = seen.new_mm
    known = sum((sizes[name] for name in sizes if name in state.known), ZERO)
    if nadir is not None and known and meets_pd(known, nadir):
        signs.append(f"new lesions grew to {millimetres(known)}")
    return signs


def new_proofs(
    seen: Observed, pair: AwaitedProgression, state: ProgressionState
) -> list[str]:
    """Return what of the new lesions confirms the progression of `pair`, in words.

    Parameters
    ----------
    seen
        The visit that may confirm.
    pair
        The iUPD that waits.
    state
        What the visits before this one left behind.
    """
    fresh = further_new(seen, pair)
    proofs = [f"new lesion {listed(sorted(fresh))}"] if fresh else []
    if not pair.new:
        return proofs + new_progressed(seen, state)
    now, then = seen.new_mm, pair.sizes_mm
    further = sum((now.get(name, ZERO) - then[name] for name in then), ZERO)
    if further >= FURTHER_MM:
        proofs.append(f"new lesions {millimetres(further)} larger in sum")
    grew = sorted(one.id for one in seen.new if one.grew and one.id in pair.known)
    if grew:
        proofs.append(f"new lesion {listed(grew)} grew")
    return proofs


def sizes_of(seen: Observed, known: frozenset[str]) -> dict[str, Decimal]:
    """Return the size of each new lesion that was measured, or known and is gone."""
    gone = known - seen.new_ids - seen.unsized
    return dict.fromkeys(gone, ZERO) | seen.new_mm


def smallest_sum(seen: Observed, state: ProgressionState) -> Decimal | None:
    """Return the smallest sum of new lesions after a visit; a partial one is none."""
    fresh, sizes = seen.new_ids - state.known, seen.new_mm
    sums = [] if seen.unsized else [sum(sizes.values(), ZERO)]
    if state.new_nadir_mm is not None and not fresh & seen.unsized:
        came = sum((sizes.get(name, ZERO) for name in fresh), ZERO)
        sums.append(state.new_nadir_mm + came)
    return min(sums, default=None)
