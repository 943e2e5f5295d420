"""Make the cohorts of the documentation: synthetic patients, drawn with a fixed seed.

    python docs/examples/make.py [FOLDER]

registry.jsonl
    200 patients of a registry of radioembolisation over 24 months: sums of diameters
    at one month and every three, treatment of one or both lobes, deaths.
registry-settings.json
    The conventions of that registry: the schedule of its scans.
two-readers.jsonl
    60 patients of such a registry, each read by the site and by central review.
registry-24-months.jsonl, registry-24-months-settings.json
    The same registry followed for longer, and its endpoints at 24 months.
response-34.jsonl
    34 patients of a published trial: responses, chromogranin A, causes of death.
pet-84.jsonl
    84 patients of a published review in seven centres: PET and symptoms.
records-36.jsonl, records-36-settings.json
    36 of them with full records: symptoms, PET, octreotide scan and analogue dose.
pilot-10.jsonl
    Ten patients of a pilot study: responses, deaths, symptoms, line of treatment.
review-18.jsonl, review-18-settings.json
    18 patients of a review: fractions, imaging and chromogranin A, long follow-up.
salvage-6.jsonl
    Six patients, each lesion measured.
lobes-1.jsonl
    One patient: the activity of each lobe, a late scan, the cause of death.

The published ones are synthetic patients in whom the published figures are planted.
"""

from __future__ import annotations

import datetime as dt
import json
import random
import sys
from pathlib import Path
from typing import Any

REFERENCE = dt.date(2022, 1, 10)
HERE = Path(__file__).parent
REGISTRY_SETTINGS = {"visit_interval_days": 91, "visit_window_days": 14}
HORIZON_SETTINGS = REGISTRY_SETTINGS | {
    "horizon_months": 24,
    "rates_at_months": [12, 24],
}
ANY_METHOD = "relief, PET or scan"
RECORDS_SETTINGS = {
    "composites": [
        {"name": ANY_METHOD, "parts": ["symptoms", "EORTC PET", "octreotide scan"]},
        {
            "name": "analogue at least halved",
            "parts": ["somatostatin analogue use"],
            "among": ANY_METHOD,
        },
        {
            "name": "off it for over 6 months",
            "parts": ["somatostatin analogue use"],
            "counts": ["RESPONSE (OFF DRUG)"],
            "among": ANY_METHOD,
        },
    ]
}
REVIEW_SETTINGS = {
    "composites": [
        {
            "name": "imaging and CgA",
            "parts": ["RECIST 1.1", "biochemical"],
            "needs": "all",
        }
    ]
}
MONTH = 30.4375
Patient = dict[str, Any]


def day(number: int, start: dt.date = REFERENCE) -> str:
    """Return a day counted from the reference date."""
    return (start + dt.timedelta(days=number)).isoformat()


def registry(
    n: int = 200, seed: int = 90, followed: tuple[int, int] = (420, 730)
) -> list[dict[str, Any]]:
    """Return patients of a registry, two years from the first to the last one.

    Parameters
    ----------
    followed
        The shortest and the longest follow-up of those who live, days.
    """
    draw = random.Random(seed)  # noqa: S311 - the same patients each time
    return [_patient(f"S{place:03d}", draw, followed) for place in range(1, n + 1)]


def _patient(
    name: str, draw: random.Random, followed: tuple[int, int]
) -> dict[str, Any]:
    start = REFERENCE + dt.timedelta(days=draw.randrange(200))
    mutant = draw.random() < 0.45
    death = 30 + int(draw.expovariate(1 / (380 if mutant else 560)))
    seen = min(death, draw.randint(*followed))
    visits = _visits(draw, seen)
    lesions = [
        {"id": "T1", "role": "target", "organ": "liver"},
        {"id": "T2", "role": "target", "organ": "liver"},
    ]
    if draw.random() < 0.4:
        lesions.append({"id": "T3", "role": "target", "organ": "lung"})
    return {
        "id": name,
        "reference_date": start.isoformat(),
        "lesions": lesions,
        "timepoints": _timepoints(draw, visits, lesions, start),
        "follow_up": _follow_up(draw, death, seen, start),
        "treatment": _treatment(draw, start),
        "groups": {"KRAS": "mutant" if mutant else "wild type"},
    }


