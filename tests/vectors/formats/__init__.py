"""One module for each format of vector file; a new one is a line in `FORMATS`.

A format turns the JSON of a file into named checks. A check raises AssertionError where
the answer differs from the expected one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.vectors.formats import (
    bor,
    codes,
    endpoints,
    eortc_pet,
    irecist,
    measurability,
    mixed,
    patient_case,
    percist,
    suv,
    timepoint_table,
    who,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import Any

    Check = Callable[[], None]
    Format = Callable[[Mapping[str, Any]], Iterator[tuple[str, Check]]]

FORMATS: Mapping[str, Format] = {
    "timepoint_table_v1": timepoint_table.checks,
    "bor_table_v1": bor.checks,
    "bor_sequence_v1": bor.checks,
    "patient_case_v1": patient_case.checks,
    "liver_case_v1": patient_case.liver_checks,
    "measurability_v1": measurability.checks,
    "endpoints_v1": endpoints.checks,
    "codes_v1": codes.checks,
    "suv_v1": suv.checks,
    "irecist_v1": irecist.checks,
    "who_v1": who.checks,
    "eortc_pet_v1": eortc_pet.checks,
    "percist_v1": percist.checks,
    "mixed_v1": mixed.checks,
}
