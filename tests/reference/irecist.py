"""iRECIST: Seymour et al., Lancet Oncol 2017;18:e143-e152."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from tests.reference import best as course
from tests.reference import combined, others, recist11
from tests.reference import reading as r
from tests.reference.irecist_new import News
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
    news = News(patient, scope, 0)
    found: list[tuple[str, Bar | None]] = []
    for k in range(len(r.visits(patient))):
        had_icr = any(word == "iCR" for word, _ in found)
        if bar is None:
            word, bar = without_bar(news, k, had_icr)
        else:
            word, bar = with_bar(news, k, bar, had_icr)
        if bar is None and (word == "iCR" or no_disease_there(news, k)):
            news = News(patient, scope, k + 1)
        found.append((word, bar))
    return found


def without_bar(news: News, k: int, had_icr: bool) -> tuple[str, Bar | None]:
    """Return the response where no iUPD waits (Table 2, column of no prior iUPD)."""
    categories = progressing(news, k, had_icr)
    if categories:
        return "iUPD", Bar(k, categories)
    word = plain(news, k, had_icr)
    return word, Bar(k, frozenset()) if word == "iUPD" else None


def with_bar(news: News, k: int, bar: Bar, had_icr: bool) -> tuple[str, Bar | None]:
    """Return the response where an iUPD waits."""
    patient = news.patient
    now = progressing(news, k, had_icr)
    if proven(news, k, bar, now):
        since = r.day_of(patient, r.visits(patient)[bar.k])
        wait = r.other_setting(patient, "irecist", "confirm_min_days", 28)
        late = r.day_of(patient, r.visits(patient)[k]) - since >= wait
        return ("iCPD", bar) if late else ("iUPD", bar)
    if now:
        return "iUPD", bar
    word = plain(news, k, had_icr)
    held = "new" in bar.categories and news.known_there(k)
    if held and not shrank_further(news, k, bar, word):
        return "iUPD", bar
    nothing_known = word == "NE" and not no_disease_there(news, k)
    if nothing_known or unseen(news, k, bar):
        word = combined.with_recorded(patient, news.scope, k, "NE")
        return word, None if word in FELL_BACK else bar
    return word, bar if word == "iUPD" else None


def no_disease_there(news: News, k: int) -> bool:
    """Return whether no lesion was followed, and none is there or may be there."""
    visit = r.visits(news.patient)[k]
    only_recorded = not combined.has_findings(visit) and (
        "overall" in visit or "liver" in visit
    )
    followed = any(
        r.lesions(news.patient, news.scope, part) for part in ("target", "non_target")
    )
    there = news.definite(k) or news.silent(k)
    return not (only_recorded or followed or there)


def other_disease(patient: Json, scope: str, k: int, had_icr: bool) -> str:
    """Return the non-target response, the tumour marker included."""
    marker = others.marker_state(patient, scope, r.visits(patient)[k])
    back = had_icr and combined.nt_may(patient, scope, k, recist11.WAY)
    return others.non_target(patient, scope, k, back, marker)


def plain(news: News, k: int, had_icr: bool) -> str:
    """Return the response of a visit without progression."""
    patient, scope = news.patient, news.scope
    target = recist11.target(patient, scope, k, had_icr)
    other = other_disease(patient, scope, k, had_icr)
    if target == "NA":
        word = with_known(news, k, other, combined.no_disease(patient, other))
    elif target == "CR":
        marker = others.marker_state(patient, scope, r.visits(patient)[k])
        left = news.known_there(k) or news.silent(k)
        gone = other in ("CR", "NA") and marker == "CR" and not left
        word = "CR" if gone else "PR"
    else:
        word = target
    word = combined.with_recorded(patient, scope, k, word)
    return IMMUNE.get(word, word)


def with_known(news: News, k: int, other: str, word: str) -> str:
    """Return the response without targets where a new lesion is known."""
    if other not in ("CR", "NA"):
        return word
    if news.known_there(k):
        return "NON-CR/NON-PD"
    return "NE" if news.silent(k) else word


def progressing(news: News, k: int, had_icr: bool) -> frozenset[str]:
    """Return the categories in which a visit progresses."""
    found: set[str] = set()
    if recist11.target(news.patient, news.scope, k, had_icr) == "PD":
        found.add("target")
    if other_disease(news.patient, news.scope, k, had_icr) == "PD":
        found.add("other")
    if news.further(k, k) or news.progressed(k):
        found.add("new")
    return frozenset(found)


def proven(news: News, k: int, bar: Bar, now: frozenset[str]) -> bool:
    """Return whether a visit proves the progression of the iUPD."""
    patient, scope = news.patient, news.scope
    if now - bar.categories or news.further(k, bar.k + 1):
        return True
    return (
        ("target" in bar.categories and target_proof(patient, scope, k, bar))
        or ("other" in bar.categories and other_proof(patient, scope, k, bar))
        or ("new" in bar.categories and news.grew(k, bar.k))
    )


def target_proof(patient: Json, scope: str, k: int, bar: Bar) -> bool:
    """Return whether the sum is 5 mm above that of the iUPD."""
    seen = r.visits(patient)
    then = r.partial_sum(r.sizes(patient, scope, seen[bar.k], r.diameter))
    now = r.partial_sum(r.sizes(patient, scope, seen[k], r.diameter))
    return now - then >= 5


def other_proof(patient: Json, scope: str, k: int, bar: Bar) -> bool:
    """Return whether other disease grew further.

    What the reader says against the visit before goes before the state.
    """
    visit, then = r.visits(patient)[k], r.visits(patient)[bar.k]
    for lesion in r.lesions(patient, scope, "non_target"):
        finding = visit.get("nontarget", {}).get(lesion["id"], "ne")
        state = finding if isinstance(finding, str) else finding["state"]
        change = None if isinstance(finding, str) else finding.get("change_since_last")
        if change == "increased":
            return True
        if change is None and state == "increased_not_unequivocal":
            return True
        if state == "unequivocal_pd" and not_pd(patient, scope, then, lesion):
            return True
    return False


def not_pd(patient: Json, scope: str, visit: Json, lesion: Json) -> bool:
    """Return whether a lesion had not unequivocally progressed at a visit."""
    return others.other_lesion(patient, scope, visit, lesion) != "pd"


def unseen(news: News, k: int, bar: Bar) -> bool:
    """Return whether a category of the iUPD was not evaluated at a visit."""
    target = recist11.target(news.patient, news.scope, k, False)
    other = other_disease(news.patient, news.scope, k, False)
    if "target" in bar.categories and target == "NE":
        return True
    if "other" in bar.categories and other == "NE":
        return True
    return "new" in bar.categories and bool(news.silent(k))


def shrank_further(news: News, k: int, bar: Bar, word: str) -> bool:
    """Return whether targets shrank since the iUPD, and meet PR."""
    patient, scope = news.patient, news.scope
    if r.other_setting(patient, "irecist", "unchanged_new_lesion_keeps_iupd", False):
        return False
    seen = r.visits(patient)
    then = r.whole_sum(r.sizes(patient, scope, seen[bar.k], r.diameter))
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
        there = News(patient, scope, 0).definite(k)
        if not there and not combined.disease_seen(patient, scope, k, recist11.WAY):
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
    if not combined.asks_whole(patient, scope, recist11.WAY):
        return True
    had_icr = "iCR" in words(patient, r.WHOLE)[:k]
    target = recist11.target(patient, r.WHOLE, k, had_icr)
    if "PD" in (target, other_disease(patient, r.WHOLE, k, had_icr)):
        return True
    progresses = settled(patient, r.WHOLE)[k] in ("iUPD", "iCPD")
    return progresses and not News(patient, r.WHOLE, 0).definite(k)


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
