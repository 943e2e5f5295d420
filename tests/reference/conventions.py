"""Random settings: each convention that a trial may choose, often left as it is."""

from __future__ import annotations

import random
from typing import Any

from tests.reference.reading import Json


def any_of(rng: random.Random, **choices: tuple[Any, ...]) -> Json:
    """Return some settings, each left out half of the time."""
    return {
        name: rng.choice(values)
        for name, values in choices.items()
        if rng.random() < 0.3
    }


def settings(rng: random.Random) -> Json:
    """Return the conventions: often the defaults."""
    if rng.random() < 0.4:
        return {}
    found = any_of(
        rng,
        sd_min_days=(28, 42, 56),
        confirm_min_days=(0, 14, 28, 29),
        max_ne_between=(0, 1, 2),
        one_sd_between_pr_ok=(True, False),
        any_sd_between_pr_ok=(True, False),
        new_therapy_day=(56, 100, 112),
        sd_minimum_for_non_cr_non_pd=(True, False),
        after_cr=("pd", "reread_as_pr", "as_recorded"),
        reappearance=("after_overall_cr", "from_zero_nadir", "sum_rule_only"),
        equivocal_dating=("first_seen", "bor_as_read", "as_read"),
        no_disease_as=("NED", "NE"),
        persisting_outranks_unseen=(True, False),
        marker_required_for_cr=(True, False),
        liver_pd_requires_overall=(True, False),
        hepatic_node_sites=(["hepatic hilum"], []),
    )
    return {**found, "other_criteria": other_settings(rng)}


def other_settings(rng: random.Random) -> Json:
    """Return the conventions of the other criteria."""
    return {
        "irecist": any_of(
            rng,
            confirm_min_days=(0, 28, 42),
            unchanged_new_lesion_keeps_iupd=(True, False),
            unconfirmed_progression=("without_later_scan", "always", "never"),
        ),
        "who": any_of(
            rng, growth_of=("any_lesion", "sum"), growth_from=("nadir", "baseline")
        ),
        "mrecist": any_of(rng, min_growth_mm=(0, 5)),
        "choi": any_of(rng, growth_from=("nadir", "baseline")),
        "eortc_pet": any_of(
            rng,
            limit_is_inclusive=(True, False),
            pmr_threshold=("by_cycle", "always_15", "always_25"),
        ),
        "percist": any_of(
            rng,
            pmd_is_strict=(True, False),
            tlg_counts=(True, False),
            growth_from=("baseline", "nadir"),
            not_comparable_is_ne=(True, False),
            liver_limit_is_strict=(True, False),
            not_recorded=("not_evaluated", "cooler"),
        ),
        "volumetric": any_of(rng, limits=("sphere", "who_sphere", "qiba_lung")),
        "biochemical": any_of(
            rng, marker=("CgA", "CEA"), needs_raised_baseline=(True, False)
        ),
        "symptoms": any_of(
            rng, off_months=(0, 3, 6), min_reduction_percent=(50, 25, 100)
        ),
        "per_lesion": any_of(
            rng, pr_is_strict=(True, False), minor_from_percent=(25, 10)
        ),
    }
