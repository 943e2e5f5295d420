"""Corrections of what was proposed for a series; common to all readers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import Field

from recist_tool.model.case import Case, SeriesReference, Timepoint
from recist_tool.model.commands.requirements import (
    refuse,
    require_signed_by_nobody,
    require_timepoint,
)
from recist_tool.model.record import Record
from recist_tool.model.suv_override import SuvOverride


class PlaceSeries(Record):
    """Say to which visit a series belongs, what it is, and whether it is read on.

    Attributes
    ----------
    series
        As it is to be remembered, with the corrected phase and role.
    is_reading
        Whether the visit is measured on it: it then stands first.
    """

    command: Literal["place_series"] = "place_series"
    timepoint_id: str
    series: SeriesReference
    is_reading: bool = False

    def apply(self, case: Case) -> Case:
        """Return the case with the series at that visit, and at no other."""
        target = require_timepoint(case, self.timepoint_id)
        left = {target.timepoint_id} | {
            one.timepoint_id for one in case.timepoints if self._others(one)
        }
        for timepoint_id in sorted(left):
            require_signed_by_nobody(case, timepoint_id)
        return case.replaced(timepoints=tuple(map(self._placed, case.timepoints)))

    def _others(self, timepoint: Timepoint) -> bool:
        """Whether the series would leave that visit."""
        return any(map(self.series.is_same, timepoint.series))

    def _placed(self, timepoint: Timepoint) -> Timepoint:
        series = list(timepoint.series)
        places = [i for i, one in enumerate(series) if self.series.is_same(one)]
        kept = [one for one in series if not self.series.is_same(one)]
        if timepoint.timepoint_id == self.timepoint_id:
            place = 0 if self.is_reading else places[0] if places else len(kept)
            kept.insert(place, self.series)
        if kept == series:
            return timepoint
        return timepoint.replaced(series=tuple(kept))


class LocateSeries(Record):
    """Remember where series lie now: a hint for the next opening, signed visits too.

    It says nothing of a read, so `Undo` passes it by.

    Attributes
    ----------
    folders
        By series instance UID; a series that the case does not have is passed over.
    """

    command: Literal["locate_series"] = "locate_series"
    folders: Mapping[str, str] = Field(min_length=1)

    def apply(self, case: Case) -> Case:
        """Return the case with the folders of these series."""
        return case.replaced(timepoints=tuple(map(self._located, case.timepoints)))

    def _located(self, timepoint: Timepoint) -> Timepoint:
        series = tuple(
            one.replaced(folder=self.folders.get(one.series_instance_uid, one.folder))
            for one in timepoint.series
        )
        return timepoint.replaced(series=series)


class OverrideSuv(Record):
    """Let a value stand for a missing or wrong tag of a PET series, and say why."""

    command: Literal["override_suv"] = "override_suv"
    override: SuvOverride

    def apply(self, case: Case) -> Case:
        """Return the case with the override; it replaces one said before."""
        _require_series_unlocked(case, self.override.series_instance_uid)
        others = _overrides_but(case, self.override.series_instance_uid)
        return case.replaced(suv_overrides=(*others, self.override))


class WithdrawSuvOverride(Record):
    """Go back to what the tags of a PET series say."""

    command: Literal["withdraw_suv_override"] = "withdraw_suv_override"
    series_instance_uid: str

    def apply(self, case: Case) -> Case:
        """Return the case without the override."""
        if case.suv_override(self.series_instance_uid) is None:
            refuse("this PET series", "nothing overrides its SUV")
        _require_series_unlocked(case, self.series_instance_uid)
        others = _overrides_but(case, self.series_instance_uid)
        return case.replaced(suv_overrides=others)


def _require_series_unlocked(case: Case, uid: str) -> None:
    """Refuse where a reader signed the visit that the series is pinned to."""
    for timepoint in case.timepoints:
        if any(series.series_instance_uid == uid for series in timepoint.series):
            require_signed_by_nobody(case, timepoint.timepoint_id)


def _overrides_but(case: Case, uid: str) -> tuple[SuvOverride, ...]:
    return tuple(one for one in case.suv_overrides if one.series_instance_uid != uid)