def _visits(draw: random.Random, seen: int) -> list[int]:
    return [
        due + draw.randint(-5, 5)
        for due in (30, *range(91, seen - 5, 91))
        if due < seen - 5 and draw.random() > 0.06
    ]


def _timepoints(
    draw: random.Random,
    visits: list[int],
    lesions: list[dict[str, str]],
    start: dt.date,
) -> list[dict[str, Any]]:
    """Return a baseline and visits: each lesion shrinks, then grows back."""
    sizes = {one["id"]: round(draw.uniform(15, 70), 1) for one in lesions}
    fate = draw.choices(["grows", "shrinks", "goes"], (0.16, 0.76, 0.08))[0]
    depth = {one["id"]: _depth(draw, fate) for one in lesions}
    turn, pace = draw.uniform(80, 500), draw.lognormvariate(-6.6, 0.9)
    if fate == "grows":
        turn, pace = 10, max(pace, 0.0025)
    baseline = {"id": "BL", "date": day(-draw.randint(3, 25), start)}
    baseline |= {"target": {name: {"mm": mm} for name, mm in sizes.items()}}
    made: list[dict[str, Any]] = [baseline]
    for place, at in enumerate(visits, start=1):
        shrunk = min(at / turn, 1)
        growth = min(max(at - turn, 0) * pace, 2)
        found = {
            name: _found(mm * (1 - depth[name] * shrunk) * (1 + growth), draw)
            for name, mm in sizes.items()
        }
        visit = {"id": f"TP{place}", "date": day(at, start), "target": found}
        if draw.random() < 0.015 + growth / 10:
            organ = draw.choice(["liver", "lung", "peritoneum"])
            new = {"id": f"N{place}", "organ": organ, "status": "definite"}
            visit["new"] = [new]
            return [*made, visit]
        made.append(visit)
    return made


def _depth(draw: random.Random, fate: str) -> float:
    """Return the share by which a lesion shrinks at its smallest."""
    if fate == "grows":
        return 0
    return 1 if fate == "goes" else draw.betavariate(1.4, 2.0)


def _found(mm: float, draw: random.Random) -> dict[str, Any]:
    if draw.random() < 0.006:
        return {"state": "ne", "reason": "motion"}
    size = round(mm + draw.gauss(0, 0.8), 1)
    return {"mm": size} if size >= 5 else {"state": "absent"}


def _follow_up(
    draw: random.Random, death: int, seen: int, start: dt.date
) -> dict[str, str]:
    if death <= seen:
        return {"death": day(death, start)}
    return {"last_alive": day(seen, start)}


def _treatment(draw: random.Random, start: dt.date) -> list[dict[str, Any]]:
    """Return both lobes at once, one after the other, or the right lobe alone."""
    way = draw.choice(["both", "later", "right"])
    right = {
        "date": start.isoformat(),
        "activity_gbq": round(draw.uniform(0.8, 2.2), 1),
    }
    sessions = [right | {"target": "right lobe"}]
    if way != "right":
        later = day(28 if way == "later" else 0, start)
        left = {"date": later, "activity_gbq": round(draw.uniform(0.4, 1.2), 1)}
        sessions.append(left | {"target": "left lobe"})
    return sessions


def two_readers(n: int = 60, seed: int = 7) -> list[dict[str, Any]]:
    """Return a registry's patients by two readers whose calipers differ by 6 %."""
    draw = random.Random(seed)  # noqa: S311 - the same patients each time
    reads: list[dict[str, Any]] = []
    for one in registry(n, seed):
        del one["groups"]
        again = json.loads(json.dumps(one))
        for visit in again["timepoints"]:
            for found in visit["target"].values():
                if "mm" in found:
                    found["mm"] = round(found["mm"] * draw.gauss(1, 0.06), 1)
            if "new" in visit and draw.random() < 0.3:
                del visit["new"]
        reads += [one | {"reader": "site"}, again | {"reader": "central"}]
    return reads


