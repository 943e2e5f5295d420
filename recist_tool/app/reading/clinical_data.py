"""What a reader writes beside the measurements, as commands of the case. No Qt.

Every verb raises `CommandRefused` where something does not fit, and leaves no trace.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

from recist_tool.app.reading.typed_fields import made
from recist_tool.criteria.registry import CRITERIA
from recist_tool.errors import CommandRefused
from recist_tool.model.clinical import (
    Clinical,
    MarkerValue,
    SomatostatinAnalogue,
    Symptom,
)
from recist_tool.model.commands import (
    ClearClinical,
    ClearUptake,
    ClearVolumes,
    OverrideResponse,
    RecordClinical,
    RecordUptake,
    RecordVolumes,
    SetFollowUp,
    SetReferenceDate,
    SetTreatments,
    WithdrawOverride,
    WriteComment,
)
from recist_tool.model.follow_up import FollowUp, Treatment
from recist_tool.model.override import VisitOverride
from recist_tool.model.pet import PetLesion, PetScan, ReferenceRegion
from recist_tool.terms import Response, Scope

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from recist_tool.app.reading.current_read import CurrentRead
    from recist_tool.model.protocol import Protocol

    Values = Mapping[str, Any]


class _ReadAt(TypedDict):
    reader_id: str
    timepoint_id: str


LIVER_REGION = "liver_"
"""Before the names of the fields of the reference region in the liver."""
BLOOD_REGION = "blood_pool_"
"""Before the names of the fields of the reference region in the blood pool."""


class ClinicalData:
    """Writes what the clinic knows, and figures of the open visit."""

    def __init__(self, reading: CurrentRead) -> None:
        self._reading = reading

    # ------------------------------------------------------------- the clinic

    @property
    def clinical(self) -> Clinical:
        """What the clinic knows at the open visit."""
        case, visit = self._reading.case, self._reading.timepoint_id
        known = case.clinical_at(visit) if case and visit else None
        return Clinical() if known is None else known

    def set_markers(self, rows: Sequence[Values]) -> None:
        """Record the tumour markers, by name."""
        self._set_clinical(markers=_by_name(MarkerValue, rows))

    def set_symptoms(self, rows: Sequence[Values]) -> None:
        """Record the symptoms, by name."""
        self._set_clinical(symptoms=_by_name(Symptom, rows))

    def set_raised(self, values: Values) -> None:
        """Record whether the marker that the trial follows is above normal."""
        self._set_clinical(marker_raised=values.get("marker_raised"))

    def set_analogue(self, values: Values) -> None:
        """Record the dose of a somatostatin analogue; nothing takes it back."""
        made_of = made(SomatostatinAnalogue, values) if values else None
        self._set_clinical(somatostatin_analogue=made_of)

    def _set_clinical(self, **changes: object) -> None:
        session, visit = self._reading.open_session(), self._reading.open_visit_id()
        kept = {name: getattr(self.clinical, name) for name in Clinical.model_fields}
        clinical = made(Clinical, kept | changes)
        if clinical == Clinical():
            if session.case.clinical_at(visit) is not None:
                session.do(ClearClinical(timepoint_id=visit))
            return
        session.do(RecordClinical(timepoint_id=visit, clinical=clinical))

    # ------------------------------------------------------------- figures

    def set_volumes(self, rows: Sequence[Values]) -> None:
        """Record the volumes of organs or regions, ml."""
        session, visit = self._reading.open_session(), self._reading.open_visit_id()
        place = _ReadAt(reader_id=session.reader_id, timepoint_id=visit)
        volumes = {row["name"]: row.get("volume_ml") for row in rows}
        if volumes:
            session.do(made(RecordVolumes, {**place, "volumes_ml": volumes}))
        elif session.read.volumes_at(visit) is not None:
            session.do(ClearVolumes(**place))

    @property
    def uptake(self) -> PetScan | None:
        """What was measured on the PET of the open visit."""
        read, visit = self._reading.read, self._reading.timepoint_id
        return read.uptake_at(visit) if read and visit else None

    def set_scan(self, values: Values) -> None:
        """Record how the PET was made, and its reference regions."""
        before = self.uptake or PetScan()
        plain = {
            name: value
            for name, value in values.items()
            if not name.startswith((LIVER_REGION, BLOOD_REGION))
        }
        scan = {
            **plain,
            "lesions": before.lesions,
            "liver": _region(values, LIVER_REGION, before.liver),
            "blood_pool": _region(values, BLOOD_REGION, before.blood_pool),
            "methods": _still_so(before, plain),
        }
        self._set_uptake(made(PetScan, scan))

    def set_uptake(self, rows: Sequence[Values]) -> None:
        """Record the uptake of lesions, by lesion or by a name of its own."""
        before = self.uptake or PetScan()
        lesions = {
            name: _kept_measured(before.lesions.get(name), one)
            for name, one in _by_name(PetLesion, rows).items()
        }
        self._set_uptake(before.replaced(lesions=lesions))

    def _set_uptake(self, pet: PetScan) -> None:
        session, visit = self._reading.open_session(), self._reading.open_visit_id()
        place = _ReadAt(reader_id=session.reader_id, timepoint_id=visit)
        if pet != PetScan():
            session.do(RecordUptake(**place, pet=pet))
        elif self.uptake is not None:
            session.do(ClearUptake(**place))

    # ------------------------------------------------------------- comments

    def set_comment(self, values: Values) -> None:
        """Write about the open visit; nothing takes that back."""
        self._write(None, values)

    def set_lesion_comment(self, values: Values) -> None:
        """Write about the chosen lesion at the open visit."""
        self._write(self._reading.chosen().lesion_id, values)

    def comment(self, lesion_id: str | None = None) -> dict[str, object]:
        """Return what is written at the open visit, as the value of its form.

        Parameters
        ----------
        lesion_id
            None for the comment on the visit.
        """
        read, visit = self._reading.read, self._reading.timepoint_id
        text = read.comment(visit, lesion_id) if read and visit else ""
        return {"text": text} if text else {}

    def _write(self, lesion_id: str | None, values: Values) -> None:
        session, visit = self._reading.open_session(), self._reading.open_visit_id()
        session.do(
            WriteComment(
                reader_id=session.reader_id,
                timepoint_id=visit,
                lesion_id=lesion_id,
                text=str(values.get("text", "")),
            )
        )

    # ------------------------------------------------------------- the patient

    def set_day_0(self, values: Values) -> None:
        """Name day 0."""
        if "reference_date" not in values:
            raise CommandRefused.at("Day 0", "is needed", "Ctrl+Z takes it back")
        command = made(SetReferenceDate, values)
        self._reading.open_session().do(command)

    def set_treatments(self, rows: Sequence[Values]) -> None:
        """List all sessions of treatment."""
        treatments = [made(Treatment, row) for row in rows]
        command = SetTreatments(treatments=tuple(treatments))
        self._reading.open_session().do(command)

    def set_follow_up(self, values: Values) -> None:
        """Say what became of the patient; nothing takes it back."""
        follow_up = made(FollowUp, values) if values else None
        self._reading.open_session().do(SetFollowUp(follow_up=follow_up))

    # ------------------------------------------------------------- response

    def override(self, values: Values) -> None:
        """Hold the response of the open visit to be another, for a reason."""
        session, visit = self._reading.open_session(), self._reading.open_visit_id()
        if "reason" not in values:
            raise CommandRefused.at("Reason", "is needed", "Say why")
        override = made(VisitOverride, {**values, "timepoint_id": visit})
        words = responses_of(session.case.protocol)
        if override.response.value not in words:
            raise CommandRefused.at(
                override.response.value,
                "is no word of the criteria of this protocol",
                f"Choose one of {', '.join(words)}",
            )
        session.do(OverrideResponse(reader_id=session.reader_id, override=override))

    def withdraw(self, scope: str) -> None:
        """Go back to the computed response alone."""
        session, visit = self._reading.open_session(), self._reading.open_visit_id()
        session.do(
            WithdrawOverride(
                reader_id=session.reader_id, timepoint_id=visit, scope=Scope(scope)
            )
        )

    def overrides(self) -> list[VisitOverride]:
        """Return the reader's own responses at the open visit."""
        read, visit = self._reading.read, self._reading.timepoint_id
        if read is None:
            return []
        return [one for one in read.overrides if one.timepoint_id == visit]


