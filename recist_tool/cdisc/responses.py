"""The words of criteria in those of CDISC, and which responses are alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from recist_tool.terms import Scope

if TYPE_CHECKING:
    from recist_tool.terms import Criteria, Response

PROTOCOL_DEFINED: Final = "PROTOCOL DEFINED RESPONSE CRITERIA"
_CATEGORIES: Final = {
    "RECIST 1.1": "RECIST 1.1",
    "iRECIST": "iRECIST",
    "mRECIST": "MRECIST LENCIONI LIVER CANCER 2010",
    "Choi": "CHOI GIST 2008",
    "PERCIST": "PERCIST",
}
_TESTS: Final = {
    "PERCIST": "METBRESP",
    "EORTC PET": "METBRESP",
    "biochemical": "TMRESP",
}
_STANDARD: Final = {"NC": "SD"}  # WHO's no change is stable disease

COMPLETE: Final = frozenset({"CR", "iCR", "CMR"})
PARTIAL: Final = frozenset({"PR", "iPR", "PMR"})
OBJECTIVE: Final = COMPLETE | PARTIAL
STABLE: Final = frozenset({"SD", "iSD", "SMD", "NC", "MR"})
NON_TARGET_STABLE: Final = frozenset({"NON-CR/NON-PD", "NON-iCR/NON-iUPD"})
PROGRESSION: Final = frozenset({"PD", "iUPD", "iCPD", "PMD"})
_RANKS: Final = (
    COMPLETE,
    PARTIAL,
    STABLE,
    NON_TARGET_STABLE,
    PROGRESSION,
    frozenset({"NE"}),
)


def category(criteria: Criteria, scope: Scope = Scope.OVERALL) -> str:
    """Return ``RSCAT``: the criteria where CDISC names them, else protocol defined.

    No published criteria have a response of the liver alone.
    """
    if scope is not Scope.OVERALL:
        return PROTOCOL_DEFINED
    return _CATEGORIES.get(criteria.value, PROTOCOL_DEFINED)


def subcategory(criteria: Criteria, scope: Scope) -> str:
    """Return ``RSSCAT``: ``LIVER``, or criteria that CDISC does not name."""
    if scope is not Scope.OVERALL:
        return scope.value.upper()
    return "" if criteria.value in _CATEGORIES else criteria.value.upper()


def sums_viable(criteria: Criteria) -> bool:
    """Return whether the sums of the criteria are of viable diameters (mRECIST)."""
    return criteria.value == "mRECIST"


def overall_test(criteria: Criteria, scope: Scope) -> str:
    """Return the test code of the response of a visit."""
    if scope is Scope.LIVER:
        return "LIVRRESP"
    return _TESTS.get(criteria.value, "OVRLRESP")


def standard(response: str) -> str:
    """Return ``RSSTRESC``; a word that the codelist lacks extends it as it stands.

    >>> standard("NC"), standard("iUPD")
    ('SD', 'iUPD')
    """
    return _STANDARD.get(response, response)


def rank(response: Response) -> int | None:
    """Return the number of a response, 1 for complete to 6 for not evaluable."""
    for number, alike in enumerate(_RANKS, start=1):
        if response in alike:
            return number
    return None
