"""Random PET scans, markers, symptoms and doses, on every edge of their rules."""

from __future__ import annotations

import random
from decimal import Decimal

from tests.reference.reading import Json

SHARES = (
    "0",
    "0.25",
    "0.5",
    "0.7",
    "0.71",
    "0.74",
    "0.75",
    "0.76",
    "0.85",
    "0.86",
    "1",
)
SHARES_UP = ("1", "1.2", "1.21", "1.25", "1.26", "1.3", "1.31", "1.75", "1.76", "2")


def share(rng: random.Random, fall: float) -> Decimal:
    """Return a share of baseline, often exactly on an edge."""
    return Decimal(rng.choice(SHARES if rng.random() < fall else SHARES_UP))


class Scans:
    """The PET scans of one patient."""

    def __init__(self, rng: random.Random, names: list[str]) -> None:
        self.rng = rng
        self.names = [name for name in names if rng.random() < 0.8]
        self.extra: dict[str, Json] = {}
        self.unseen: dict[str, Json] = {}
        for name in ("P1", "P2"):
            if rng.random() < 0.25:
                self.extra[name] = self.place()
        self.first: dict[str, Json] = {}
        self.fall = rng.choice((0.9, 0.6, 0.2))
        self.steady = rng.random() < 0.7
        self.region = rng.choice(("liver", "liver", "blood_pool", "none"))
        self.last_peak: dict[str, Decimal] = {}

    def place(self) -> Json:
        """Return where a lesion is that PET alone shows."""
        organ = self.rng.choice(("liver", "liver", "lung", "lymph node"))
        return (
            {"organ": organ, "nodal": True}
            if organ == "lymph node"
            else {"organ": organ}
        )

    def baseline(self) -> Json:
        """Return the scan at baseline."""
        lesions: Json = {}
        for name in (*self.names, *self.extra):
            if self.rng.random() < 0.95:
                lesions[name] = self.first_uptake(name)
        return {"lesions": lesions, **self.conditions(first=True)}

    def first_uptake(self, name: str) -> Json:
        """Return the uptake of a lesion at baseline."""
        figures: Json = {
            "sul_peak": self.rng.choice((2, 2.4, 3, 4, 5, 8, 10)),
            "suv": self.rng.choice((4, 5, 8, 10, 20)),
        }
        if self.rng.random() < 0.5:
            figures["tlg_g"] = self.rng.choice((20, 40, 100))
        if self.rng.random() < 0.5:
            figures["extent_mm"] = self.rng.choice((10, 20, 30))
        figures = {key: v for key, v in figures.items() if self.rng.random() < 0.96}
        self.first[name] = figures
        return {**figures, **self.extra.get(name, {})}

    def again(self) -> Json:
        """Return a later scan."""
        shared = share(self.rng, self.fall) if self.rng.random() < 0.6 else None
        gone = self.rng.random() < 0.2
        lesions: Json = {}
        for name in self.first:
            if self.rng.random() < 0.95:
                lesions[name] = self.uptake(name, shared, gone)
        if self.rng.random() < 0.06:
            name = f"U{self.rng.randint(1, 9)}"
            where = self.unseen.setdefault(name, self.place())
            lesions[name] = {"suv": 5, "sul_peak": 5, **where}
            if self.rng.random() < 0.7:
                lesions[name]["new"] = True
        return {"lesions": lesions, **self.conditions(first=False)}

    def uptake(self, name: str, shared: Decimal | None, gone: bool) -> Json:
        """Return the uptake of a lesion at a later scan."""
        if gone and self.rng.random() < 0.9:
            return self.background()
        if self.rng.random() < 0.05:
            return self.background()
        found: Json = {}
        for key, value in self.first[name].items():
            part = share(self.rng, self.fall) if shared is None else shared
            if self.rng.random() < 0.04:
                continue
            if key == "extent_mm":
                part = Decimal(self.rng.choice(("1", "0.9", "1.2", "1.2", "1.21")))
            step = Decimal(self.rng.choice(("0", "0", "0", "0.8", "-0.8", "0.79")))
            after = Decimal(str(value)) * part + (step if key == "sul_peak" else 0)
            found[key] = float(max(after, Decimal(0)))
        return found

    def background(self) -> Json:
        """Return a lesion at background, with a figure or without."""
        found: Json = {"background": True}
        if self.rng.random() < 0.6:
            found["sul_peak"] = self.rng.choice((0.5, 1, 1.5, 1.6))
        if self.rng.random() < 0.4:
            found["suv"] = self.rng.choice((0, 1, 2))
        return found

    def conditions(self, *, first: bool) -> Json:
        """Return how a scan was made: mostly as at baseline."""
        odd = not first and not self.steady
        found: Json = {}
        self.references(found, odd)
        if self.rng.random() < 0.7:
            found["uptake_minutes"] = self.odd(odd, 60, (50, 70, 45, 75, 49.9))
        if self.rng.random() < 0.7:
            found["injected_mbq"] = self.odd(odd, 200, (160, 240, 159, 241))
        for name, usual in (("scanner", "A"), ("reconstruction", "OSEM")):
            if self.rng.random() < 0.6:
                found[name] = self.odd(odd, usual, (usual, "other"))
        if odd and self.rng.random() < 0.1:
            found["tracer"] = "FLT"
        if self.rng.random() < 0.6:
            found["after_cycles"] = self.rng.choice((0, 1, 1, 2, 3))
        if self.rng.random() < 0.9:
            found["suv_kind"] = self.odd(odd, "SUVbw max", ("SUVbw max", "SUVbw mean"))
        return found

    def references(self, found: Json, odd: bool) -> None:
        """Add the reference regions of a scan."""
        if self.region == "liver":
            mean = self.odd(odd, 1.5, (1.2, 1.8, 1.79, 1.81, 1.5))
            found["liver"] = {"mean_sul": mean, "sd_sul": 0.2}
        if self.region == "blood_pool" or self.rng.random() < 0.2:
            found["blood_pool"] = {"mean_sul": 1.5, "sd_sul": 0.5}
        for name in ("liver", "blood_pool"):
            if name in found and self.rng.random() < 0.04:
                del found[name]["sd_sul"]
            if name in found and self.rng.random() < 0.04:
                del found[name]

    def odd(self, odd: bool, usual: object, others: tuple[object, ...]) -> object:
        """Return what is usual, or, on an odd scan, often something else."""
        return self.rng.choice(others) if odd and self.rng.random() < 0.5 else usual


