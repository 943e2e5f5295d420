"""Which organ a reader's words mean: whole terms, never parts of words.

A text names an organ only where every word of it is known and all of them agree: "left
hepatic lobe" is liver, "hepatic flexure" is colon, "extrahepatic" is no liver. What is
not known is said, never guessed.
"""

from __future__ import annotations

import re
import unicodedata
from enum import Enum
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from recist_tool.model.organ_words import (
    AGAINST,
    BESIDE,
    COMPOUND_PARTS,
    NAMES,
    PARTS,
    QUALIFIERS,
    SIDES,
    UNSETTLED,
)
from recist_tool.terms import LIVER, LYMPH_NODE

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

_OTHER: Final = "other"
_WHOSE_PART: Final = "liver or lung"
_ROMAN: Final = "(?:viii|vii|vi|v|iv|iii|ii|i)"
_SEGMENT: Final = re.compile(
    rf"(?:s|sg|seg|segs|segm|segment)(?:\d[a-d]?|{_ROMAN}[ab]?)"
)
_BARE_SEGMENT: Final = re.compile(rf"[1-8][ab]|{_ROMAN}[ab]")
_LONGEST_WORD: Final = 64
"""Letters: no longer one is looked through for terms within it."""
_NUMBER: Final = re.compile(r"\d+[a-d]?|[ivx]+|[ctl]\d{1,2}")  # T12 is a vertebra
_NODE_INSIDE: Final = re.compile("(?:リンパ[節腺]|淋巴[结結腺])(?!外)|lymphknoten$")
_NOT: Final = frozenset({"non", "not", "no", "without", "extra"})
_CUT: Final = re.compile(r"[(\[{,;:/|]| - ")
_TOKEN: Final = re.compile(
    r"[^\W\d_a-z]+|[a-z]+(?:\d+[a-d]?(?![a-z]))?|\d+[a-d]?(?![a-z])|\d+"
)


class Place(NamedTuple):
    """What the words for a place say about its organ.

    Attributes
    ----------
    organ
        The organ; where it is not known, the words themselves, so that the same words
        are the same organ.
    known
        Whether the words name one organ.
    either
        What they may mean, where that is more than one organ: ``liver or lung``.
    """

    organ: str
    known: bool = True
    either: str = ""


class _Kind(Enum):
    ORGAN = "organ"
    UNSETTLED = "unsettled"
    PART = "part"
    QUALIFIER = "qualifier"
    BESIDE = "beside"
    UNKNOWN = "unknown"


class _Term(NamedTuple):
    kind: _Kind
    organ: str = ""


_UNKNOWN: Final = _Term(_Kind.UNKNOWN)
_PART: Final = _Term(_Kind.PART)
_QUALIFIER: Final = _Term(_Kind.QUALIFIER)


@lru_cache(maxsize=16384)
def place_of(text: str, mapping: tuple[tuple[str, str], ...] = ()) -> Place:
    """Return the organ that the words of a reader mean.

    Parameters
    ----------
    text
        As typed: in English, Chinese, German, French, Spanish, Italian or Japanese.
    mapping
        The trial's own words, each with its organ; they go before all others.

    Examples
    --------
    >>> place_of("Seg. VI, left hepatic lobe").organ, place_of("肝S8").organ
    ('liver', 'liver')
    >>> place_of("hepatic flexure").organ, place_of("肝門部リンパ節").organ
    ('colon', 'lymph node')
    >>> place_of("S6")
    Place(organ='s6', known=False, either='liver or lung')
    >>> place_of("S6", (("s6", "liver"),)).organ
    'liver'
    """
    plain = folded(text)
    words = _words(plain)
    for word, organ in mapping:
        if _words(folded(word)) == words:
            return Place(place_of(organ).organ)
    found = _read(words)
    if found is None:
        return _headed(plain, words)
    return found if found.known else found._replace(organ=_written(plain))


def side_of(text: str) -> str:
    """Return ``left``, ``right`` or ``bilateral`` where the words name one side.

    >>> side_of("lobe droit du foie"), side_of("liver")
    ('right', '')
    """
    words = set(_words(folded(text)))
    found = [side for side, names in _sides().items() if names & words]
    return found[0] if len(found) == 1 else ""


def folded(text: str) -> str:
    """Return a text as it is compared: one width, no capitals, no Latin accents."""
    wide = unicodedata.normalize("NFKC", text).casefold()
    apart = unicodedata.normalize("NFD", wide)
    bare = "".join([one for one in apart if not "\u0300" <= one <= "\u036f"])
    whole = unicodedata.normalize("NFC", bare).replace("\u2019", "'")
    return " ".join(re.sub(r"'s\b", "s", whole).split())


def _headed(plain: str, words: Sequence[str]) -> Place:
    """Return the organ named before a comma or bracket, where the rest agrees."""
    cut = _CUT.search(plain)
    if cut is None:
        return Place(_short(plain, words) or plain, known=False)
    head, rest = _words(plain[: cut.start()]), _words(plain[cut.end() :])
    found = _read(head)
    if found is None:
        return Place(_short(plain[: cut.start()], head) or plain, known=False)
    others = {organ for kind, organ in _terms(_near(rest)) if kind is _Kind.ORGAN}
    if found.known and not _against() & set(rest) and others <= {found.organ}:
        return found
    return Place(_written(plain), known=False)


def _written(plain: str) -> str:
    return " ".join(_TOKEN.findall(plain))


