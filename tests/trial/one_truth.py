"""Random courses, and what every answer about one of them must say alike.

``python -m tests.trial.one_truth --courses 20000`` tries that many under each value of
``after_cr``, whole patient and liver, under every set of criteria that has a complete
response and progression.
"""

from __future__ import annotations

import argparse
import random
import sys
from concurrent.futures import ProcessPoolExecutor
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

from recist_tool.cdisc import datasets, subject_of_findings
from recist_tool.criteria import CRITERIA
from recist_tool.criteria.answer.best_response import best
from recist_tool.criteria.answer.confirmation import Dated
from recist_tool.model.findings import Findings
from recist_tool.model.trial_settings import TrialSettings
from recist_tool.terms import AfterCr, Criteria, Ending, Response, Scope
from recist_tool.trial.patient_result import patient_result
from tests.trial.best import best_response

if TYPE_CHECKING:
    from collections.abc import Iterator

    from recist_tool.criteria.answer.answer import ScopeAssessment
    from recist_tool.trial.patient_result import PatientResult, ScopeResult

CHOSEN = (
    Criteria.RECIST_1_1,
    Criteria.RECIST_1_1,
    Criteria.IRECIST,
    Criteria.MRECIST,
    Criteria.WHO,
    Criteria.CHOI,
    Criteria.VOLUMETRIC,
    Criteria.PER_LESION,
)
I_WORD = {"CR": "iCR", "PR": "iPR", "SD": "iSD", "PD": "iUPD"}
COMPLETE = {Response.CR, Response.ICR}
PROGRESSION = {Response.PD, Response.IUPD, Response.ICPD}
LAPSES = {"PR", "SD", "NC", "MR", "NON-CR/NON-PD", "iPR", "iSD", "NON-iCR/NON-iUPD"}
LIVER = {"T1", "X1"}
EVERY_EVENT = TrialSettings.model_validate({"censoring": "every_event"})
BATCH = 250


class Course(NamedTuple):
    """A random course as JSON, of one set of criteria."""

    number: int
    made: dict[str, Any]

    def under(self, after_cr: AfterCr) -> Findings:
        """Return the findings with one convention for disease after CR."""
        settings = {**self.made["settings"], "after_cr": after_cr}
        return Findings.model_validate({**self.made, "settings": settings})


def course(number: int) -> Course:
    """Return a course in which disease goes, comes back, or is not seen."""
    chance = random.Random(number)  # noqa: S311 - a test needs no secret
    criteria = chance.choice(CHOSEN)
    names = ["T1"] + [one for one in ("T2", "X1", "X2") if chance.random() < 0.5]
    if chance.random() < 0.2:
        names = [one for one in names if one.startswith("X")] or ["X1"]
    days = [-5]
    for _ in range(chance.randint(1, 7)):
        days.append(max(days[-1], 0) + chance.choice((14, 28, 42, 56)))
    seen = [_visit(at, day, names, criteria, chance) for at, day in enumerate(days)]
    made = {
        "id": f"S-{number}",
        "criteria": criteria.value,
        "reference_date": "2024-01-01",
        "settings": _settings(chance),
        "lesions": [
            {
                "id": one,
                "role": "target" if one.startswith("T") else "non_target",
                "organ": "liver" if one in LIVER else "lung",
            }
            for one in names
        ],
        "timepoints": seen,
    }
    return Course(number, made)


def _settings(chance: random.Random) -> dict[str, Any]:
    some = {
        "max_ne_between": (0, 2),
        "equivocal_dating": ("bor_as_read", "as_read"),
        "reappearance": ("sum_rule_only", "from_zero_nadir"),
        "persisting_outranks_unseen": (True,),
        "new_therapy_day": (60, 100),
        "liver_pd_requires_overall": (True,),
        "pr_persistence": ("carry_confirmed",),
        "confirm_min_days": (0, 43),
    }
    return {
        name: chance.choice(values)
        for name, values in some.items()
        if chance.random() < 0.12
    }


