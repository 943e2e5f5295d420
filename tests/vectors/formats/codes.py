"""codes_v1: CDISC terms and their codes; those that do not exist never appear."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from recist_tool.cdisc.codes import TERMS, term

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from tests.vectors.formats import Check

CODELISTS = {
    "TUTESTCD": "TUTESTCD",
    "TUSTRESC": "TUIDRS",
    "TRTESTCD": "TRTESTCD",
    "TUMSTATE result": "TRPROPRS",
    "RSTESTCD": "ONCRTSCD",
    "RSSTRESC": "ONCRSR",
    "RSCAT": "ONCRSCAT",
    "--EVALID": "MEDEVAL",
}


def checks(data: Mapping[str, Any]) -> Iterator[tuple[str, Check]]:
    for row in data["cdisc"]:
        yield f"{row['variable']}-{row['submission_value']}", partial(_term, row)
    for text in data["not_existing"]["cdisc"]:
        for word in text.split():
            if word.isupper():
                yield f"no-{word}", partial(_absent, word)


def _term(row: Mapping[str, str]) -> None:
    found = term(CODELISTS[row["variable"]], row["submission_value"])
    assert found.nci == row["nci"]
    decode = row["decode"].partition(" (")[0]
    assert decode in ("", found.name, found.synonym)


def _absent(word: str) -> None:
    assert word not in {one.value for one in TERMS}
