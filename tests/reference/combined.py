"""Targets, other disease and new lesions in one response (Eisenhauer 2009, Table 1).

WHO, Choi, mRECIST, volumetric and per-lesion response combine in the same way, with a
rule of their own for the targets, so each hands that in as a `Target`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from tests.reference import best, others
from tests.reference import reading as r
from tests.reference.reading import Json

Target = Callable[[Json, str, int, bool], str]
"""Target response: of patient, scope, visit, and whether there was a CR before."""


def every_one(patient: Json, scope: str, k: int, new: Json) -> bool:
    """Return True: every definite new lesion is disease."""
    del patient, scope, k, new
    return True


@dataclass(frozen=True)
class Way:
    """How a set of criteria combines.

    Attributes
    ----------
    target
        Its rule for the targets.
    counts
        Which definite new lesions are disease.
    back_is_pd
        Whether a target that is back after CR is PD; RECIST 1.1 asks the setting.
    confirms
        Whether CR and PR need a second visit.
    stable
        Its word for neither response nor progression.
    persisting
        Its word for other disease that persists where nothing is measured.
    normal_nodes
        Whether a node under 10 mm is no disease.
    marker_speaks
        Whether a tumour marker holds back CR.
    asks_whole
        Whether `liver_pd_requires_overall` speaks.
    """

    target: Target
    counts: Callable[[Json, str, int, Json], bool] = every_one
    confirms: bool = True
    stable: str = "SD"
    persisting: str = "NON-CR/NON-PD"
    normal_nodes: bool = True
    marker_speaks: bool = False
    asks_whole: bool = False


def back_after_cr(patient: Json, scope: str, k: int, had_cr: bool) -> bool:
    """Return whether a target is back after overall CR (4.3.5): no normal node."""
    seen = r.any_seen(patient, scope, r.visits(patient)[k])
    return had_cr and seen and others.reappearance_counts(patient)


def new_ones(patient: Json, scope: str, visit: Json) -> list[Json]:
    """Return the new lesions of the scope that a visit speaks of."""
    return [new for new in visit.get("new", []) if r.counts(patient, scope, new)]


def new_lesions(patient: Json, scope: str, k: int, way: Way) -> str:
    """Return ``YES``, ``EQUIVOCAL`` or ``NO`` for the new lesions of a visit."""
    news = new_ones(patient, scope, r.visits(patient)[k])
    definite = [new for new in news if new["status"] == "definite"]
    if any(way.counts(patient, scope, k, new) for new in definite):
        return "YES"
    unsure = any(new["status"] == "equivocal" for new in news)
    return "EQUIVOCAL" if unsure or definite else "NO"


def has_findings(visit: Json) -> bool:
    """Return whether anything was found at a visit, beyond a recorded response."""
    return any(visit.get(part) for part in ("target", "nontarget", "new"))


def history(patient: Json, scope: str, count: int, way: Way) -> list[str]:
    """Return the overall responses of the first visits, by Tables 1 and 2."""
    found: list[str] = []
    for k in range(count):
        computed = table(patient, scope, k, way, "CR" in found)
        found.append(with_recorded(patient, scope, k, computed))
    return found


def had_cr(patient: Json, scope: str, k: int, way: Way) -> bool:
    """Return whether the overall response was CR before visit `k`."""
    return "CR" in history(patient, scope, k, way)


def as_read(patient: Json, scope: str, k: int, way: Way) -> str:
    """Return the overall response of a visit."""
    return history(patient, scope, k + 1, way)[k]


def with_recorded(
    patient: Json, scope: str, k: int, computed: str, own: str | None = None
) -> str:
    """Return what was found, or what the reader recorded instead (4.4.2).

    The record counts where the findings give NE, and where there are none; `own` names
    what a set of criteria looks at beside lesions.
    """
    visit = r.visits(patient)[k]
    recorded = visit.get("liver" if scope == r.LIVER else "overall")
    found = has_findings(visit) or (own is not None and visit.get(own))
    if not found and ("overall" in visit or "liver" in visit):
        return recorded or "NE"
    return recorded if recorded and computed == "NE" else computed


def marker_of(patient: Json, scope: str, k: int, way: Way) -> str:
    """Return what the tumour marker says of a visit, where it speaks."""
    if not way.marker_speaks:
        return "CR"
    return others.marker_state(patient, scope, r.visits(patient)[k])


def table(patient: Json, scope: str, k: int, way: Way, before: bool) -> str:
    """Return the overall response by the rows of Tables 1 and 2 alone."""
    target = way.target(patient, scope, k, before)
    marker = marker_of(patient, scope, k, way)
    other = others.non_target(
        patient, scope, k, before and nt_may(patient, scope, k, way), marker
    )
    if new_lesions(patient, scope, k, way) == "YES" or "PD" in (target, other):
        return "PD"
    if target == "NA":
        word = no_disease(patient, other)
        return way.persisting if word == "NON-CR/NON-PD" else word
    if target != "CR":
        return target
    return "CR" if other in ("CR", "NA") and marker == "CR" else "PR"


def nt_may(patient: Json, scope: str, k: int, way: Way) -> bool:
    """Return whether a non-target that is back in the liver may be PD by itself."""
    if not asks_whole(patient, scope, way):
        return True
    return whole_other(patient, k, way) == "PD"


def no_disease(patient: Json, other: str) -> str:
    """Return the response without targets (Table 2).

    A patient who lists no lesion, but has volumes or uptake of some, is not without
    disease: nothing that is judged here was followed.
    """
    if other != "NA":
        return other
    if not patient["lesions"] and known_otherwise(patient):
        return "NE"
    return r.setting(patient, "no_disease_as", "NED")


def known_otherwise(patient: Json) -> bool:
    """Return whether volumes or uptake of lesions were recorded at any visit."""
    return any(
        seen.get("volumes_ml") or seen.get("pet", {}).get("lesions")
        for seen in patient["timepoints"]
    )


def disease_seen(patient: Json, scope: str, k: int, way: Way) -> bool:
    """Return whether a visit shows disease, and not only what was not evaluated.

    Of a visit of which only the response was recorded the response is all there is.
    """
    visit = r.visits(patient)[k]
    if not has_findings(visit):
        return as_read(patient, scope, k, way) not in ("CR", "NE", "NED")
    if "there" in others.other_states(patient, scope, visit):
        return True
    recorded = visit.get("liver" if scope == r.LIVER else "overall")
    before = had_cr(patient, scope, k, way)
    if recorded and table(patient, scope, k, way, before) == "NE":
        return recorded not in ("CR", "NE", "NED")
    seen = r.any_seen if way.normal_nodes else r.any_left
    return seen(patient, scope, visit)


def dated_back(patient: Json, scope: str, way: Way) -> set[int]:
    """Return the visits at which a new lesion that was confirmed later was seen.

    Not over a visit at which it had resolved.
    """
    names = [visit["id"] for visit in r.visits(patient)]
    found: set[int] = set()
    for k, visit in enumerate(r.visits(patient)):
        for new in new_ones(patient, scope, visit):
            if new["status"] == "definite" and way.counts(patient, scope, k, new):
                since = last_resolved(patient, k, new["id"]) + 1
                found |= {j for j in range(since, k) if shows(patient, j, new["id"])}
                if new.get("first_seen") in names[since:k]:
                    found |= {names.index(new["first_seen"])}
    return found


def last_resolved(patient: Json, k: int, name: str) -> int:
    """Return the last visit before `k` at which a new lesion had resolved; -1."""
    return max(
        (
            j
            for j, visit in enumerate(r.visits(patient)[:k])
            for new in visit.get("new", [])
            if new["id"] == name and new["status"] == "resolved"
        ),
        default=-1,
    )


def shows(patient: Json, k: int, name: str) -> bool:
    """Return whether a visit shows a new lesion, surely or not."""
    news = r.visits(patient)[k].get("new", [])
    return any(new["id"] == name and new["status"] != "resolved" for new in news)


def dating(patient: Json) -> str:
    """Return what becomes of the visits before an equivocal lesion was confirmed."""
    return r.setting(patient, "equivocal_dating", "first_seen")


def for_best(patient: Json, scope: str, way: Way) -> list[str]:
    """Return the responses that best response goes on from."""
    read = history(patient, scope, len(r.visits(patient)), way)
    if dating(patient) == "first_seen":
        back = dated_back(patient, scope, way)
        read = ["PD" if k in back else word for k, word in enumerate(read)]
    return read


def restated(patient: Json, scope: str, way: Way) -> list[str]:
    """Return what each visit comes to: as read, dated back, and after CR."""
    words = after_cr(patient, scope, way, for_best(patient, scope, way))
    back: set[int] = set()
    if dating(patient) != "as_read":
        back = dated_back(patient, scope, way)
    return ["PD" if k in back else best.plain(word) for k, word in enumerate(words)]


def progression(patient: Json, scope: str, way: Way) -> dt.date | None:
    """Return the date of the first progression."""
    words = after_cr(patient, scope, way, for_best(patient, scope, way))
    days = {k for k, word in enumerate(words) if word == "PD"}
    if dating(patient) == "bor_as_read":
        days |= dated_back(patient, scope, way)
    seen = [r.date_of(patient, r.visits(patient)[k]) for k in days]
    return min(seen, default=None)


def after_cr(patient: Json, scope: str, way: Way, words: list[str]) -> list[str]:
    """Return the responses with the convention for disease after CR applied.

    Table 3, note a: after a CR that was real, disease that is seen is progression; of
    one that was not, the CR is a PR. What was not seen is neither.
    """
    answer = list(words)
    lapsed = {way.stable, "PR", "MR", "NON-CR/NON-PD"}
    for k, word in enumerate(words):
        if word == "PD":
            break
        crs = [j for j in range(k) if answer[j] == "CR"]
        if not crs or word not in lapsed:
            continue
        if not disease_seen(patient, scope, k, way):
            answer[k] = word + best.UNSEEN
            continue
        convention = verdict(patient, answer[:k])
        if convention == "pd" and may_progress(patient, scope, k, way):
            answer[k] = "PD"
            break
        if convention == "reread_as_pr" and k in best.until_new_therapy(patient):
            for j in crs:
                answer[j] = "PR"
    return answer


def verdict(patient: Json, before: list[str]) -> str:
    """Return what disease after CR comes to; a CR that was confirmed was real."""
    convention = r.setting(patient, "after_cr", "pd")
    if convention != "reread_as_pr":
        return convention
    days = [r.day_of(patient, visit) for visit in r.visits(patient)]
    visits = list(zip(days, before, strict=False))
    confirmed = best.any_pair(patient, visits, "CR", best.confirms_cr)
    return "pd" if confirmed else convention


def may_progress(patient: Json, scope: str, k: int, way: Way) -> bool:
    """Return whether disease back in the liver may be PD without the patient's.

    The patient must be PD by more than a new lesion, one dated back included.
    """
    if scope != r.LIVER or not r.setting(patient, "liver_pd_requires_overall", False):
        return True
    if "PD" in (whole_target(patient, k, way), whole_other(patient, k, way)):
        return True
    words = after_cr(patient, r.WHOLE, way, for_best(patient, r.WHOLE, way))
    by_new = new_lesions(patient, r.WHOLE, k, way) == "YES"
    if as_read(patient, r.WHOLE, k, way) != "PD":
        by_new = by_new or k in dated_back(patient, r.WHOLE, way)
    return words[k] == "PD" and not by_new


def asks_whole(patient: Json, scope: str, way: Way) -> bool:
    """Return whether the liver is not PD by itself, as read."""
    asks = r.setting(patient, "liver_pd_requires_overall", False)
    return scope == r.LIVER and way.asks_whole and bool(asks)


def whole_target(patient: Json, k: int, way: Way) -> str:
    """Return the target response of the whole patient."""
    return way.target(patient, r.WHOLE, k, had_cr(patient, r.WHOLE, k, way))


def whole_other(patient: Json, k: int, way: Way) -> str:
    """Return the non-target response of the whole patient."""
    before = had_cr(patient, r.WHOLE, k, way)
    marker = marker_of(patient, r.WHOLE, k, way)
    return others.non_target(patient, r.WHOLE, k, before, marker)