def _visit(
    at: int, day: int, names: list[str], criteria: Criteria, chance: random.Random
) -> dict[str, Any]:
    made: dict[str, Any] = {"id": f"TP{at}" if at else "BL", "day": day}
    raised = chance.choice((True, False, None)) if at else chance.random() < 0.3
    if raised is not None:
        made["marker"] = raised
    if at and chance.random() < 0.15:
        words = ("CR", "CR", "PR", "PR", "SD", "PD", "NE")
        for scope in ("overall", "liver"):
            made[scope] = _word(chance.choice(words), criteria)
        return made
    gone = chance.random() < 0.6
    for one in names:
        kind = "target" if one.startswith("T") else "nontarget"
        finding = _target(at, gone, chance) if kind == "target" else "present"
        if at and kind == "nontarget":
            calm = ("absent", "absent", "absent", "ne")
            ill = (*calm[1:], "present", "increased_not_unequivocal", "unequivocal_pd")
            finding = chance.choice(calm if gone else ill)
        made.setdefault(kind, {})[one] = finding
    if at and chance.random() < 0.12:
        organ = chance.choice(("liver", "lung"))
        made["new"] = [
            {
                "id": f"N {organ}",
                "organ": organ,
                "status": chance.choice(
                    ("equivocal", "equivocal", "definite", "resolved")
                ),
                "mm": chance.choice((8, 12, 20)),
            }
        ]
    if at and chance.random() < 0.05:
        made["overall"] = made["liver"] = _word("PR", criteria)
    return made


def _word(word: str, criteria: Criteria) -> str:
    if criteria is Criteria.IRECIST:
        return I_WORD.get(word, word)
    return "NC" if criteria is Criteria.WHO and word == "SD" else word


def _target(at: int, gone: bool, chance: random.Random) -> dict[str, Any]:
    if at and chance.random() < 0.08:
        return {"state": "ne"}
    if at and gone:
        return {"state": "absent"}
    mm = chance.choice((2, 4, 12, 30, 50, 80)) if at else 50
    return {
        "mm": mm,
        "perpendicular_mm": mm,
        "viable_mm": mm,
        "hu_mean": chance.choice((40, 60)) if at else 60,
        "volume_ml": mm**3 / 2000,
    }


def faults(of: Course, after_cr: AfterCr) -> Iterator[str]:
    """Return what two answers about a course say differently."""
    read = of.under(after_cr)
    result = patient_result(read, EVERY_EVENT)
    rows = _tables(read)
    scopes: tuple[tuple[Scope, ScopeAssessment | None, ScopeResult | None], ...] = (
        (Scope.OVERALL, result.assessment.overall, result.overall),
        (Scope.LIVER, result.assessment.liver, result.liver),
    )
    for scope, assessed, ended in scopes:
        if assessed is None:
            continue
        found = [
            *_dates(assessed, read),
            *_best(assessed, read),
            *_seen(assessed, read, scope),
            *_endpoints(result, assessed, ended, scope),
            *_adam(rows, assessed, scope),
            *_sdtm(rows, assessed, scope),
        ]
        if ended is not None:
            found += _times(rows, ended, scope)
        for text in found:
            yield f"course {of.number}, {read.criteria}, {after_cr}, {scope}: {text}"


def _tables(read: Findings) -> dict[str, list[dict[str, Any]]]:
    made = datasets([subject_of_findings(read)], EVERY_EVENT)
    return {
        table.name: [
            dict(zip((one.name for one in table.variables), row, strict=True))
            for row in table.rows
        ]
        for table in made
    }


def _dates(assessed: ScopeAssessment, read: Findings) -> Iterator[str]:
    """The date of progression is that of the first visit that stands as one."""
    visits = assessed.timepoints.values()
    first = next((one for one in visits if one.effective in PROGRESSION), None)
    if read.criteria is not Criteria.IRECIST:
        if assessed.pd_date != (first and first.date):
            yield f"PD date {assessed.pd_date}, first PD {first and first.date}"
        return
    at = next((one for one in visits if one.day == assessed.pd_day), None)
    if at is not None and at.effective not in PROGRESSION:
        yield f"progression is dated to {at.effective}"
    if any(one.effective is Response.ICPD for one in visits) and at is None:
        yield "a confirmed progression has no date"


