"""Best response of a course (Eisenhauer 2009, 4.4.3, 4.6.1 and Table 3)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from tests.reference import reading as r
from tests.reference.reading import Json

Visit = tuple[int, str]
"""Day from the reference date, and response."""

UNSEEN = "?"
"""Mark of a response after CR at a visit that shows no disease: it breaks no CR."""


def plain(word: str) -> str:
    """Return a response without its mark."""
    return word.removesuffix(UNSEEN)


def new_therapy(patient: Json) -> int | None:
    """Return the first day of another treatment: the setting before the follow-up."""
    setting = r.setting(patient, "new_therapy_day", None)
    if setting is not None:
        return setting
    follow_up: Json = patient.get("follow_up", {})
    told = follow_up.get("new_therapy")
    if not told:
        return None
    return (dt.date.fromisoformat(told) - r.reference(patient)).days


def until_new_therapy(patient: Json) -> list[int]:
    """Return the visits that are not after the first day of another treatment."""
    last = new_therapy(patient)
    days = [r.day_of(patient, visit) for visit in r.visits(patient)]
    return [k for k, day in enumerate(days) if last is None or day <= last]


def course(patient: Json, words: list[str], ends: str = "PD") -> list[Visit]:
    """Return the visits that count: up to progression or another treatment."""
    days = [r.day_of(patient, visit) for visit in r.visits(patient)]
    found: list[Visit] = []
    for k in until_new_therapy(patient):
        found.append((days[k], words[k]))
        if words[k] == ends:
            break
    return found


def long_enough(patient: Json, visit: Visit) -> bool:
    """Return whether a visit reached the minimum time of stable disease."""
    return visit[0] >= r.setting(patient, "sd_min_days", 42)


def best_as_seen(patient: Json, visits: list[Visit], stable: str) -> str:
    """Return the best response without confirmation."""
    words = {plain(word) for _, word in visits}
    for word in ("CR", "PR", "MR"):
        if word in words:
            return word
    return best_without_response(patient, visits, stable, (stable,))


def best_without_response(
    patient: Json, visits: list[Visit], stable: str, as_stable: tuple[str, ...]
) -> str:
    """Return the best of stable disease, NON-CR/NON-PD, NED, PD and NE."""
    late = {plain(word) for day, word in visits if long_enough(patient, (day, word))}
    every = {plain(word) for _, word in visits}
    if late & set(as_stable):
        return stable
    asks = r.setting(patient, "sd_minimum_for_non_cr_non_pd", True)
    if "NON-CR/NON-PD" in (late if asks else every):
        return "NON-CR/NON-PD"
    return next((word for word in ("NED", "PD") if word in every), "NE")


def best_confirmed(patient: Json, visits: list[Visit], stable: str) -> str:
    """Return the best response where CR and PR need a second visit."""
    if any_pair(patient, visits, "CR", confirms_cr):
        return "CR"
    if any_pair(patient, visits, "PR", confirms_pr):
        return "PR"
    return best_without_response(patient, visits, stable, ("CR", "PR", stable))


Between = Callable[[Json, list[str], str], bool]


def any_pair(patient: Json, visits: list[Visit], first: str, ok: Between) -> bool:
    """Return whether a later visit confirms one of the visits with `first`."""
    wait = r.setting(patient, "confirm_min_days", 28)
    return any(
        plain(visits[i][1]) == first
        and visits[j][0] - visits[i][0] >= wait
        and ok(patient, [word for _, word in visits[i + 1 : j]], visits[j][1])
        for i in range(len(visits))
        for j in range(i + 1, len(visits))
    )


def few_unseen(patient: Json, between: list[str]) -> bool:
    """Return whether no more visits than allowed were not evaluable."""
    return between.count("NE") <= r.setting(patient, "max_ne_between", 1)


def as_unseen(word: str) -> str:
    """Return NE for a visit after CR that shows no disease and is no CR."""
    return "NE" if word == "NED" or word.endswith(UNSEEN) else word


def confirms_cr(patient: Json, between: list[str], second: str) -> bool:
    """Return whether a second visit confirms CR; disease breaks it, unseen does not."""
    between = [as_unseen(word) for word in between]
    return (
        second == "CR" and {*between} <= {"CR", "NE"} and few_unseen(patient, between)
    )


def confirms_pr(patient: Json, between: list[str], second: str) -> bool:
    """Return whether a second visit confirms PR: a PR or CR (appendix III for SD).

    Disease that is back after a CR confirms nothing (Table 3, note a).
    """
    after_cr = between[between.index("CR") :] if "CR" in between else []
    if after_cr and {"PR", "SD", "NC"} & {*after_cr, second}:
        return False
    between = [plain(word) for word in between]
    if plain(second) not in ("CR", "PR") or not few_unseen(patient, between):
        return False
    stable = [word for word in between if word in ("SD", "NC")]
    if not {*between} <= {"CR", "PR", "NE", "SD", "NC"}:
        return False
    if r.setting(patient, "any_sd_between_pr_ok", False):
        return True
    return len(stable) <= (1 if r.setting(patient, "one_sd_between_pr_ok", True) else 0)