def on(month: float) -> int:
    """Return the day on which as many months end, the reference date counted."""
    return round(month * MONTH) - 1


def known(
    name: str, visits: list[dict[str, Any]], *, baseline: dict[str, Any], **fields: Any
) -> Patient:
    """Return a patient with liver disease of whom a few facts are known."""
    lesions = [{"id": "NT1", "role": "non_target", "organ": "liver"}]
    first = {"id": "BL", "date": day(-7), "nontarget": {"NT1": "present"}} | baseline
    timepoints = [first, *visits]
    given = {"id": name, "reference_date": day(0), "lesions": lesions}
    return given | {"timepoints": timepoints} | fields


def visit(place: int, number: int, **fields: Any) -> dict[str, Any]:
    """Return a visit on a day."""
    return {"id": f"TP{place}", "date": day(number)} | fields


def said(**by: str) -> dict[str, Any]:
    """Return responses that were written down, by criteria: ``RECIST="PR"``."""
    names = {
        "RECIST": "RECIST 1.1",
        "PET": "EORTC PET",
        "OCTREOTIDE": "octreotide scan",
    }
    return {
        "responses": {
            names[name]: {"overall": word, "liver": word} for name, word in by.items()
        }
    }


def cga(value: float) -> dict[str, Any]:
    """Return chromogranin A with its upper limit of normal."""
    return {"markers": {"CgA": {"value": value, "uln": 100, "unit": "ng/ml"}}}


def died(month: float, cause: str) -> dict[str, Any]:
    """Return the follow-up of a patient who died at a month."""
    return {"follow_up": {"death": day(on(month)), "death_cause": cause}}


def lived(month: float) -> dict[str, Any]:
    """Return the follow-up of a patient last seen alive at a month."""
    return {"follow_up": {"last_alive": day(on(month))}}


def response_34() -> list[Patient]:
    """Return 34 patients: at 1, 3, 12 and 18 months fewer and fewer are seen."""
    ends = [
        *(2.2, 2.4, 2.6),  # not seen at three months
        *(3.6, 4.2, 4.8, 5.3, 6.1, 6.6, 7.2, 7.8, 8.3, 8.9, 9.3, 9.5),
        9.8,
        *(10.5, 10.8, 11.1, 11.3, 11.5),
        *(13.0, 13.6, 14.2),  # seen at twelve months
        *(18.4, 18.9, 19.5, 20.3, 21.7, 23.0),  # and at eighteen
    ]
    deaths = (1.0, 4.0, 7.0, 15.0)
    times = sorted([(month, True) for month in deaths] + [(one, False) for one in ends])
    # who responds first lives longest; the three in progression are seen to month 3
    words = ["SD", "SD", "SD", "SD", "PD", "PD", "PD", *["SD"] * 19, *["PR"] * 8]
    cohort: list[Patient] = []
    counts = {1: 0, 3: 0, 6: 0, 12: 0, 18: 0}
    fall = {1: 18, 3: 18, 6: 12, 12: 6, 18: 4}
    for place, ((end, is_dead), word) in enumerate(zip(times, words, strict=True)):
        visits: list[dict[str, Any]] = []
        for month in (1, 3, 6, 12, 18):
            at = 28 if month == 1 else on(month)
            if at >= on(end):
                break
            marker = {}
            if place < 33 or month < 6:  # the last patient was measured early only
                marker = cga(180 if counts[month] < fall[month] else 400)
                counts[month] += 1
            seen = _imaging(place, month, word)
            visits.append(visit(len(visits) + 1, at, **marker, **seen))
        fate = died(end, "progressive liver disease") if is_dead else lived(end)
        cohort.append(known(f"N{place + 1:02d}", visits, baseline=cga(500), **fate))
    return cohort


