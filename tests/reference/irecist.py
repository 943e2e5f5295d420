"""iRECIST: Seymour et al., Lancet Oncol 2017;18:e143-e152."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from fractions import Fraction

from tests.reference import best as course
from tests.reference import combined, recist11
from tests.reference import reading as r
from tests.reference.reading import Json

IMMUNE = {"CR": "iCR", "PR": "iPR", "SD": "iSD", "NON-CR/NON-PD": "NON-iCR/NON-iUPD"}
PLAIN = {immune: word for word, immune in IMMUNE.items()}
FELL_BACK = {"iCR", "iPR", "iSD", "NON-iCR/NON-iUPD"}


@dataclass(frozen=True)
class Bar:
    """The iUPD that waits: where it was set, and in which categories."""

    k: int
    categories: frozenset[str]


def words(patient: Json, scope: str) -> list[str]:
    """Return the response of each visit."""
    return [step[0] for step in steps(patient, scope)]


def bars(patient: Json, scope: str) -> list[Bar | None]:
    """Return the iUPD that waits after each visit."""
    return [step[1] for step in steps(patient, scope)]


def steps(patient: Json, scope: str) -> list[tuple[str, Bar | None]]:
    """Go through the visits in turn: the response, and the iUPD that then waits."""
    bar: Bar | None = None
    found: list[tuple[str, Bar | None]] = []
    for k in range(len(r.visits(patient))):
        had_icr = any(word == "iCR" for word, _ in found)
        if bar is None:
            word, bar = without_bar(patient, scope, k, had_icr)
        else:
            word, bar = with_bar(patient, scope, k, bar, had_icr)
        found.append((word, bar))
    return found


def without_bar(
    patient: Json, scope: str, k: int, had_icr: bool
) -> tuple[str, Bar | None]:
    """Return the response where no iUPD waits (Table 2, column of no prior iUPD)."""
    categories = progressing(patient, scope, k, had_icr)
    if categories:
        return "iUPD", Bar(k, categories)
    word = plain(patient, scope, k, had_icr)
    return word, Bar(k, frozenset()) if word == "iUPD" else None


def with_bar(
    patient: Json, scope: str, k: int, bar: Bar, had_icr: bool
) -> tuple[str, Bar | None]:
    """Return the response where an iUPD waits."""
    now = progressing(patient, scope, k, had_icr)
    if proven(patient, scope, k, bar, now):
        since = r.day_of(patient, r.visits(patient)[bar.k])
        wait = r.other_setting(patient, "irecist", "confirm_min_days", 28)
        late = r.day_of(patient, r.visits(patient)[k]) - since >= wait
        return ("iCPD", bar) if late else ("iUPD", bar)
    if now:
        return "iUPD", bar
    word = plain(patient, scope, k, had_icr)
    if known_there(patient, scope, k) and not shrank_further(patient, scope, k, word):
        return "iUPD", bar
    empty = not any(
        r.lesions(patient, scope, part) for part in ("target", "non_target")
    )
    if (word == "NE" and not empty) or unseen(patient, scope, k, bar):
        word = combined.with_recorded(patient, scope, k, "NE")
        return word, None if word in FELL_BACK else bar
    return word, bar if word == "iUPD" else None


def other_disease(patient: Json, scope: str, k: int, had_icr: bool) -> str:
    """Return the non-target response, the tumour marker included."""
    marker = combined.marker_state(patient, scope, r.visits(patient)[k])
    back = had_icr and combined.nt_may(patient, scope, k, recist11.WAY)
    return combined.non_target(patient, scope, k, back, marker)


def plain(patient: Json, scope: str, k: int, had_icr: bool) -> str:
    """Return the response of a visit without progression."""
    target = recist11.target(patient, scope, k, had_icr)
    other = other_disease(patient, scope, k, had_icr)
    visit = r.visits(patient)[k]
    if target == "NA":
        word = combined.no_disease(patient, other)
    elif target == "CR":
        marker = combined.marker_state(patient, scope, visit)
        word = "CR" if other in ("CR", "NA") and marker == "CR" else "PR"
    else:
        word = target
    if word in ("CR", "NON-CR/NON-PD") and known_there(patient, scope, k):
        word = "PR" if target == "CR" else "NON-CR/NON-PD"
    word = combined.with_recorded(patient, scope, k, word)
    return IMMUNE.get(word, word)


def progressing(patient: Json, scope: str, k: int, had_icr: bool) -> frozenset[str]:
    """Return the categories in which a visit progresses."""
    found: set[str] = set()
    if recist11.target(patient, scope, k, had_icr) == "PD":
        found.add("target")
    if other_disease(patient, scope, k, had_icr) == "PD":
        found.add("other")
    if further(patient, scope, k, k) or new_progress(patient, scope, k):
        found.add("new")
    return frozenset(found)


def definite_at(patient: Json, scope: str, k: int) -> dict[str, Json]:
    """Return the definite new lesions of a visit by name."""
    news = combined.new_ones(patient, scope, r.visits(patient)[k])
    return {new["id"]: new for new in news if new["status"] == "definite"}


def known_before(patient: Json, scope: str, k: int) -> set[str]:
    """Return the new lesions that were definite before a visit."""
    return {name for j in range(k) for name in definite_at(patient, scope, j)}


def silent(patient: Json, scope: str, k: int) -> bool:
    """Return whether a known new lesion that was definite last was not evaluated.

    Nothing is said of it, or one that is followed by its size was not measured.
    """
    known, now = known_before(patient, scope, k), definite_at(patient, scope, k)
    told = {
        new["id"] for new in combined.new_ones(patient, scope, r.visits(patient)[k])
    }
    unmeasured = {
        name
        for name, new in now.items()
        if sized(patient, scope, name) and "mm" not in new and "change" not in new
    }
    return bool(known & unmeasured) or any(
        last_word(patient, scope, k, name) == "definite" for name in known - told
    )


def last_word(patient: Json, scope: str, k: int, name: str) -> str:
    """Return how sure the reader last was of a new lesion before visit `k`."""
    said = [
        new["status"]
        for visit in r.visits(patient)[:k]
        for new in combined.new_ones(patient, scope, visit)
        if new["id"] == name
    ]
    return said[-1]


def known_there(patient: Json, scope: str, k: int) -> bool:
    """Return whether a known new lesion is there: definite now."""
    return bool(known_before(patient, scope, k) & set(definite_at(patient, scope, k)))


def further(patient: Json, scope: str, k: int, since: int) -> bool:
    """Return whether a visit shows a new lesion not known before visit `since`."""
    known = known_before(patient, scope, since)
    return any(name not in known for name in definite_at(patient, scope, k))


def sized(patient: Json, scope: str, name: str) -> bool:
    """Return whether a new lesion is followed by its size."""
    for k in range(len(r.visits(patient))):
        new = definite_at(patient, scope, k).get(name)
        if new is not None:
            if "kind" in new:
                return new["kind"] == "target"
            floor = 15 if new.get("nodal") else 10
            return "mm" in new and r.exact(new["mm"]) >= floor
    return False


def sized_sum(patient: Json, scope: str, k: int) -> Fraction:
    """Return the sum of the new lesions followed by size at a visit, mm."""
    return sum(
        (
            r.exact(new["mm"])
            for name, new in definite_at(patient, scope, k).items()
            if sized(patient, scope, name) and "mm" in new
        ),
        Fraction(0),
    )


def by_eye_grew(patient: Json, scope: str, k: int) -> bool:
    """Return whether a new lesion followed by eye grew since the visit before."""
    return any(
        new["change"] in ("increased", "unequivocal_pd")
        if "change" in new
        else larger(patient, scope, k, name, new)
        for name, new in definite_at(patient, scope, k).items()
        if not sized(patient, scope, name) and name in known_before(patient, scope, k)
    )


def larger(patient: Json, scope: str, k: int, name: str, new: Json) -> bool:
    """Return whether a new lesion measures more than when it was last measured."""
    before = [definite_at(patient, scope, j).get(name) for j in range(k)]
    lengths = [r.exact(b["mm"]) for b in before if b is not None and "mm" in b]
    return bool(lengths) and "mm" in new and r.exact(new["mm"]) > lengths[-1]


def new_progress(patient: Json, scope: str, k: int) -> bool:
    """Return whether known new lesions progress by the rules for old ones."""
    if not known_before(patient, scope, k):
        return False
    eye = any(
        new.get("change") == "unequivocal_pd"
        for name, new in definite_at(patient, scope, k).items()
        if name in known_before(patient, scope, k)
    )
    before = [
        sized_sum(patient, scope, j)
        for j in range(k)
        if any(sized(patient, scope, n) for n in definite_at(patient, scope, j))
    ]
    now = sized_sum(patient, scope, k)
    if not before:
        return eye
    return eye or (5 * now >= 6 * min(before) and now - min(before) >= 5)


def proven(patient: Json, scope: str, k: int, bar: Bar, now: frozenset[str]) -> bool:
    """Return whether a visit proves the progression of the iUPD."""
    if now - bar.categories or further(patient, scope, k, bar.k + 1):
        return True
    return (
        ("target" in bar.categories and target_proof(patient, scope, k, bar))
        or ("other" in bar.categories and other_proof(patient, scope, k, bar))
        or ("new" in bar.categories and new_proof(patient, scope, k, bar))
    )


def target_proof(patient: Json, scope: str, k: int, bar: Bar) -> bool:
    """Return whether the sum is 5 mm above that of the iUPD."""
    seen = r.visits(patient)
    then = r.partial_sum(r.sizes(patient, scope, seen[bar.k], r.diameter))
    now = r.partial_sum(r.sizes(patient, scope, seen[k], r.diameter))
    return now - then >= 5


def other_proof(patient: Json, scope: str, k: int, bar: Bar) -> bool:
    """Return whether other disease grew further."""
    visit, then = r.visits(patient)[k], r.visits(patient)[bar.k]
    for lesion in r.lesions(patient, scope, "non_target"):
        finding = visit.get("nontarget", {}).get(lesion["id"], "ne")
        state = finding if isinstance(finding, str) else finding["state"]
        change = None if isinstance(finding, str) else finding.get("change_since_last")
        if change == "increased" or state == "increased_not_unequivocal":
            return True
        if state == "unequivocal_pd" and not_pd(patient, scope, then, lesion):
            return True
    return False


def not_pd(patient: Json, scope: str, visit: Json, lesion: Json) -> bool:
    """Return whether a lesion had not unequivocally progressed at a visit."""
    return combined.other_lesion(patient, scope, visit, lesion) != "pd"


def new_proof(patient: Json, scope: str, k: int, bar: Bar) -> bool:
    """Return whether the new lesions of the iUPD grew."""
    rise = sized_sum(patient, scope, k) - sized_sum(patient, scope, bar.k)
    return rise >= 5 or by_eye_grew(patient, scope, k)


def unseen(patient: Json, scope: str, k: int, bar: Bar) -> bool:
    """Return whether a category of the iUPD was not evaluated at a visit."""
    target = recist11.target(patient, scope, k, False)
    other = other_disease(patient, scope, k, False)
    if "target" in bar.categories and target == "NE":
        return True
    if "other" in bar.categories and other == "NE":
        return True
    return "new" in bar.categories and silent(patient, scope, k)


def shrank_further(patient: Json, scope: str, k: int, word: str) -> bool:
    """Return whether targets shrank since a new lesion showed, and meet PR."""
    if r.other_setting(patient, "irecist", "unchanged_new_lesion_keeps_iupd", False):
        return False
    first = min(j for j in range(k + 1) if definite_at(patient, scope, j))
    seen = r.visits(patient)
    then = r.whole_sum(r.sizes(patient, scope, seen[first], r.diameter))
    now = r.whole_sum(r.sizes(patient, scope, seen[k], r.diameter))
    return word == "iPR" and then is not None and now is not None and now < then


def settled(patient: Json, scope: str) -> list[str]:
    """Return the responses once disease after iCR is settled, as in RECIST 1.1."""
    return [course.plain(word) for word in settled_course(patient, scope)]


def settled_course(patient: Json, scope: str) -> list[str]:
    """Return them, those after iCR that show no disease marked as unseen."""
    read = words(patient, scope)
    answer = list(read)
    for k, word in enumerate(read):
        if word == "iCPD":
            break
        complete = [j for j in range(k) if answer[j] == "iCR"]
        if not complete or word not in FELL_BACK - {"iCR"}:
            continue
        if not combined.disease_seen(patient, scope, k, recist11.WAY):
            answer[k] = word + course.UNSEEN
            continue
        before = [in_words_of_recist(word) for word in answer[:k]]
        convention = combined.verdict(patient, before)
        if convention == "pd" and may_progress(patient, scope, k):
            answer[k] = "iUPD"
        elif convention == "reread_as_pr" and k in course.until_new_therapy(patient):
            for j in complete:
                answer[j] = "iPR"
    return answer


def may_progress(patient: Json, scope: str, k: int) -> bool:
    """Return whether the liver may progress at a visit."""
    asks = combined.asks_whole(patient, scope, recist11.WAY)
    return not asks or words(patient, r.WHOLE)[k] in ("iUPD", "iCPD")


def progression(patient: Json, scope: str) -> dt.date | None:
    """Return the date of progression: that of the iUPD that counts."""
    convention = r.other_setting(
        patient, "irecist", "unconfirmed_progression", "without_later_scan"
    )
    read, waiting = settled(patient, scope), bars(patient, scope)
    seen = r.visits(patient)
    if "iCPD" in read:
        bar = waiting[read.index("iCPD")]
        return None if bar is None else r.date_of(patient, seen[bar.k])
    if convention == "never" or "iUPD" not in read:
        return None
    if convention == "always":
        return r.date_of(patient, seen[read.index("iUPD")])
    ends = FELL_BACK | {"NED"}
    last = max((k for k, word in enumerate(read) if word in ends), default=-1)
    later = [k for k, word in enumerate(read) if word == "iUPD" and k > last]
    return r.date_of(patient, seen[later[0]]) if later else None


def in_words_of_recist(word: str) -> str:
    """Return the word of RECIST 1.1 for one of iRECIST, its mark kept."""
    mark = course.UNSEEN if word.endswith(course.UNSEEN) else ""
    return PLAIN.get(course.plain(word), course.plain(word)) + mark


def best(patient: Json, visits: list[course.Visit], *, confirmed: bool) -> str:
    """Return the best response up to iCPD (Table 3); iUPD does not end the course."""
    plainly = [(day, in_words_of_recist(word)) for day, word in visits]
    pick = course.best_confirmed if confirmed else course.best_as_seen
    word = pick(patient, plainly, "SD")
    if word == "NE":
        every = {word for _, word in visits}
        return next((w for w in ("iCPD", "iUPD") if w in every), "NE")
    return IMMUNE.get(word, word)