def _best(assessed: ScopeAssessment, read: Findings) -> Iterator[str]:
    """Best response is that of the visits as they stand, with no convention left."""
    answers, settings = assessed.timepoints, read.settings
    scale = CRITERIA[read.criteria].scale
    used = getattr(assessed.bor_why, "used", ())
    as_read = settings.equivocal_dating.value == "bor_as_read"
    for one in used:
        answer = answers[one.timepoint_id]
        dated_back = as_read and not answer.restated_because
        stands = answer.overall if dated_back else answer.effective
        if one.response is not stands:
            yield f"{one.timepoint_id} counts as {one.response}, stands as {stands}"
    visits = [
        Dated(one.day, one.effective, one.timepoint_id, one.disease_seen)
        for one in answers.values()
    ]
    plain = settings.replaced(after_cr=AfterCr.AS_RECORDED)
    again = (
        best_response(visits, plain) if scale is None else best(visits, plain, scale)
    )
    both = (assessed.bor_unconfirmed, assessed.bor_confirmed)
    if not as_read and both != (again.unconfirmed, again.confirmed):
        yield f"best {both}, of what stands {again[:2]}"
    by_pd = Response.PD in both or Response.ICPD in both
    if by_pd and assessed.pd_date is None:
        yield "best response is progression without a date"


def _seen(assessed: ScopeAssessment, read: Findings, scope: Scope) -> Iterator[str]:
    """Disease after CR that was seen is told; what was not seen is no progression."""
    answers = assessed.timepoints
    raw = {one.id: one for one in read.timepoints}
    had_cr = progressed = False
    last_day = read.settings.new_therapy_day
    for name, answer in answers.items():
        seen = raw[name]
        recorded = not (seen.target or seen.nontarget or seen.new)
        override = seen.overall is not None and not recorded
        shown = _shows(seen, scope)
        stands = answer.effective
        if recorded:
            shown = answer.overall.value in LAPSES or answer.overall in PROGRESSION
        back = had_cr and shown and not override and not progressed
        in_time = last_day is None or answer.day <= last_day
        lapse = back and stands.value in LAPSES
        free = read.settings.liver_pd_requires_overall and scope is Scope.LIVER
        if (
            lapse
            and in_time
            and not free
            and read.settings.after_cr is not AfterCr.AS_RECORDED
        ):
            yield f"{name} shows disease after CR and stands as {stands}"
        dated_back = answer.restated_overall is not None and not answer.restated_because
        if not shown and not override and stands in PROGRESSION and not dated_back:
            yield f"{name} shows no disease and stands as {stands}"
        had_cr = had_cr or stands in COMPLETE
        progressed = progressed or stands in (Response.PD, Response.ICPD)


def _shows(seen: Any, scope: Scope) -> bool:
    """Return whether the findings of a visit hold a lesion of the scope."""

    def counts(name: str) -> bool:
        return scope is Scope.OVERALL or name in LIVER

    there = [
        getattr(finding, "mm", 0) > 0
        for name, finding in seen.target.items()
        if counts(name)
    ]
    there += [
        state not in ("absent", "ne")
        for name, state in seen.nontarget.items()
        if counts(name)
    ]
    there += [
        one.status.value == "definite"
        for one in seen.new
        if scope is Scope.OVERALL or one.organ == "liver"
    ]
    return any(there)


