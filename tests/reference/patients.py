"""Random patients that stand on every edge of the rules: each from its own seed."""

from __future__ import annotations

import random
from decimal import Decimal
from typing import Any

from tests.reference import beside_images as beside
from tests.reference import conventions
from tests.reference.reading import Json

CENT = Decimal("0.01")
ORGANS = ("liver", "liver", "liver", "lung", "lung", "lymph node", "bone")
EDGES = ("0", "0.3", "0.343", "0.5", "0.65", "0.7", "0.71", "0.75", "0.8", "0.85")
EDGES_UP = ("0.9", "0.91", "1", "1", "1.1", "1.15", "1.2", "1.25", "1.3", "1.5", "1.75")
GAPS = (7, 14, 20, 27, 28, 29, 30, 42, 56, 56, 56, 84)
STARTS = (14, 27, 28, 30, 41, 42, 43, 56, 56)
RECORDED = {
    "iRECIST": ("iCR", "iPR", "iSD", "iUPD", "NE"),
    "WHO": ("CR", "PR", "NC", "PD", "NE"),
    "per lesion": ("CR", "PR", "MR", "SD", "PD", "NE"),
    "EORTC PET": ("CMR", "PMR", "SMD", "PMD", "NE"),
    "PERCIST": ("CMR", "PMR", "SMD", "PMD", "NE"),
    "biochemical": ("RESPONSE", "NO RESPONSE", "NE"),
    "symptoms": ("RESPONSE", "NO RESPONSE", "NE"),
    "somatostatin analogue use": ("RESPONSE", "NO RESPONSE", "NE"),
}
NOT_BY_SIZE = (
    "EORTC PET",
    "PERCIST",
    "biochemical",
    "symptoms",
    "somatostatin analogue use",
)
COMMON_WORDS = ("CR", "PR", "SD", "PD", "NE")


def number(value: Decimal) -> float:
    """Return a figure as JSON holds it."""
    return float(value.quantize(CENT))


def lesion(rng: random.Random, name: str, role: str) -> Json:
    """Return a lesion of baseline."""
    organ = rng.choice(ORGANS)
    found: Json = {"id": name, "role": role, "organ": organ}
    if organ == "lymph node":
        found["nodal"] = True
        if rng.random() < 0.3:
            found["note"] = "hepatic hilum"
    return found


def measured(rng: random.Random, length: Decimal, extras: Json) -> Json:
    """Return a measured target with what the other criteria ask for."""
    found: Json = {"mm": number(length)}
    for name, share in extras.items():
        if rng.random() < 0.93 and name != "hu_mean":
            found[name] = number(length * share)
    if "hu_mean" in extras and rng.random() < 0.9:
        factor = Decimal(rng.choice(("0.5", "0.85", "0.86", "1", "1.2")))
        found["hu_mean"] = number(extras["hu_mean"] * factor)
    if rng.random() < 0.02:
        found["intratumoral_nodule"] = True
    return found


def shares(rng: random.Random) -> Json:
    """Return what a lesion is measured for beside its length, as shares of it."""
    found: Json = {}
    if rng.random() < 0.85:
        found["perpendicular_mm"] = Decimal(rng.choice(("1", "0.8", "0.5")))
    if rng.random() < 0.7:
        found["viable_mm"] = Decimal(rng.choice(("1", "0.8", "0.5")))
    if rng.random() < 0.85:
        found["volume_ml"] = Decimal(rng.choice(("0.5", "1", "0.2")))
    if rng.random() < 0.8:
        found["hu_mean"] = Decimal(rng.choice(("60", "80", "40", "-10", "0")))
    return found