def _imaging(place: int, month: int, first: str) -> dict[str, Any]:
    """Return what imaging said of one of the 34; it was not done at six months."""
    late = {3: (7, 8), 12: (24, 25), 18: (33,)}
    if month == 6:
        return {}
    if month == 1 or first == "PD":
        return said(RECIST=first)
    if place in late[month]:
        return said(RECIST="PD")
    return said(RECIST="SD" if month == 18 else first)


def pet_84() -> list[Patient]:
    """Return 84 patients in seven centres, 50 of them with symptoms."""
    words = ["CMR"] * 20 + ["PMR"] * 36 + ["SMD"] * 28
    cohort: list[Patient] = []
    for place, word in enumerate(words):
        symptoms = [{"symptoms": {}}] * 2
        if place < 50:
            later = 1 if place < 40 else 3
            symptoms = [
                {"symptoms": {"flushing": {"severity": severity}}}
                for severity in (3, later)
            ]
        visits = [visit(1, 91, **said(PET=word), **symptoms[1])]
        fields = {"criteria": "EORTC PET", "groups": {"centre": str(place % 7 + 1)}}
        name = f"N{place + 1:02d}"
        cohort.append(known(name, visits, baseline=symptoms[0], **fields))
    return cohort


def records_36() -> list[Patient]:
    """Return 36 patients: 25 respond by one method at least, 18 of them need less."""
    cohort: list[Patient] = []
    for place in range(36):
        severity = 1 if place < 12 else 3
        pet = "PMR" if 8 <= place < 20 else "SMD"
        scan = "PR" if 18 <= place < 25 else "SD"
        dose = 0 if place < 4 else 15 if place < 18 else 30
        drug = {"drug": "octreotide LAR"}
        seen = {
            "symptoms": {"flushing": {"severity": severity}},
            "somatostatin_analogue": drug | {"dose_mg": dose},
        }
        before = {
            "symptoms": {"flushing": {"severity": 3}},
            "somatostatin_analogue": drug | {"dose_mg": 30},
        }
        visits = [
            visit(1, 91, **seen, **said(PET=pet, OCTREOTIDE=scan)),
            visit(2, 365, **seen),
        ]
        name = f"N{place + 1:02d}"
        cohort.append(known(name, visits, baseline=before, criteria="symptoms"))
    return cohort


def pilot_10() -> list[Patient]:
    """Return ten patients; three die of disease elsewhere, the liver under control."""
    deaths = {7: 8, 8: 11, 9: 15}
    ends = {0: 35, 1: 33, 2: 30, 3: 27, 4: 24, 5: 20, 6: 16}
    cohort: list[Patient] = []
    for place in range(10):
        word = "PR" if place < 3 else "SD"
        end = deaths.get(place) or ends[place]
        symptoms: dict[str, list[dict[str, Any]]] = {
            "had": [{}, {}],
            "relieved": [{"severity": 2}, {"severity": 1}],
            "not": [{"severity": 3}, {"severity": 3}],
        }
        which = {3: "relieved", 4: "relieved", 5: "not"}.get(place, "had")
        before, later = (
            {"symptoms": {"diarrhoea": one} if one else {}} for one in symptoms[which]
        )
        visits = [
            visit(at, on(month), **later, **said(RECIST=word))
            for at, month in enumerate((3, 6, 12), start=1)
            if month < end - 1
        ]
        cause = "progressive extrahepatic disease"
        fate = died(end, cause) if place in deaths else lived(end)
        line = {"groups": {"line": "second" if place == 4 else "first"}}
        name = f"N{place + 1:02d}"
        cohort.append(known(name, visits, baseline=before, **fate, **line))
    return cohort