def _endpoints(
    result: PatientResult,
    assessed: ScopeAssessment,
    ended: ScopeResult | None,
    scope: Scope,
) -> Iterator[str]:
    if ended is None:
        return
    event = ended.pfs.date if ended.pfs.ending is Ending.PROGRESSION else None
    if event != assessed.pd_date:
        yield f"PFS ends {event}, PD {assessed.pd_date}"
    if ended.bor is not assessed.bor_confirmed:
        yield f"endpoints count {ended.bor}, best is {assessed.bor_confirmed}"
    visits = result.course.visits(scope) or ()
    for one, answer in zip(visits, assessed.timepoints.values(), strict=True):
        waited = answer.effective is Response.IUPD and one.response is Response.PD
        if one.response is not answer.effective and not waited:
            yield f"endpoints take {one.response} for {answer.effective}"


def _adam(
    rows: dict[str, list[dict[str, Any]]], assessed: ScopeAssessment, scope: Scope
) -> Iterator[str]:
    letter = "L" if scope is Scope.LIVER else ""

    def values(code: str) -> list[dict[str, Any]]:
        return [one for one in rows["ADRS"] if one["PARAMCD"] == letter + code]

    told = {one["AVISIT"]: one["AVALC"] for one in values("OVR")}
    stands = {
        name: one.effective.value
        for name, one in assessed.timepoints.items()
        if one.effective is not Response.NA
    }
    if told != stands:
        yield f"ADRS says {told}, the visits {stands}"
    (progression,) = values("PD")
    if (progression["AVALC"] == "Y", progression["ADT"]) != (
        assessed.pd_date is not None,
        assessed.pd_date,
    ):
        yield f"ADRS PD {progression['ADT']}, PD {assessed.pd_date}"
    best_of = [one["AVALC"] for code in ("BOR", "CBOR") for one in values(code)]
    if best_of != [assessed.bor_unconfirmed.value, assessed.bor_confirmed.value]:
        yield f"ADRS best {best_of}"


def _sdtm(
    rows: dict[str, list[dict[str, Any]]], assessed: ScopeAssessment, scope: Scope
) -> Iterator[str]:
    test = "LIVRRESP" if scope is Scope.LIVER else "OVRLRESP"
    told = {
        one["VISIT"]: (one["RSORRES"], one["RSSTRESC"])
        for one in rows["RS"]
        if one["RSTESTCD"] == test
    }
    for name, answer in assessed.timepoints.items():
        stands = answer.effective if answer.restated_because else answer.overall
        standard = "SD" if stands is Response.NC else stands.value
        if told.get(name) != (answer.overall.value, standard):
            yield f"RS says {told.get(name)} of {name}, which stands as {stands}"


def _times(
    rows: dict[str, list[dict[str, Any]]], ended: ScopeResult, scope: Scope
) -> Iterator[str]:
    code = "LPFS" if scope is Scope.LIVER else "PFS"
    for one in rows["ADTTE"]:
        event = one["CNSR"] == 0
        if one["PARAMCD"] == code and (event, one["ADT"]) != (
            ended.pfs.event,
            ended.pfs.date,
        ):
            yield f"ADTTE {one['ADT']}, PFS {ended.pfs.date}"


def every_fault(numbers: range) -> list[str]:
    """Return the faults of courses under every convention."""
    return [
        text
        for number in numbers
        for after_cr in AfterCr
        for text in faults(course(number), after_cr)
    ]


def main() -> int:
    """Try courses, print each fault, and say whether there was one."""
    parser = argparse.ArgumentParser(prog="python -m tests.trial.one_truth")
    parser.add_argument("--courses", type=int, default=20_000)
    parser.add_argument("--jobs", type=int, default=None)
    given = parser.parse_args()
    starts = [*range(0, given.courses, BATCH), given.courses]
    found = 0
    with ProcessPoolExecutor(given.jobs) as pool:
        batches = [range(*pair) for pair in pairwise(starts)]
        for texts in pool.map(every_fault, batches):
            found += len(texts)
            for text in texts:
                sys.stdout.write(f"{text}\n")
    sys.stdout.write(
        f"{given.courses} courses, each under {len(AfterCr)} conventions: "
        f"{found} answers that disagree\n"
    )
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