class Course:
    """One patient in the making."""

    def __init__(self, rng: random.Random, criteria: str) -> None:
        self.rng = rng
        self.criteria = criteria
        targets = rng.choice((0, 1, 1, 2, 2, 3, 4))
        others = rng.choice((0, 0, 1, 1, 2))
        self.targets = [lesion(rng, f"T{i + 1}", "target") for i in range(targets)]
        self.others = [lesion(rng, f"NT{i + 1}", "non_target") for i in range(others)]
        self.first = {one["id"]: self.first_length(one) for one in self.targets}
        self.last = dict(self.first)
        self.shares = {one["id"]: shares(rng) for one in self.targets}
        self.news: dict[str, Json] = {}
        self.mood = rng.choice(("cr", "cr", "respond", "grow", "mixed", "mixed"))
        self.marker = rng.random() < 0.25
        self.scans = beside.Scans(rng, [one["id"] for one in self.lesions()])
        self.often = 0.95 if criteria in NOT_BY_SIZE else 0.05
        self.fall = rng.choice((0.9, 0.5))

    def lesions(self) -> list[Json]:
        """Return all lesions of baseline."""
        return [*self.targets, *self.others]

    def beside_images(self, found: Json, *, first: bool) -> None:
        """Add PET, markers, symptoms and doses to a visit."""
        if self.rng.random() < self.often:
            pet = self.scans.baseline() if first else self.scans.again()
            found["pet"] = pet
        if self.rng.random() < self.often:
            found["markers"] = beside.markers(self.rng, 0.1 if first else self.fall)
        if self.rng.random() < self.often:
            found["symptoms"] = beside.symptoms(self.rng, first=first)
        if self.rng.random() < self.often:
            found["somatostatin_analogue"] = beside.analogue(self.rng)

    def first_length(self, one: Json) -> Decimal:
        """Return a baseline diameter, often one that makes exact thresholds."""
        low = (
            ("15", "16", "20", "25") if one.get("nodal") else ("10", "12.5", "20", "50")
        )
        return Decimal(self.rng.choice((*low, "30", "40", "100")))

    def factor(self) -> Decimal:
        """Return how much of the baseline is left, often exactly on an edge."""
        if self.mood == "cr" and self.rng.random() < 0.7:
            return Decimal(0)
        low = {"respond": 0.8, "grow": 0.15}.get(self.mood, 0.5)
        edges = EDGES if self.rng.random() < low else EDGES_UP
        return Decimal(self.rng.choice(edges))

    def target_findings(self) -> Json:
        """Return the findings of the targets of one visit."""
        shared = self.factor() if self.rng.random() < 0.7 else None
        way = self.rng.choice(("first", "first", "last", "step"))
        found: Json = {}
        for one in self.targets:
            left = self.factor() if shared is None else shared
            finding = self.one_target(one, left, way)
            if finding is not None:
                found[one["id"]] = finding
        self.maybe_merge(found)
        return found

    def one_target(self, one: Json, left: Decimal, way: str) -> Json | None:
        """Return the finding of one target, or none."""
        rare, name = self.rng.random(), one["id"]
        if rare < 0.02:
            return None
        if rare < 0.05:
            return {"state": "ne", "reason": "not imaged"}
        if rare < 0.09:
            return {"state": "too_small"}
        if left == 0 and way != "step":
            return self.vanished(one)
        length = self.next_length(name, left, way)
        if rare < 0.12:
            return self.split(name, length)
        self.last[name] = length
        return measured(self.rng, length, self.shares[name])

    def vanished(self, one: Json) -> Json:
        """Return a target that is gone; a node is often measured under 10 mm."""
        if one.get("nodal") and self.rng.random() < 0.7:
            length = Decimal(self.rng.choice(("5", "8", "9.9", "10")))
            return measured(self.rng, length, self.shares[one["id"]])
        if self.rng.random() < 0.1:
            return {"mm": 0, "perpendicular_mm": 0, "viable_mm": 0, "volume_ml": 0}
        return {"state": "absent"}

    def next_length(self, name: str, left: Decimal, way: str) -> Decimal:
        """Return the next diameter: a share of baseline, of the last, or a step."""
        if way == "step":
            step = Decimal(self.rng.choice(("5", "4.99", "5.01", "4", "2", "-5", "0")))
            return max(self.last[name] + step, Decimal(0))
        base = self.first[name] if way == "first" else self.last[name]
        return (base * left).quantize(CENT)

    def split(self, name: str, length: Decimal) -> Json:
        """Return a lesion in parts."""
        parts: list[Any] = [
            number(length * Decimal("0.6")),
            number(length * Decimal("0.4")),
        ]
        if self.rng.random() < 0.3:
            parts.append({"state": "absent"})
        found: Json = {"state": "split", "parts_mm": parts}
        share = self.shares[name]
        if self.rng.random() < 0.8:
            found["area_mm2"] = number(length * length / 2)
        for field in ("viable_mm", "volume_ml", "hu_mean"):
            if field in share and self.rng.random() < 0.8:
                factor = share[field] if field == "hu_mean" else length * share[field]
                found[field] = number(factor)
        return found

    def maybe_merge(self, found: Json) -> None:
        """Let two targets grow into one, sometimes across organs."""
        names = [
            one["id"]
            for one in self.targets
            if "mm" in found.get(one["id"], {}) and not one.get("nodal")
        ]
        if len(names) > 1 and self.rng.random() < 0.06:
            whole, partner = self.rng.sample(names, 2)
            found[whole]["merged_with"] = [whole, partner]
            found[partner] = {"state": "merged_into", "lesion": whole}

    def other_findings(self) -> Json:
        """Return the findings of the non-targets of one visit."""
        found: Json = {}
        for one in self.others:
            finding = self.one_other(one)
            if finding is not None:
                found[one["id"]] = finding
        return found

    def one_other(self, one: Json) -> Any:
        """Return the finding of one non-target, or none."""
        gone = {"cr": 0.75, "respond": 0.3}.get(self.mood, 0.1)
        rare = self.rng.random()
        if rare < 0.02:
            return None
        if rare < 0.08:
            return "ne"
        if rare < 0.1 and self.targets:
            return {"state": "merged_into", "merged_into": self.targets[0]["id"]}
        state = "absent" if self.rng.random() < gone else "present"
        if self.rng.random() < (0.15 if self.mood == "grow" else 0.04):
            state = self.rng.choice(("unequivocal_pd", "increased_not_unequivocal"))
        return self.as_object(one, state)

    def as_object(self, one: Json, state: str) -> Any:
        """Return a non-target finding in words, or with what is measured of it."""
        found: Json = {"state": state}
        if one.get("nodal") and self.rng.random() < 0.5:
            found["short_axis_mm"] = self.rng.choice((5, 9.9, 10, 12, 14.9, 15))
        if self.rng.random() < 0.15:
            found["change_since_last"] = self.rng.choice(
                ("increased", "same", "decreased")
            )
        return found if len(found) > 1 or self.rng.random() < 0.3 else state

    def new_findings(self) -> list[Json]:
        """Return the new lesions of one visit: some again, sometimes one more."""
        often = {"grow": 0.2, "mixed": 0.12}.get(self.mood, 0.06)
        found = [
            self.again(new) for new in self.news.values() if self.rng.random() < 0.8
        ]
        if self.rng.random() < often:
            new = self.another(f"N{len(self.news) + 1}")
            found.append(new)
        for new in found:
            self.news[new["id"]] = new
        return found

    def another(self, name: str) -> Json:
        """Return a new lesion when it first shows."""
        organ = self.rng.choice((*ORGANS, "ascites"))
        status = self.rng.choice(("definite", "equivocal", "equivocal"))
        found: Json = {"id": name, "organ": organ, "status": status}
        if organ == "lymph node":
            found["nodal"] = True
        if self.rng.random() < 0.7:
            found["mm"] = self.rng.choice((6, 9, 9.9, 10, 12, 14.9, 15, 20))
        if self.rng.random() < 0.3:
            found["kind"] = self.rng.choice(("target", "non_target"))
        if organ == "liver" and self.rng.random() < 0.4:
            found["enhancement"] = self.rng.choice(("typical", "atypical"))
        if organ == "ascites" and self.rng.random() < 0.5:
            found["cytology_positive"] = self.rng.random() < 0.5
        return found

    def again(self, new: Json) -> Json:
        """Return a new lesion at a later visit."""
        found = {key: value for key, value in new.items() if key != "change"}
        weights = (6, 1, 1) if new["status"] == "definite" else (3, 4, 2)
        states = ("definite", "equivocal", "resolved")
        found["status"] = self.rng.choices(states, weights)[0]
        if "mm" in found:
            step = self.rng.choice((0, 0, 1, 4, 4.9, 5, 10, -2))
            found["mm"] = number(
                max(Decimal(str(found["mm"])) + Decimal(str(step)), CENT)
            )
        if self.rng.random() < 0.2:
            found["change"] = self.rng.choice(
                ("increased", "same", "decreased", "unequivocal_pd")
            )
        return found

    def visit(self, name: str, day: int) -> Json:
        """Return one visit after baseline."""
        found: Json = {"id": name, "day": day}
        if self.rng.random() < 0.97:
            found["target"] = self.target_findings()
            found["nontarget"] = self.other_findings()
            found["new"] = self.new_findings()
        if self.rng.random() < 0.08:
            words = RECORDED.get(self.criteria, COMMON_WORDS)
            found["overall"] = self.rng.choice(words)
            if self.rng.random() < 0.5:
                found["liver"] = self.rng.choice(words)
        if self.marker and self.rng.random() < 0.9:
            found["marker"] = {"name": "CEA", "above_uln": self.rng.random() < 0.3}
        self.beside_images(found, first=False)
        return found

    def baseline(self, day: int) -> Json:
        """Return the baseline visit."""
        found: Json = {
            "id": "BL",
            "day": day,
            "target": {
                one["id"]: first_measured(self.first[one["id"]], self.shares[one["id"]])
                for one in self.targets
            },
            "nontarget": {one["id"]: "present" for one in self.others},
        }
        if self.marker:
            found["marker"] = {"name": "CEA", "above_uln": self.rng.random() < 0.8}
        self.beside_images(found, first=True)
        return found


def first_measured(length: Decimal, extras: Json) -> Json:
    """Return a target at baseline, with all that it is measured for."""
    found: Json = {"mm": number(length)}
    for name, share in extras.items():
        found[name] = number(share if name == "hu_mean" else length * share)
    return found


def patient(seed: int, criteria: str) -> Json:
    """Return the patient of a seed, for one set of criteria."""
    rng = random.Random(f"{criteria} {seed}")  # noqa: S311 - no secret
    course = Course(rng, criteria)
    day = rng.choice(STARTS)
    visits = [course.baseline(-rng.randint(0, 9))]
    for k in range(rng.randint(1, 6)):
        visits.append(course.visit(f"V{k + 1}", day))
        day += rng.choice(GAPS)
    found: Json = {
        "id": f"{criteria} {seed}",
        "criteria": criteria,
        "reference_date": "2024-01-01",
        "settings": conventions.settings(rng),
        "lesions": course.lesions(),
        "timepoints": visits,
    }
    if rng.random() < 0.1:
        found["follow_up"] = {"new_therapy": rng.choice(("2024-03-01", "2024-05-01"))}
    return found
