"""The conventions that criteria other than RECIST 1.1 leave open, each with a default.

They are saved with the protocol, under the name of the criteria.
"""

from __future__ import annotations

from decimal import Decimal

from pydantic import Field

from recist_tool.model.numbers import Days, Months, Number
from recist_tool.model.record import Record
from recist_tool.terms import (
    GrowthOf,
    NotRecorded,
    PmrThreshold,
    Reference,
    UnconfirmedProgression,
    VolumeLimits,
)


class IRecistSettings(Record):
    """iRECIST (Seymour 2017).

    Attributes
    ----------
    confirm_min_days
        Days from an iUPD before a scan may confirm it (inclusive); the paper asks for
        4 to 8 weeks. 0 lets any later scan confirm.
    unchanged_new_lesion_keeps_iupd
        Table 2 read to the letter: while a new lesion is there, the visit stays iUPD.
        By default further shrinkage of the targets allows iPR, as the working group
        answers.
    unconfirmed_progression
        When an iUPD that was never confirmed is the progression.
    """

    confirm_min_days: Days = 28
    unchanged_new_lesion_keeps_iupd: bool = False
    unconfirmed_progression: UnconfirmedProgression = (
        UnconfirmedProgression.WITHOUT_LATER_SCAN
    )


class WhoSettings(Record):
    """WHO (Miller 1981).

    Attributes
    ----------
    growth_of
        Whether 25 % growth of any one lesion is PD, as printed, or of the sum only.
    growth_from
        What that growth is measured against.
    """

    growth_of: GrowthOf = GrowthOf.ANY_LESION
    growth_from: Reference = Reference.NADIR


class MRecistSettings(Record):
    """mRECIST for hepatocellular carcinoma (Lencioni and Llovet 2010).

    Attributes
    ----------
    min_growth_mm
        Growth of the viable sum that PD needs beside 20 %; the paper has no such limb,
        RECIST 1.1 has 5 mm.
    """

    min_growth_mm: Number = Decimal(0)


class ChoiSettings(Record):
    """Choi (2007).

    Attributes
    ----------
    growth_from
        What 10 % growth is measured against; the paper does not say.
    """

    growth_from: Reference = Reference.NADIR


class EortcPetSettings(Record):
    """EORTC PET (Young 1999).

    Attributes
    ----------
    limit_is_inclusive
        Whether a change of exactly 25 % is response or progression; the paper says
        greater than.
    pmr_threshold
        The fall that is PMR; between 15 % and 25 % after several cycles the paper says
        nothing.
    """

    limit_is_inclusive: bool = False
    pmr_threshold: PmrThreshold = PmrThreshold.BY_CYCLE


class PercistSettings(Record):
    """PERCIST 1.0 (Wahl 2009; O 2016).

    Attributes
    ----------
    pmd_is_strict
        Whether PMD asks for more than 30 % and 0.8, not for at least these.
    tlg_counts
        Whether a rise of TLG by 75 % without a fall of SULpeak is PMD.
    growth_from
        What PMD is measured against.
    not_comparable_is_ne
        Whether a scan that cannot be compared with baseline is not evaluable; it is
        judged with a warning otherwise.
    liver_limit_is_strict
        Whether liver SUL must differ by less than 0.3, not by at most that.
    not_recorded
        What a lesion without SULpeak counts as; a trial may have its readers record
        the hottest lesion of each scan only (Wahl 2009).
    """

    pmd_is_strict: bool = False
    tlg_counts: bool = True
    growth_from: Reference = Reference.BASELINE
    not_comparable_is_ne: bool = True
    liver_limit_is_strict: bool = False
    not_recorded: NotRecorded = NotRecorded.NOT_EVALUATED


class VolumetricSettings(Record):
    """Response by volume.

    Attributes
    ----------
    limits
        The changes that are response and progression.
    """

    limits: VolumeLimits = VolumeLimits.SPHERE


class BiochemicalSettings(Record):
    """Response of a tumour marker.

    Attributes
    ----------
    marker
        The marker that answers; None is each that was raised at baseline: they
        answer together, and are not evaluable where they do not agree.
    needs_raised_baseline
        Whether a marker that was normal at baseline is not evaluable.
    """

    marker: str | None = None
    needs_raised_baseline: bool = True


class SymptomSettings(Record):
    """Relief of symptoms, and use of a somatostatin analogue.

    Attributes
    ----------
    off_months
        Months for which "off the drug" must last to be told as such (exceeded).
    min_reduction_percent
        Fall of the dose that is a response (inclusive).
    """

    off_months: Months = 6
    min_reduction_percent: int = Field(default=50, ge=1, le=100)


class PerLesionSettings(Record):
    """Response lesion by lesion.

    Attributes
    ----------
    pr_is_strict
        Whether PR asks for more than a 50 % fall in area, not for at least that.
    minor_from_percent
        Fall in area from which a response is minor (inclusive).
    """

    pr_is_strict: bool = False
    minor_from_percent: int = Field(default=25, ge=1, lt=50)


class CriteriaSettings(Record):
    """The conventions of all criteria but RECIST 1.1."""

    irecist: IRecistSettings = IRecistSettings()
    who: WhoSettings = WhoSettings()
    mrecist: MRecistSettings = MRecistSettings()
    choi: ChoiSettings = ChoiSettings()
    eortc_pet: EortcPetSettings = EortcPetSettings()
    percist: PercistSettings = PercistSettings()
    volumetric: VolumetricSettings = VolumetricSettings()
    biochemical: BiochemicalSettings = BiochemicalSettings()
    symptoms: SymptomSettings = SymptomSettings()
    per_lesion: PerLesionSettings = PerLesionSettings()