def _short(plain: str, words: Sequence[str]) -> str:
    """Return words that name no organ without those for a side."""
    sides = set[str]().union(*_sides().values())
    if _read([word for word in words if word not in sides]):
        return _written(plain)
    return " ".join(word for word in _TOKEN.findall(plain) if word not in sides)


def _read(words: Sequence[str]) -> Place | None:
    """Return what words say about an organ; None where one of them is not known."""
    if words == [_OTHER]:
        return Place(_OTHER)
    near = _near(words)
    terms = _terms(near)
    if _names_node(near, terms):
        return Place(LYMPH_NODE)
    return None if _UNKNOWN in terms else _agreed(terms)


def _agreed(terms: Iterable[_Term]) -> Place | None:
    """Return the one organ that terms name, or that they leave it open."""
    kinds = {one.kind for one in terms}
    organs = {one.organ for one in terms if one.kind is _Kind.ORGAN}
    if LIVER not in organs:
        organs = organs - {_OTHER} or organs
    unsettled = {one.organ for one in terms if one.kind is _Kind.UNSETTLED}
    if len(organs) == 1 and not unsettled:
        return Place(organs.pop())
    if len(unsettled) == 1 and not organs:
        return Place("", known=False, either=unsettled.pop())
    if not organs and not unsettled and _Kind.PART in kinds:
        return Place("", known=False, either=_WHOSE_PART)
    return None


def _names_node(words: Sequence[str], terms: Iterable[_Term]) -> bool:
    """Return whether any word is one for a lymph node, whatever the others are."""
    if any(_NODE_INSIDE.search(word) for word in words):
        return True
    if _NOT & set(words):
        return False
    return any(one.organ == LYMPH_NODE for one in terms)


def _near(words: Sequence[str]) -> Sequence[str]:
    """Return the words up to where another place is told: ``liver | near stomach``."""
    at = 0
    for length, term in _matches(words):
        if term.kind is _Kind.BESIDE:
            return words[:at]
        at += length
    return words


def _terms(words: Sequence[str]) -> list[_Term]:
    return [term for _, term in _matches(words)]


def _matches(words: Sequence[str]) -> list[tuple[int, _Term]]:
    """Return the longest terms from left to right, each with its number of words."""
    found: list[tuple[int, _Term]] = []
    at = 0
    while at < len(words):
        length, term = _longest(words, at)
        found.append((length, term))
        at += length
    return found


def _longest(words: Sequence[str], at: int) -> tuple[int, _Term]:
    lexicon, longest = _lexicon()
    for length in range(min(longest, len(words) - at), 0, -1):
        term = lexicon.get(tuple(words[at : at + length]))
        if term is not None:
            return length, term
    return 1, _by_form(words[at])


def _by_form(word: str) -> _Term:
    """Return what a word is that no table can list: a segment, a number."""
    if _SEGMENT.fullmatch(word) or _BARE_SEGMENT.fullmatch(word):
        return _PART
    return _QUALIFIER if _NUMBER.fullmatch(word) else _UNKNOWN


def _words(plain: str) -> list[str]:
    """Return the words of a folded text, long words of terms in their terms."""
    return [word for token in _TOKEN.findall(plain) for word in _split(token)]


def _split(token: str) -> list[str]:
    known = _single_words()
    if token in known or len(token) > _LONGEST_WORD:
        return [token]
    if not token.isascii():
        return _cut_up(token, known) or [token]
    for ending in ("s", "es"):
        if token.removesuffix(ending) in known:
            return [token.removesuffix(ending)]
    return _cut_up(token, _compound_parts(), joints=("n", "s")) or [token]


def _cut_up(
    word: str, parts: Collection[str], joints: Sequence[str] = ()
) -> list[str] | None:
    """Return a word as terms that make up all of it, the longest first; or None."""
    if not word:
        return []
    for end in range(len(word), 0, -1):
        if word[:end] not in parts:
            continue
        for joint in ("", *joints):
            rest = word[end:]
            if not rest.startswith(joint):
                continue
            found = _cut_up(rest.removeprefix(joint), parts, joints)
            if found is not None:
                return [word[:end], *found]
    return None


def _listed(text: str) -> list[str]:
    return [" ".join(term.split()) for term in text.split(",")]


@cache
def _lexicon() -> tuple[dict[tuple[str, ...], _Term], int]:
    """Return all terms by their words, and the number of words of the longest."""
    found: dict[tuple[str, ...], _Term] = {}
    sides = ", ".join(SIDES.values())
    kinds = (
        (_Kind.QUALIFIER, {"": f"{QUALIFIERS}, {sides}"}),
        (_Kind.BESIDE, {"": BESIDE}),
        (_Kind.PART, {"": PARTS}),
        (_Kind.UNSETTLED, UNSETTLED),
        (_Kind.ORGAN, NAMES),
    )
    for kind, table in kinds:
        for organ, text in table.items():
            for term in _listed(text):
                found[tuple(_TOKEN.findall(term))] = _Term(kind, organ)
    return found, max(map(len, found))


@cache
def _single_words() -> frozenset[str]:
    return frozenset(word for term in _lexicon()[0] for word in term)


@cache
def _compound_parts() -> frozenset[str]:
    return frozenset(_listed(COMPOUND_PARTS))


@cache
def _sides() -> dict[str, frozenset[str]]:
    return {side: frozenset(_listed(text)) for side, text in SIDES.items()}


@cache
def _against() -> frozenset[str]:
    return frozenset(_listed(AGAINST))