def markers(rng: random.Random, fall: float) -> Json:
    """Return the markers of a visit."""
    found: Json = {}
    for name, scale in (("CgA", 100), ("CEA", 5)):
        if rng.random() < 0.75:
            factor = share(rng, fall) * 4
            found[name] = {"value": float(factor * scale)}
            if rng.random() < 0.93:
                found[name]["uln"] = scale
            if rng.random() < 0.8:
                found[name]["unit"] = "ng/ml" if rng.random() < 0.96 else "nmol/l"
            if rng.random() < 0.5:
                found[name]["assay"] = "A" if rng.random() < 0.9 else "B"
    return found


def symptoms(rng: random.Random, *, first: bool) -> Json:
    """Return the symptoms of a visit; relief is told against baseline only."""
    found: Json = {}
    for name in ("flushing", "pain"):
        if rng.random() < 0.8:
            found[name] = {"severity": rng.choice((0, 0, 1, 2, 2, 3))}
            if not first and rng.random() < 0.12:
                found[name]["relieved"] = rng.random() < 0.5
                if rng.random() < 0.4:
                    del found[name]["severity"]
    return found


def analogue(rng: random.Random) -> Json:
    """Return the dose of a somatostatin analogue in use."""
    found: Json = {"dose_mg": rng.choice((0, 0, 10, 15, 20, 22.5, 30, 30))}
    if rng.random() < 0.3:
        found["interval_days"] = rng.choice((14, 28, 21, 56))
    if rng.random() < 0.9:
        found["drug"] = "octreotide" if rng.random() < 0.93 else "lanreotide"
    return found