def responses_of(protocol: Protocol) -> tuple[str, ...]:
    """Return what a reader may hold a response to be: the words of the criteria.

    >>> from recist_tool.model.protocol import Protocol
    >>> responses_of(Protocol())
    ('CR', 'PR', 'SD', 'PD', 'NE', 'NON-CR/NON-PD', 'NED', 'NA')
    """
    known = {word for one in protocol.criteria for word in CRITERIA[one].responses}
    return tuple(one.value for one in Response if one in known)


def rows_of(records: Mapping[str, Any]) -> list[dict[str, object]]:
    """Return records by name as the rows of a form."""
    return [{"name": name, **dict(one)} for name, one in records.items()]


def scan_values(scan: PetScan | None) -> dict[str, object]:
    """Return a PET scan as the values of its form."""
    if scan is None:
        return {}
    values = dict(scan)
    for prefix, region in ((LIVER_REGION, scan.liver), (BLOOD_REGION, scan.blood_pool)):
        if region is not None:
            values |= {f"{prefix}{name}": value for name, value in region}
    return values


def _by_name(kind: Any, rows: Sequence[Values]) -> dict[str, Any]:
    """Return the records of rows by their names, each once."""
    found: dict[str, Any] = {}
    for row in rows:
        name = str(row["name"])
        if name in found:
            raise CommandRefused.at(name, "is listed twice", "Keep one of the rows")
        rest = {key: value for key, value in row.items() if key != "name"}
        found[name] = made(kind, rest)
    return found


def _still_so(
    before: PetScan | PetLesion, values: Mapping[str, object]
) -> dict[str, str]:
    """Return how figures were measured of which nobody typed another."""
    return {
        name: how
        for name, how in before.methods.items()
        if values.get(name) == getattr(before, name, None)
    }


def _kept_measured(before: PetLesion | None, typed: PetLesion) -> PetLesion:
    """Return typed uptake with what was measured and stands in no field."""
    if before is None:
        return typed
    unshown = {name: getattr(before, name) for name in before.later_fields}
    whole = typed.replaced(**unshown)
    return whole.replaced(methods=_still_so(before, dict(whole)))


def _region(
    values: Values, prefix: str, before: ReferenceRegion | None
) -> ReferenceRegion | None:
    own = {
        name.removeprefix(prefix): value
        for name, value in values.items()
        if name.startswith(prefix)
    }
    typed = made(ReferenceRegion, own) if own else None
    if before is None or typed is None:
        return typed
    is_same = (typed.mean_sul, typed.sd_sul) == (before.mean_sul, before.sd_sul)
    return before if is_same else typed
