"""Random commands of one reader: every class of them, what fits and what does not."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Final

from pydantic import TypeAdapter, ValidationError

from recist_tool.model.commands import Command
from recist_tool.model.mask import LesionMask
from recist_tool.terms import Axis, Criteria, LesionRole
from tests.chance.findings import MARKERS, ORGANS, REGIONS, SYMPTOMS
from tests.chance.from_schema import FIRST_DAY, NUMBERS, Maker

if TYPE_CHECKING:
    import random

    from recist_tool.app.session import Session

_COMMAND: Final = TypeAdapter(Command)
_SCHEMA: Final = _COMMAND.json_schema()
KINDS: Final = tuple(
    one["$ref"].rpartition("/")[2]
    for one in _SCHEMA["oneOf"]
    if not one["$ref"].endswith(("/CreateCase", "/StartRead"))
)
"""Every command but those that `Session` gives of itself."""
OFTEN: Final = ("RecordFinding",) * 12 + ("AddLesion",) * 3 + ("RecordUptake",) * 2
VISITS: Final = ("BL", "TP1", "TP2", "TP3")
LESIONS: Final = {
    LesionRole.TARGET: ("T1", "T2", "T3"),
    LesionRole.NON_TARGET: ("NT1", "NT2"),
    LesionRole.NEW: ("NL1", "NL2"),
}
_NAMES: Final = tuple(name for names in LESIONS.values() for name in names)
_FITTING: Final = {
    LesionRole.TARGET: (
        *("Measured",) * 6,
        *("Absent", "TooSmall", "NotEvaluable", "Split", "MergedInto"),
    ),
    LesionRole.NON_TARGET: (*("NonTargetSeen",) * 4, "Absent", "NotEvaluable"),
    LesionRole.NEW: ("NewLesionSeen",),
}
SERIES: Final = ("1.2.1", "1.2.2", "1.2.3")
ODD: Final = (float("nan"), float("inf"), "\ud800", 1e300)
"""What JSON or a file does not hold, or not as it was."""


class Reader:
    """One reader who does anything.

    Parameters
    ----------
    name
        In whose name most commands are given.

    Attributes
    ----------
    is_odd
        Whether the last command holds a value that no file gives back.
    """

    def __init__(self, chance: random.Random, name: str) -> None:
        self.chance, self.is_odd = chance, False
        self.make = Maker(
            _SCHEMA,
            chance,
            {
                "reader_id": lambda one: name if one.random() < 0.98 else "other",
                "timepoint_id": lambda one: one.choice(VISITS),
                "lesion_id": lambda one: one.choice(_NAMES),
                "merged_with": lambda one: [one.choice(_NAMES)] * (one.random() < 0.2),
                "organ": lambda one: one.choice(ORGANS),
                "first_seen": lambda one: one.choice(VISITS),
                "reason": lambda one: "so it is",
                "series_instance_uid": lambda one: one.choice(SERIES),
                "caliper": lambda one: self.caliper(),
                "Split.parts": lambda one: [self.caliper(), None, self.caliper()],
                "mask": lambda one: self.mask() if one.random() < 0.2 else None,
                "bits": lambda one: self.mask()["bits"],
                "criteria": lambda one: self.criteria(),
                "date": lambda one: self.day(one.randint(0, 4)),
                "pet": lambda one: self.make.record("PetScan"),
                "PetScan.lesions": lambda one: self.uptake(),
                "volumes_ml{}": lambda one: one.choice(REGIONS),
                "markers{}": lambda one: one.choice(MARKERS),
                "symptoms{}": lambda one: one.choice(SYMPTOMS),
                "folders{}": lambda one: one.choice(SERIES),
                "PlaceSeries.series": lambda one: self.make.record("SeriesReference"),
                "blinded_to": lambda one: [],
            },
            filled=chance.choice((0.2, 0.5)),
            needed={
                "Symptom": ("severity", "relieved"),
                "SuvOverride": ("weight_kg", "height_m", "sex"),
                "Clinical": ("marker_raised", "fdg_pet"),
            },
        )

    def command(self, session: Session) -> Command | None:
        """Return a command; None where the records do not allow this one."""
        self.is_odd = self.chance.random() < 0.06
        if self.is_odd:
            return self.odd(session)
        return _valid(self.given(session, self.chance.choice((*OFTEN, *KINDS))))

    def given(self, session: Session, kind: str) -> dict[str, Any]:
        """Return a command as JSON; most fit what is in the case."""
        given = self.make.record(kind)
        if "lesion" in given:
            given["lesion"] = self.lesion(session)
        known = [one.lesion_id for one in session.read.lesions]
        if "lesion_id" in given and known and self.chance.random() < 0.95:
            given["lesion_id"] = self.chance.choice(known)
        if "finding" in given and self.chance.random() < 0.95:
            holder = given if "lesion_id" in given else given["lesion"]
            name = holder["lesion_id"]
            given["finding"] = self.finding(session, name)
            if given["timepoint_id"] == "BL" and given["finding"]["kind"] != "measured":
                given["timepoint_id"] = "TP1"
        if kind in ("Undo", "Redo"):
            given["entry"] = self.chance.randint(1, len(session.entries) + 1)
        return given

    def odd(self, session: Session) -> Command | None:
        """Return a command that holds a value which no line of a journal gives back."""
        given = self.given(session, self.chance.choice(KINDS))
        places = list(_leaves(given))
        holder, key = self.chance.choice(places)
        if key == "command":
            return None
        holder[key] = self.chance.choice(ODD)
        return _valid(given)

    def lesion(self, session: Session) -> dict[str, Any]:
        """Return a lesion; a known one keeps its tracking UID and often its role."""
        role = self.chance.choice(list(LesionRole))
        name = self.chance.choice(LESIONS[role])
        known = session.read.lesion(name)
        uid = known.tracking_uid if known else f"2.25.{self.chance.getrandbits(64)}"
        made = self.make.record("Lesion", lesion_id=name, tracking_uid=uid)
        if self.chance.random() < 0.95:
            made["role"] = role.value
        is_new = made["role"] == LesionRole.NEW.value
        made["first_seen"] = self.chance.choice(VISITS) if is_new else None
        return made

    def finding(self, session: Session, lesion_id: str) -> dict[str, Any]:
        """Return what fits the role of a lesion."""
        known = session.read.lesion(lesion_id)
        role = known.role if known else LesionRole.TARGET
        kind = self.chance.choice(_FITTING[role])
        finding = self.make.record(kind)
        if kind == "Measured":
            finding["caliper"] = self.caliper()
        return finding

    def caliper(self) -> dict[str, Any]:
        """Return the axes of a lesion; now and then the short one is missing."""
        long_mm, short_mm = sorted(
            (self.chance.choice(NUMBERS), self.chance.choice(NUMBERS)), reverse=True
        )
        made: dict[str, Any] = {"long_axis": _axis(Axis.LONG, long_mm)}
        if self.chance.random() < 0.8:
            made["short_axis"] = _axis(Axis.SHORT, short_mm)
        if self.chance.random() < 0.2:
            made["plane"] = self.make.record("ImagePlane")
        return made

    def mask(self) -> dict[str, Any]:
        """Return a mask of a few voxels."""
        return {
            "sop_instance_uids": ["1.2.3.4"],
            "start": [0, 0],
            "shape": [1, 2, 4],
            "bits": LesionMask.encode(bytes([self.chance.randint(1, 255)])),
        }

    def uptake(self) -> dict[str, Any]:
        """Return the uptake of some lesions."""
        names = self.chance.sample((*_NAMES, "P1"), self.chance.randint(0, 4))
        return {name: self.make.record("PetLesion") for name in names}

    def criteria(self) -> list[str]:
        """Return some sets of criteria, often all twelve."""
        every = [one.value for one in Criteria]
        self.chance.shuffle(every)
        return (
            every if self.chance.random() < 0.5 else every[: self.chance.randint(1, 3)]
        )

    def day(self, number: int) -> str:
        """Return about the day of a visit."""
        days = 56 * number + self.chance.choice((0, 0, 0, 1, -70))
        return (FIRST_DAY + dt.timedelta(days=days)).isoformat()


def _valid(given: dict[str, Any]) -> Command | None:
    try:
        return _COMMAND.validate_python(given)
    except ValidationError:
        return None


def _axis(axis: Axis, value_mm: float) -> dict[str, Any]:
    return {"axis": axis.value, "value_mm": value_mm}


def _leaves(made: Any) -> Any:
    """Yield the container and the key of every value that holds no other."""
    items = made.items() if isinstance(made, dict) else enumerate(made)
    for key, one in list(items):
        if isinstance(one, dict | list):
            yield from _leaves(one)
        else:
            yield made, key
