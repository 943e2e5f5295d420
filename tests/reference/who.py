"""WHO: WHO handbook 1979; Miller et al., Cancer 1981;47:207-214."""

from __future__ import annotations

from fractions import Fraction

from tests.reference import combined, others
from tests.reference import reading as r
from tests.reference.reading import Json


def product(patient: Json, lesion: Json, finding: Json) -> Fraction | None:
    """Return longest diameter times greatest perpendicular, mm²."""
    del patient, lesion
    if finding.get("state") == "too_small":
        return Fraction(25)
    if finding.get("state") == "split":
        area = finding.get("area_mm2")
        return None if area is None else r.exact(area)
    across = finding.get("perpendicular_mm")
    return None if across is None else r.exact(finding["mm"]) * r.exact(across)


def target(patient: Json, scope: str, k: int, had_cr: bool) -> str:
    """Return the response of the measured lesions."""
    if not r.lesions(patient, scope, "target"):
        return "NA"
    visit = r.visits(patient)[k]
    if nothing_left(r.sizes(patient, scope, visit, product)):
        return "CR"
    if area_after_cr(patient, scope, k, had_cr) or grew(patient, scope, k):
        return "PD"
    now = r.whole_sum(r.sizes(patient, scope, visit, product))
    first = r.whole_sum(r.sizes(patient, scope, r.baseline(patient), product))
    if now is None or first is None:
        return "NE"
    return "PR" if 2 * now <= first else "NC"


def nothing_left(areas: list[Fraction | None]) -> bool:
    """Return whether no area is left; WHO knows no normal size of a node."""
    return all(area == 0 for area in areas)


def area_after_cr(patient: Json, scope: str, k: int, had_cr: bool) -> bool:
    """Return whether an area is back after overall CR (Eisenhauer 2009, 4.3.5)."""
    seen = r.any_left(patient, scope, r.visits(patient)[k])
    return had_cr and seen and others.reappearance_counts(patient)


def grew(patient: Json, scope: str, k: int) -> bool:
    """Return whether one lesion, or the sum, is 25 % above its reference."""
    if r.other_setting(patient, "who", "growth_of", "any_lesion") == "sum":
        return sum_grew(patient, scope, k)
    targets = r.lesions(patient, scope, "target")
    return any(lesion_grew(patient, scope, k, lesion) for lesion in targets)


def sum_grew(patient: Json, scope: str, k: int) -> bool:
    """Return whether the sum of products grew by 25 %."""
    visit = r.visits(patient)[k]
    now = r.partial_sum(r.sizes(patient, scope, visit, product))
    upto = 0 if from_baseline(patient) else k
    least = r.nadir(patient, scope, upto, product)
    return least is not None and now > 0 and 4 * now >= 5 * least


def from_baseline(patient: Json) -> bool:
    """Return whether growth is measured from baseline."""
    return r.other_setting(patient, "who", "growth_from", "nadir") == "baseline"


def lesion_grew(patient: Json, scope: str, k: int, lesion: Json) -> bool:
    """Return whether one lesion grew by 25 %, or is back from 0."""
    visit = r.visits(patient)[k]
    now = r.size_of(patient, scope, visit, lesion, product)
    if now is None or now == 0:
        return False
    names = joined(patient, scope, visit, lesion)
    earlier = [] if from_baseline(patient) else r.visits(patient)[:k]
    past = [r.baseline(patient), *earlier]
    least = smallest(patient, scope, past, names, product)
    return least is not None and 4 * now >= 5 * least


def joined(patient: Json, scope: str, visit: Json, lesion: Json) -> list[Json]:
    """Return the targets that are measured as one with a lesion, the host first."""
    host = host_of(patient, scope, visit, lesion)
    return [host] + [
        other
        for other in r.lesions(patient, scope, "target")
        if other != host and host_of(patient, scope, visit, other) == host
    ]


def host_of(patient: Json, scope: str, visit: Json, lesion: Json) -> Json:
    """Return the lesion in which one is measured: mostly itself."""
    finding = r.found(visit, lesion)
    if finding.get("state") != "merged_into":
        return lesion
    return r.host(patient, scope, finding) or lesion


def together(
    patient: Json, scope: str, visit: Json, names: list[Json], size: r.Size
) -> Fraction | None:
    """Return the size of lesions together; None where measured with others too."""
    for lesion in r.lesions(patient, scope, "target"):
        if (lesion in names) != (host_of(patient, scope, visit, lesion) in names):
            return None
    sizes = [r.size_of(patient, scope, visit, lesion, size) for lesion in names]
    return r.whole_sum(sizes)


def smallest(
    patient: Json, scope: str, past: list[Json], names: list[Json], size: r.Size
) -> Fraction | None:
    """Return the smallest size of lesions together at some visits."""
    known = [together(patient, scope, visit, names, size) for visit in past]
    return min((value for value in known if value is not None), default=None)


WAY = combined.Way(target, stable="NC", persisting="NC", normal_nodes=False)
