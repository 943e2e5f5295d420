"""A trial's own words for places, and which words of a file no organ is known by."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from recist_tool.criteria.answer.places import HOW_COUNTED, unknown_places

if TYPE_CHECKING:
    from collections.abc import Iterator

    from recist_tool.model.findings import Findings
    from recist_tool.model.protocol import Settings
    from recist_tool.trial.intake.patient import Patient

    Words = tuple[tuple[str, str], ...]

_NAMED: Final = 12
_KEPT: Final = 10_000  # words of one file that are told apart


def with_words(patient: Patient, words: Words) -> Patient:
    """Return a patient with the trial's words; the patient's own go before them."""
    if not words:
        return patient
    # both were validated, and validating every visit again takes time
    settings = settings_with(patient.findings.settings, words)
    return patient._replace(
        findings=patient.findings.model_copy(update={"settings": settings}),
        protocol=patient.protocol.model_copy(update={"settings": settings}),
    )


def settings_with(settings: Settings, words: Words) -> Settings:
    """Return the settings of a patient with the trial's words behind their own."""
    return settings.model_copy(update={"organ_words": settings.organ_words + words})


class UnknownPlaces:
    """The words for places that were not known, told once for each file."""

    def __init__(self) -> None:
        self._found: dict[str, Counter[str]] = {}
        self._patients: Counter[str] = Counter()

    def note(self, file: str, findings: Findings) -> None:
        """Count the unknown words of one patient.

        Parameters
        ----------
        file
            What holds the patient.
        """
        self._patients[file] += 1
        found = self._found.setdefault(file, Counter())
        for organ, (_, place) in unknown_places(findings).items():
            told = f'"{organ}"' + (f" (may be {place.either})" if place.either else "")
            if told in found or len(found) < _KEPT:
                found[told] += 1

    def lines(self, *, least: int = 1) -> Iterator[str]:
        """Return one line for each file of at least so many patients.

        Of one patient alone, the answer itself may tell.
        """
        for file, found in self._found.items():
            if not found or self._patients[file] < least:
                continue
            named = [f"{word} in {n}" for word, n in found.most_common(_NAMED)]
            more = len(found) - len(named)
            listed = ", ".join(named) + (f" and {more} more" if more else "")
            yield (
                f"{file}: places of no known organ, by patients: {listed}; each "
                f"{HOW_COUNTED}. Name their organs in organ_words of the settings"
            )
