"""The conventions of a trial, each with the default that the rules name."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from recist_tool.model.criteria_settings import CriteriaSettings
from recist_tool.model.diameter import Millimetres
from recist_tool.model.numbers import Count, Day, Days
from recist_tool.model.record import GrownRecord
from recist_tool.model.trial_organs import OrganWords
from recist_tool.model.uptake_border import UptakeBorderText
from recist_tool.terms import (
    ORGANS,
    PET_CRITERIA,
    AfterCr,
    Blinded,
    Criteria,
    EquivocalDating,
    PrPersistence,
    Reappearance,
    Response,
    UptakeBorder,
)


class Settings(GrownRecord):
    """The conventions that the response rules leave open.

    Attributes
    ----------
    sd_min_days
        Days from reference before SD counts for best response (inclusive).
    confirm_min_days
        Days between a response and its confirmation (inclusive).
    max_ne_between
        NE visits allowed between a response and its confirmation.
    one_sd_between_pr_ok
        Whether PR, SD, PR confirms the PR (Eisenhauer 2009, appendix III).
    pr_persistence
        How a drifting PR is written per visit (see `PrPersistence`).
    new_therapy_day
        Day of new anticancer treatment; later visits are not used.
    any_sd_between_pr_ok
        Whether any number of SD visits may lie between two PR that confirm each other.
    sd_minimum_for_non_cr_non_pd
        Whether NON-CR/NON-PD needs `sd_min_days` as SD does.
    after_cr
        What disease seen after a CR comes to (see `AfterCr`).
    reappearance
        When a lesion that is back is PD by itself (see `Reappearance`).
    equivocal_dating
        How a confirmed equivocal new lesion is dated (see `EquivocalDating`).
    no_disease_as
        Response of a visit without disease where there was none at baseline.
    persisting_outranks_unseen
        Whether non-targets of which one persists and one was not seen are
        NON-CR/NON-PD; they are NE otherwise.
    marker_required_for_cr
        Whether a tumour marker raised at baseline must be normal for CR.
    liver_pd_requires_overall
        Whether growth of the liver sum is PD only where the whole sum is PD too.
    hepatic_node_sites
        Notes of lymph nodes ("hepatic hilum") that the trial counts as liver.
    organ_words
        The trial's own words for places, each with its organ; not written where there
        are none, so that earlier versions can read the record.
    other_criteria
        The conventions of the other criteria, by their names.
    """

    later_fields: ClassVar[frozenset[str]] = frozenset({"organ_words"})

    sd_min_days: Days = 42
    confirm_min_days: Days = 28
    max_ne_between: Count = 1
    one_sd_between_pr_ok: bool = True
    pr_persistence: PrPersistence = PrPersistence.ARITHMETIC
    new_therapy_day: Day | None = None
    any_sd_between_pr_ok: bool = False
    sd_minimum_for_non_cr_non_pd: bool = True
    after_cr: AfterCr = AfterCr.PD
    reappearance: Reappearance = Reappearance.AFTER_OVERALL_CR
    equivocal_dating: EquivocalDating = EquivocalDating.FIRST_SEEN
    no_disease_as: Literal[Response.NED, Response.NE] = Response.NED
    persisting_outranks_unseen: bool = False
    marker_required_for_cr: bool = True
    liver_pd_requires_overall: bool = False
    hepatic_node_sites: tuple[str, ...] = ()
    organ_words: OrganWords = ()
    other_criteria: CriteriaSettings = CriteriaSettings()


class Protocol(GrownRecord):
    """What a trial's protocol fixes before the first scan is read.

    Attributes
    ----------
    criteria
        The sets that each read is judged by, side by side; the first is the main one.
    max_targets, max_targets_per_organ, max_liver_targets
        Eisenhauer 2009, 4.2: five in all, two per organ; a liver-only read may allow
        up to five in the liver.
    min_long_axis_mm, min_node_short_axis_mm
        Floors of measurability on CT (Eisenhauer 2009, 3.1).
    thick_slices_raise_node_floor
        Whether nodes on slices over 5 mm must reach twice the thickness too.
    diameter_decimals
        Digits after the point of a reported diameter, mm.
    organs
        Organs offered to the reader, in this order.
    sequential
        Whether a reader records at a visit only once all visits before it are signed.
    blinded_to
        What readers are not told (see `Blinded`); empty, and then not written, where
        they are told everything, so that earlier versions can read the record.
    uptake_border
        Where the uptake of a lesion that is clicked on PET ends; not written where it
        is 41 % of its maximum, so that earlier versions can read the record.
    """

    later_fields: ClassVar[frozenset[str]] = frozenset({"blinded_to", "uptake_border"})

    name: str = "RECIST 1.1, whole patient and liver"
    criteria: tuple[Criteria, ...] = Field(default=(Criteria.RECIST_1_1,), min_length=1)
    settings: Settings = Settings()
    max_targets: Annotated[Count, Field(ge=1)] = 5
    max_targets_per_organ: Annotated[Count, Field(ge=1)] = 2
    max_liver_targets: Annotated[Count, Field(ge=1)] = 2
    min_long_axis_mm: Millimetres = Decimal(10)
    min_node_short_axis_mm: Millimetres = Decimal(15)
    thick_slices_raise_node_floor: bool = False
    diameter_decimals: int = Field(default=1, ge=0, le=2)
    organs: tuple[str, ...] = ORGANS
    sequential: bool = False
    blinded_to: tuple[Blinded, ...] = ()
    uptake_border: UptakeBorderText = UptakeBorder.MAX_41.value

    @property
    def is_of_pet_alone(self) -> bool:
        """Whether all of its criteria look at uptake, and none at a diameter."""
        return all(one in PET_CRITERIA for one in self.criteria)
