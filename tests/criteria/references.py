"""The criteria beside RECIST 1.1 once more: small, slow, from papers and pages of docs.

Nothing here is the product's: a read is the JSON of a findings file, a figure is a
`Fraction`, a response is a word. Each function answers the visits of one scope as read.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import takewhile
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

Json = dict[str, Any]
Sizes = dict[str, Fraction | None]
Past = list[Fraction | None]
UNSEEN, GONE = "unseen", "gone"
SPHERE_OF_5_MM = Fraction("0.065450")


class Scope(NamedTuple):
    """What one scope looks at: all lesions, or those of the liver."""

    read: Json
    in_liver: bool

    def lesions(self, role: str) -> list[Json]:
        every = [one for one in self.read["lesions"] if one["role"] == role]
        return [one for one in every if self.counts(one)]

    def counts(self, lesion: Mapping[str, Any]) -> bool:
        sites = self.read["settings"]["hepatic_node_sites"]
        if lesion.get("nodal") or lesion["organ"] == "lymph node":
            return not self.in_liver or lesion.get("note") in sites
        return not self.in_liver or lesion["organ"] == "liver"

    def setting(self, criteria: str, name: str) -> str:
        return self.read["settings"]["other_criteria"][criteria][name]

    @property
    def visits(self) -> list[Json]:
        return self.read["timepoints"]


def number(value: Any) -> Fraction | None:
    return None if value is None else Fraction(str(value))


def counted(found: Json) -> Fraction:
    """Return the diameter of a target that is there, of parts their sum."""
    return sum(parts_of(found), Fraction(0))


def parts_of(found: Json) -> list[Fraction]:
    parts = found["parts_mm"] if "parts_mm" in found else [found["mm"]]
    return [
        Fraction(0) if isinstance(one, dict) else Fraction(str(one)) for one in parts
    ]


def host_of(visit: Json, name: str) -> str | None:
    """Return the lesion that one is measured in, as it or the other one says."""
    found = visit["target"].get(name)
    if found is not None and found.get("state") != "merged_into":
        return None
    if found is not None:
        return found["lesion"]
    claims = (one for one, it in visit["target"].items() if name in _merged_with(it))
    return next(claims, None)


def _merged_with(found: Json) -> list[str]:
    return found.get("merged_with", [])


def sizes(scope: Scope, visit: Json, measure: Any, too_small: Fraction) -> Sizes:
    """Return what each target counts: 0 where gone, or measured in another one."""
    targets = scope.lesions("target")
    ids = {one["id"] for one in targets}
    found: Sizes = {}
    for one in targets:
        name = one["id"]
        seen = visit["target"].get(name)
        if (host := host_of(visit, name)) is not None:
            found[name] = Fraction(0) if host in ids else None
        elif seen is None or seen.get("state") == "ne":
            found[name] = None
        elif seen.get("state") == "absent":
            found[name] = Fraction(0)
        elif seen.get("state") == "too_small":
            found[name] = too_small
        else:
            baseline = scope.visits[0]["target"][name]
            found[name] = measure(seen, baseline) if counted(seen) else Fraction(0)
    return found


def total(known: Sizes) -> Fraction | None:
    figures = [one for one in known.values() if one is not None]
    return sum(figures, Fraction(0)) if len(figures) == len(known) else None


def part(known: Sizes) -> Fraction | None:
    figures = [one for one in known.values() if one is not None]
    return sum(figures, Fraction(0)) if figures else None


def all_gone(scope: Scope, visit: Json, known: Sizes, *, normal: bool) -> bool:
    """Return whether no target is disease; a normal node is none, if so asked."""
    for one in scope.lesions("target"):
        size, seen = known[one["id"]], visit["target"].get(one["id"])
        if size == 0:
            continue
        small = seen is not None and (
            seen.get("state") == "too_small"
            or (
                ("mm" in seen or "parts_mm" in seen)
                and max(parts_of(seen), default=Fraction(0)) < 10
            )
        )
        if not (normal and one["nodal"] and small):
            return False
    return True


def non_targets(scope: Scope, visit: Json) -> str:
    states = [
        _state(one, visit["nontarget"].get(one["id"]))
        for one in scope.lesions("non_target")
    ]
    if not states:
        return "NA"
    for state, response in (
        ("unequivocal_pd", "PD"),
        (UNSEEN, "NE"),
        ("present", "NON-CR/NON-PD"),
    ):
        if state in states:
            return response
    return "CR"


def _state(lesion: Json, found: Any) -> str:
    said = found["state"] if isinstance(found, dict) else found
    if said in (None, "ne"):
        return UNSEEN
    if said in ("unequivocal_pd", "absent"):
        return said
    short = number(found.get("short_axis_mm")) if isinstance(found, dict) else None
    if lesion["nodal"] and short is not None and short < 10:
        return "absent"
    return "present"


def new_lesion(scope: Scope, visit: Json) -> bool:
    return any(
        one["status"] == "definite" and scope.counts(one) for one in visit["new"]
    )


def combined(target: str, other: str, new: bool, stable: str = "SD") -> str:
    """Return the overall response by Tables 1 and 2 of RECIST 1.1."""
    if new or "PD" in (target, other):
        return "PD"
    if target == "NA":
        return {"NA": "NED"}.get(other, other)
    if target == "CR":
        return "CR" if other in ("CR", "NA") else "PR"
    return stable if target == "stable" else target


def who(scope: Scope) -> list[str]:
    """WHO: growth of one lesion, or of the sum, by a quarter; a fall by half."""

    def measure(seen: Json, baseline: Json) -> Fraction | None:
        del baseline
        return area_of(seen)

    answers: list[str] = []
    history: list[tuple[Json, Sizes]] = []
    for visit in scope.visits:
        known = sizes(scope, visit, measure, Fraction(25))
        if visit is not scope.visits[0]:
            target = _who_target(scope, visit, known, history)
            other = non_targets(scope, visit)
            answer = combined(target, other, new_lesion(scope, visit), "NC")
            answers.append("NC" if answer == "NON-CR/NON-PD" else answer)
        history.append((visit, known))
    return answers


def area_of(found: Json) -> Fraction | None:
    """Return the product of two diameters, or what is given for all parts."""
    if "parts_mm" in found:
        return number(found.get("area_mm2"))
    across = number(found.get("perpendicular_mm"))
    return None if across is None else counted(found) * across


def _who_target(
    scope: Scope,
    visit: Json,
    known: Sizes,
    history: list[tuple[Json, Sizes]],
) -> str:
    if not known:
        return "NA"
    if scope.setting("who", "growth_of") == "sum":
        nadir = least(total(one) for _, one in history)
        grew = _quarter_more(part(known), nadir)
    else:
        grew = any(
            _quarter_more(
                _together(visit, known, group),
                least(_together(at, one, group) for at, one in history),
            )
            for group in _groups(visit, known)
        )
    baseline, now = total(history[0][1]), total(known)
    if grew:
        return "PD"
    if all_gone(scope, visit, known, normal=False):
        return "CR"
    if now is None or baseline is None:
        return "NE"
    return "PR" if now <= baseline / 2 else "stable"


def _groups(visit: Json, known: Sizes) -> list[set[str]]:
    """Return the lesions that are measured together, each alone where none merged."""
    hosts = {name: host_of(visit, name) for name in known}
    roots = [name for name, host in hosts.items() if host not in known]
    return [
        {root, *(name for name, host in hosts.items() if host == root)}
        for root in roots
    ]


def _together(visit: Json, known: Sizes, group: set[str]) -> Fraction | None:
    """Return the size of a group; None where it was measured with another lesion."""
    for name in known:
        host = host_of(visit, name)
        if host in known and (name in group) != (host in group):
            return None
    return total({name: known[name] for name in group})


def least(figures: Any) -> Fraction | None:
    return min((one for one in figures if one is not None), default=None)


def _quarter_more(now: Fraction | None, before: Fraction | None) -> bool:
    if now is None or before is None:
        return False
    return now > before and now >= before * Fraction(5, 4)


def choi(scope: Scope) -> list[str]:
    """Choi: 10 % of size, 15 % of attenuation; growth from the smallest sum."""

    def measure(seen: Json, baseline: Json) -> Fraction:
        del baseline
        return counted(seen)

    def target(visit: Json, known: Sizes, past: Past) -> str:
        baseline, nadir, now = past[0], least(past), total(known)
        names = [one["id"] for one in scope.lesions("target")]
        found = visit["target"]
        if any(found.get(name, {}).get("intratumoral_nodule") for name in names):
            return "PD"
        if all_gone(scope, visit, known, normal=True):
            return "CR"
        if now is None:
            return "NE"
        there = [one for one in names if _has_size(found.get(one))]
        hu = [number(found[one].get("hu_mean")) for one in there]
        first = scope.visits[0]["target"]
        before = [number(first[one].get("hu_mean")) for one in there]
        grew = now > nadir and now >= nadir * Fraction(11, 10)
        fell = now <= baseline * Fraction(9, 10)
        if None in (*hu, *before) or not hu or sum(before) <= 0:
            return "PR" if fell and not grew else "NE"
        if sum(hu) <= Fraction(17, 20) * sum(before):
            return "PR"
        return "PD" if grew else "PR" if fell else "stable"

    return by_sum(scope, measure, Fraction(5), target)


def _has_size(found: Json | None) -> bool:
    return found is not None and ("mm" in found or "parts_mm" in found)


def volumetric(scope: Scope) -> list[str]:
    """Volumes: the limits of RECIST 1.1 for spheres."""

    def measure(seen: Json, baseline: Json) -> Fraction | None:
        del baseline
        return number(seen.get("volume_ml"))

    limits = (Fraction("0.343"), Fraction("1.728"))
    target = _summed(scope, *limits)
    return by_sum(scope, measure, SPHERE_OF_5_MM, target)


def mrecist(scope: Scope) -> list[str]:
    """mRECIST: the viable part where there was one, else the whole lesion."""

    def measure(seen: Json, baseline: Json) -> Fraction | None:
        if "viable_mm" in baseline:
            return number(seen.get("viable_mm"))
        return counted(seen)

    def new(visit: Json) -> bool:
        return any(
            one["status"] == "definite" and scope.counts(one) and _carcinoma(scope, one)
            for one in visit["new"]
        )

    target = _summed(scope, Fraction(7, 10), Fraction(6, 5))
    return by_sum(scope, measure, Fraction(5), target, new)


def _carcinoma(scope: Scope, lesion: Json) -> bool:
    if lesion["organ"] == "ascites":
        return lesion["cytology_positive"] is not False
    size, kind = number(lesion.get("mm")), lesion["enhancement"]
    if lesion["organ"] != "liver" or size is None or kind is None:
        return True
    if kind == "typical":
        return size >= 10
    same = (
        number(one.get("mm"))
        for visit in scope.visits
        for one in visit["new"]
        if one["id"] == lesion["id"]
    )
    first = next(one for one in same if one is not None)
    return size - first >= 10


def _summed(scope: Scope, response: Fraction, growth: Fraction) -> Any:
    def target(visit: Json, known: Sizes, past: Past) -> str:
        baseline, nadir = past[0], least(past)
        now, measured = total(known), part(known)
        if all_gone(scope, visit, known, normal=True):
            return "CR"
        known_both = measured is not None and nadir is not None
        if known_both and measured > nadir and measured >= growth * nadir:
            return "PD"
        if now is None or baseline is None:
            return "NE"
        return "PR" if now <= response * baseline else "stable"

    return target


def by_sum(
    scope: Scope, measure: Any, too_small: Fraction, target: Any, new: Any = None
) -> list[str]:
    """Return the answers where targets are judged by a sum and those before it."""
    past: Past = []
    answers: list[str] = []
    for visit in scope.visits:
        known = sizes(scope, visit, measure, too_small)
        if visit is not scope.visits[0]:
            found = target(visit, known, past) if known else "NA"
            shown = new(visit) if new else new_lesion(scope, visit)
            answers.append(combined(found, non_targets(scope, visit), shown))
        past.append(total(known))
    return answers


def per_lesion(scope: Scope) -> list[str]:
    """Response lesion by lesion: that of the mean area, by the limits of WHO and MR."""

    def measure(seen: Json, baseline: Json) -> Fraction | None:
        if area_of(baseline) is None:
            return sum((one**2 for one in parts_of(seen)), Fraction(0))
        return area_of(seen)

    def target(visit: Json, known: Sizes, past: Past) -> str:
        del visit
        baseline, nadir, now = past[0], least(past), total(known)
        if now is None or baseline is None or nadir is None:
            return "NE"
        if not now:
            return "CR"
        if _quarter_more(now, nadir):
            return "PD"
        if now <= baseline / 2:
            return "PR"
        return "MR" if now <= baseline * Fraction(3, 4) else "stable"

    return by_sum(scope, measure, Fraction(25), target)


def until_complete(answers: list[str]) -> list[str]:
    """Return the answers up to the first complete response.

    Disease that is back after one is held to another reference.
    """
    before = list(takewhile(lambda one: one not in ("CR", "CMR"), answers))
    return answers[: len(before) + 1]
