"""mixed_v1: mRECIST, Choi, volumes and tumour markers in one file."""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from itertools import product
from typing import TYPE_CHECKING

from recist_tool.criteria.clinical.biochemical import marker_response
from recist_tool.criteria.recist11 import visits as recist11
from recist_tool.criteria.recist11.tables import NON_TARGET_RESPONSES, TARGET_RESPONSES
from recist_tool.criteria.size_based import choi, mrecist, volumetric
from recist_tool.criteria.size_based.base import combined_as_recist
from recist_tool.criteria.size_based.figures import burden, from_baseline
from recist_tool.model.clinical import MarkerValue
from recist_tool.model.criteria_settings import (
    BiochemicalSettings,
    ChoiSettings,
    MRecistSettings,
)
from recist_tool.terms import Response
from tests.vectors.formats.eortc_pet import number

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any

CONVENTIONS: Mapping[str, Mapping[str, object]] = {
    "add RECIST 1.1 5 mm limb": {"min_growth_mm": 5},
    "with the 5 mm limb": {"min_growth_mm": 5},
}
"""The settings that give each alternative of the file."""
ORDINALS = {"first": 0, "second": 1, "third": 2, "fourth": 3}
NOT_PD = {Response.CR, Response.NON_CR_NON_PD, Response.NA, Response.NE}
WORDS = {
    "IR/SD": {Response.NON_CR_NON_PD},
    "non-PD": NOT_PD,
}
MARKER_WORDS = {
    Response.NORMALISED: "biochemical response (normalised)",
    Response.RESPONSE: "biochemical response",
    Response.NO_RESPONSE: "no biochemical response",
    Response.NE: "not evaluable",
}
PERCENT_TOLERANCE = Decimal("0.005")


def checks(data: Mapping[str, Any]):
    """Yield a check for each row of the table and each case, by what it holds."""
    for place, row in enumerate(data.get("mrecist_overall_table", ()), start=1):
        yield f"mrecist-row-{place}", partial(overall_row, place, row)
    for case in data["cases"]:
        [check] = [kind for key, kind in KINDS.items() if key in case]
        yield case["id"], partial(check, case)
        for other in case.get("alternatives") or ():
            if other["convention"] in CONVENTIONS:
                changes = CONVENTIONS[other["convention"]]
                name = f"{case['id']} [{other['convention']}]"
                yield name, partial(viable, {**case, **other}, changes)


def overall_row(place: int, row: Mapping[str, Any]) -> None:
    """Every combination that the printed row fits gives its answer, and names it."""
    targets = _group(row["target"], TARGET_RESPONSES - {Response.NA})
    others = _group(row["nontarget"], NON_TARGET_RESPONSES)
    news = [word == "yes" for word in row["new"].split(" or ")]
    for findings in product(targets, others, news):
        assert mrecist.overall_response(*findings).overall == row["overall"]
    [ours] = [one for one in mrecist.OVERALL if one.number == place]
    assert ours.overall == row["overall"]
    assert ours.new == set(news)


def viable(
    case: Mapping[str, Any], changes: Mapping[str, object] | None = None
) -> None:
    """Check a course of viable diameters: several lesions, or one at several visits."""
    settings = MRecistSettings.model_validate(changes or {})
    answers = _viable_answers(case, settings)
    words, _, rest = case["expected"].partition(" at ")
    at = ORDINALS[rest.split()[0]] if rest else -1
    new = bool(case.get("new_lesion") or case.get("new"))
    nontarget = {"IR/SD": "NON-CR/NON-PD"}.get(
        case.get("nontarget", "NA"), case.get("nontarget", "NA")
    )
    found = mrecist.overall_response(answers[at], Response(nontarget), new)
    assert found.overall == words
    if "recist11_target" in case:
        before, now = (Decimal(str(one)) for one in case["whole_lesion_mm"])
        stable = not recist11.meets_pr(now, before)
        stable = stable and not recist11.meets_pd(now, before)
        assert case["recist11_target"] == ("SD" if stable else "not SD")


def size_and_attenuation(case: Mapping[str, Any]) -> None:
    past = from_baseline("BL", burden({"T": number(case["baseline_sum_mm"])}))
    now = burden({"T": number(case["followup_sum_mm"])})
    before_hu, now_hu = number(case["baseline_hu"]), number(case["followup_hu"])
    attenuation = None
    if before_hu is not None and now_hu is not None:
        attenuation = choi.Attenuation(now_hu, before_hu)
    nodules = ("T",) if any(case[key] for key in case if "nodule" in key) else ()
    ruling = choi.judge(now, past, attenuation, nodules, ChoiSettings())
    new = bool(case.get("new_lesion"))
    combined = combined_as_recist(ruling.response, Response.NA, new)
    assert combined.overall == case["expected"]


def diameter_to_volume(case: Mapping[str, Any]) -> None:
    change = Decimal(str(case["diameter_change_pct"]))
    _near(volumetric.volume_change_of_diameter(change), case["volume_change_pct"])


def product_to_volume(case: Mapping[str, Any]) -> None:
    change = Decimal(str(case["product_change_pct"]))
    _near(volumetric.volume_change_of_product(change), case["volume_change_pct"])


def repeatability(case: Mapping[str, Any]) -> None:
    wcv = Decimal(str(case["qiba_wcv"]))
    percent = volumetric.repeatability_percent(wcv)
    _near(percent, case["repeatability_pct"])
    smallest = Decimal(case["band"].split("-")[0])
    band = volumetric.band(smallest)
    assert band is not None
    assert (band.wcv, band.quoted_percent) == (wcv, case["quoted_pct"])
    assert round(percent) == band.quoted_percent


def marker(case: Mapping[str, Any]) -> None:
    limit = number(case["uln"])
    before, now = (
        None
        if case[key] is None
        else MarkerValue.model_validate({"value": number(case[key]), "uln": limit})
        for key in ("baseline", "followup")
    )
    answer = marker_response(before, now, BiochemicalSettings())
    assert MARKER_WORDS[answer.response] == case["expected"], answer.text


KINDS = {
    "baseline_viable_mm": viable,
    "baseline_hu": size_and_attenuation,
    "diameter_change_pct": diameter_to_volume,
    "product_change_pct": product_to_volume,
    "qiba_wcv": repeatability,
    "marker": marker,
}


def _viable_answers(
    case: Mapping[str, Any], settings: MRecistSettings
) -> list[Response]:
    first = case["baseline_viable_mm"]
    past = from_baseline("BL", burden(_named(first)))
    answers: list[Response] = []
    for visit in _visits(first, case["followup_viable_mm"]):
        now = burden(_named(visit))
        answers.append(mrecist.judge(now, past, settings).response)
        past = past.after("TP", now, progressed=False)
    return answers


def _visits(
    baseline: Sequence[float], followup: Sequence[Any]
) -> Iterator[Sequence[float]]:
    """Yield the visits: a list of lists, one list for all lesions, or one lesion's."""
    if any(isinstance(one, list) for one in followup):
        yield from followup
    elif len(baseline) == len(followup):
        yield followup
    else:
        assert len(baseline) == 1
        yield from ([one] for one in followup)


def _named(sizes: Sequence[float]) -> dict[str, Decimal | None]:
    return {f"T{place}": number(size) for place, size in enumerate(sizes, start=1)}


def _group(word: str, every: frozenset[Response]) -> set[Response]:
    if word == "any":
        return set(every)
    return set(WORDS.get(word) or {Response(word)})


def _near(found: Decimal, expected: float) -> None:
    assert abs(found - Decimal(str(expected))) <= PERCENT_TOLERANCE
