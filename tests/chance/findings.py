"""Random findings of one patient: every field of the format, odd combinations too."""

from __future__ import annotations

import datetime as dt
import random
from typing import Any, Final

from pydantic import ValidationError

from recist_tool.model.findings import Findings
from recist_tool.terms import LIVER, Criteria, Response
from tests.chance.from_schema import FIRST_DAY, Maker

_SCHEMA: Final = Findings.model_json_schema()
ORGANS: Final = (
    *(LIVER,) * 4,
    "lung",
    "lymph node",
    "bone",
    "ascites",
    "pleural effusion",
)
TARGETS: Final = ("T1", "T2", "T3", "T4")
OTHERS: Final = ("NT1", "NT2", "NT3")
NEW: Final = ("NL1", "NL2", "NL3")
VISITS: Final = ("BL", "TP1", "TP2", "TP3", "TP4", "TP5")
MARKERS: Final = ("CgA", "CEA", "5-HIAA")
SYMPTOMS: Final = ("flushing", "pain")
REGIONS: Final = ("liver", "liver tumour", "spleen")


def random_findings(seed: int) -> Findings | None:
    """Return the findings of a seed; None where the format does not allow them."""
    try:
        return Findings.model_validate(Patient(random.Random(seed)).findings())  # noqa: S311
    except ValidationError:
        return None


class Patient:
    """Writes the findings of one patient."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.targets = TARGETS[: chance.randint(0, 4)]
        self.others = OTHERS[: chance.choice((0, 0, 1, 2, 3))]
        self.organs = {name: chance.choice(ORGANS) for name in NEW}
        both = (*self.targets, *self.others) or ("P1",)
        self.make = Maker(
            _SCHEMA,
            chance,
            {
                "organ": lambda one: one.choice(ORGANS),
                "lesion": lambda one: one.choice(both),
                "merged_into": lambda one: one.choice((*(None,) * 30, *both)),
                "merged_with": lambda one: [one.choice(both)] * (one.random() < 0.1),
                "first_seen": lambda one: one.choice((*(None,) * 9, "BL", "TP1")),
                "reason": lambda one: "not imaged",
                "mm": self._mm,
                "suv_kind": lambda one: one.choice((None, "SUVbw max", "SUL mean")),
                "lesions{}": lambda one: one.choice((*both, *NEW)),
                "markers{}": lambda one: one.choice(MARKERS),
                "symptoms{}": lambda one: one.choice(SYMPTOMS),
                "volumes_ml{}": lambda one: one.choice(REGIONS),
                "marker": self._marker,
                "organ_words": lambda one: one.choice(({}, {"hepar": LIVER})),
                "new_therapy_day": lambda one: one.choice((None, None, 100)),
            },
            filled=chance.choice((0.1, 0.3, 0.8)),
            needed={"Symptom": ("severity", "relieved")},
        )

    def findings(self) -> dict[str, Any]:
        """Return the JSON of a patient."""
        count = self.chance.choice((1, 2, 3, 4, 5, 6))
        days = sorted(self.chance.sample(range(1, 500), count - 1))
        visits = [
            self._visit(name, day)
            for name, day in zip(VISITS, [-7, *days], strict=False)
        ]
        given: dict[str, Any] = {
            "id": "P-1",
            "criteria": self.chance.choice(list(Criteria)).value,
            "reference_date": FIRST_DAY.isoformat(),
            "lesions": self._lesions(),
            "timepoints": visits,
        }
        for name in ("settings", "follow_up", "treatment", "groups"):
            if self.chance.random() < 0.3:
                given[name] = self.make.of(_SCHEMA["properties"][name], name)
        if self.chance.random() < 0.05:
            del given["reference_date"]
        return given

    def _lesions(self) -> list[dict[str, Any]]:
        roles = dict.fromkeys(self.targets, "target")
        roles |= dict.fromkeys(self.others, "non_target")
        return [
            self.make.record("FindingsLesion", id=name, role=role)
            for name, role in roles.items()
        ]

    def _visit(self, name: str, day: int) -> dict[str, Any]:
        seen = self.make.record("FindingsTimepoint", id=name)
        for one in ("date", "day", "overall", "liver", "overrides"):
            seen.pop(one, None)
        if self.chance.random() < 0.8:
            seen["date"] = (FIRST_DAY + dt.timedelta(days=day)).isoformat()
        else:
            seen["day"] = day
        is_baseline = name == "BL"
        seen["target"] = self._each(self.targets, is_baseline, self._target)
        seen["nontarget"] = self._each(self.others, is_baseline, self._nontarget)
        seen["new"] = [] if is_baseline and self.chance.random() < 0.98 else self._new()
        if not is_baseline and self.chance.random() < 0.15:
            self._recorded(seen)
        return seen

    def _each(self, names: Any, is_baseline: bool, made: Any) -> dict[str, Any]:
        return {
            name: made(name, is_baseline)
            for name in names
            if is_baseline or self.chance.random() < 0.9
        }

    def _target(self, name: str, is_baseline: bool) -> Any:
        kinds = ("MeasuredTarget",) * 5 + ("StatedTarget", "SplitTarget")
        kind = self.chance.choice(kinds)
        if is_baseline and self.chance.random() < 0.97:
            kind = self.chance.choice(("MeasuredTarget",) * 9 + ("SplitTarget",))
        found = self.make.record(kind)
        if found.get("state") == "merged_into" and self.chance.random() < 0.9:
            found["lesion"] = self._merged_into(name, self.targets)
        if is_baseline and kind == "MeasuredTarget":
            found["mm"] = self.chance.choice((10, 15, 33.3, 50, 99.9))
            found.pop("merged_with", None)
        if is_baseline and kind == "SplitTarget":
            found["parts_mm"] = [self.chance.choice((10, 15, 33.3)), 5]
        return found

    def _merged_into(self, name: str, names: tuple[str, ...]) -> str:
        """Return another lesion: one before it, so that no way leads in a circle."""
        before = names[: names.index(name)] or names
        return self.chance.choice(before if self.chance.random() < 0.95 else names)

    def _nontarget(self, name: str, is_baseline: bool) -> Any:
        if is_baseline or self.chance.random() < 0.5:
            return "present"
        found = self.make.record("NonTargetFinding")
        if found["state"] == "merged_into":
            if self.chance.random() < 0.7:
                return "absent"
            found["lesion"] = self._merged_into(name, (*self.targets, *self.others))
        return found["state"] if self.chance.random() < 0.5 else found

    def _new(self) -> list[dict[str, Any]]:
        names = self.chance.sample(NEW, self.chance.choice((0, 0, 0, 1, 2, 3)))
        return [
            self.make.record("NewLesionFinding", id=name, organ=self.organs[name])
            for name in names
        ]

    def _recorded(self, seen: dict[str, Any]) -> None:
        """Give a response beside findings, or in their place."""
        words = [one.value for one in Response]
        for scope in ("overall", "liver"):
            if self.chance.random() < 0.7:
                seen[scope] = self.chance.choice(("CR", "PR", "SD", "PD", "NE", *words))
        if self.chance.random() < 0.5:
            seen.update(target={}, nontarget={}, new=[])

    def _mm(self, chance: random.Random) -> float:
        return chance.choice((0, 0, 4.9, 5, 9.9, 10, 10, 14.9, 15, 21, 35, 60, 9999))

    def _marker(self, chance: random.Random) -> Any:
        odd = ("x", {"value": 1}, {"value": 9, "uln": 5}, {"CEA": "normal"})
        known = (None, True, False, "raised", "normal", "not done")
        return chance.choice(odd if chance.random() < 0.05 else known)