def review_18() -> list[Patient]:
    """Return 18 patients in 24 fractions; 16 respond by imaging and by marker."""
    ends = [4, 9, 12, 15, 18, 21, 24, 26, 27, 28, 30, 32, 34, 36, 39, 44]
    deaths = [14, 22]
    cohort: list[Patient] = []
    for place, end in enumerate([*ends, *deaths]):
        responds = place not in {3, 17}
        word, value = ("PR", 150) if responds else ("SD", 450)
        months = (2, 3.5)
        visits = [
            visit(at, on(month), **cga(value), **said(RECIST=word))
            for at, month in enumerate(months, start=1)
        ]
        is_dead = place >= len(ends)
        fate = died(end, "progressive liver disease") if is_dead else lived(end)
        sessions = [0] if place % 3 else [0, 42]
        treatment = [
            {"date": day(at), "activity_gbq": 1.4, "target": "whole liver"}
            for at in sessions
        ]
        groups = {"carcinoid symptoms": "yes" if place < 13 else "no"}
        cohort.append(
            known(
                f"N{place + 1:02d}",
                visits,
                baseline=cga(500),
                treatment=treatment,
                groups=groups,
                **fate,
            )
        )
    return cohort


def salvage_6() -> list[Patient]:
    """Return six patients with five lesions; two were seen again, after nine months."""
    later = {
        0: (280, [16.0, 5.3, 5.3, 5.2, 5.2]),
        1: (295, [0, 0, 0, 0, 11.0]),
    }
    names = [f"T{place}" for place in range(1, 6)]
    lesions = [{"id": one, "role": "target", "organ": "liver"} for one in names]
    cohort: list[Patient] = []
    for place in range(6):
        found = {one: {"mm": 20.0} for one in names}
        timepoints = [{"id": "BL", "date": day(-7), "target": found}]
        if place in later:
            at, sizes = later[place]
            left = {
                one: {"mm": mm} if mm else {"state": "absent"}
                for one, mm in zip(names, sizes, strict=True)
            }
            timepoints.append({"id": "TP1", "date": day(at), "target": left})
        cohort.append(
            {
                "id": f"N{place + 1:02d}",
                "criteria": "per lesion",
                "groups": {"metastases": "over 50"},
                "reference_date": day(0),
                "lesions": lesions,
                "timepoints": timepoints,
            }
        )
    return cohort


def lobes_1() -> list[Patient]:
    """Return one patient whose lobes had their own activity."""
    given = {"right lobe": 2.5, "left lobe": 1.5}
    treatment = [
        {"date": day(0), "activity_gbq": gbq, "target": lobe}
        for lobe, gbq in given.items()
    ]
    visits = [visit(1, on(26), **said(RECIST="PR"))]
    fate = died(30, "pulmonary disease")
    return [known("N01", visits, baseline={}, treatment=treatment, **fate)]


def main(folder: Path = HERE) -> None:
    """Write the cohorts, one patient a line."""
    cohorts = {
        "registry.jsonl": registry(),
        "two-readers.jsonl": two_readers(),
        "registry-24-months.jsonl": registry(seed=24, followed=(740, 900)),
        "response-34.jsonl": response_34(),
        "pet-84.jsonl": pet_84(),
        "records-36.jsonl": records_36(),
        "pilot-10.jsonl": pilot_10(),
        "review-18.jsonl": review_18(),
        "salvage-6.jsonl": salvage_6(),
        "lobes-1.jsonl": lobes_1(),
    }
    for name, cohort in cohorts.items():
        lines = "".join(json.dumps(one) + "\n" for one in cohort)
        (folder / name).write_text(lines, "utf-8")
    conventions = {
        "registry-settings.json": REGISTRY_SETTINGS,
        "registry-24-months-settings.json": HORIZON_SETTINGS,
        "records-36-settings.json": RECORDS_SETTINGS,
        "review-18-settings.json": REVIEW_SETTINGS,
    }
    for name, settings in conventions.items():
        (folder / name).write_text(json.dumps(settings, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main(*(Path(folder) for folder in sys.argv[1:]))
