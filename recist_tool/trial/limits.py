"""95 % limits of probabilities that a curve estimates."""

from __future__ import annotations

from statistics import NormalDist
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from recist_tool.terms import CurveLimits

if TYPE_CHECKING:
    from numpy.typing import NDArray

ALPHA = 0.05
"""One minus the coverage of every limit in this program."""

Z = NormalDist().inv_cdf(1 - ALPHA / 2)
"""The normal quantile that belongs to it."""


ROUNDING = 1e-12
"""A probability this near to 1 is 1: it was summed from shares that add up to 1."""


class Estimate(NamedTuple):
    """A number with 95 % limits; None for what cannot be estimated."""

    value: float | None
    low: float | None
    high: float | None


def curve_limits(
    probability: NDArray[np.float64],
    relative_se: NDArray[np.float64],
    scale: CurveLimits,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return lower and upper 95 % limits of probabilities of any shape.

    Parameters
    ----------
    probability
        The estimates.
    relative_se
        Their standard errors divided by the estimates (the standard error of the
        logarithm).
    scale
        Where the limits are symmetric; on the log and plain scales they are cut off at
        0 and 1.

    Returns
    -------
    Two arrays; NaN where there is no such limit: on both log scales where the
    probability is 0, on the log-log scale also where it is 1 (Kalbfleisch and Prentice
    2002, 1.4; the same as ``survfit`` of the R package ``survival``).
    """
    reach = Z * relative_se
    if scale is CurveLimits.PLAIN:
        half = probability * reach
        return np.maximum(probability - half, 0), np.minimum(probability + half, 1)
    inside = probability > 0
    if scale is CurveLimits.LOG_LOG:
        inside &= probability < 1 - ROUNDING
    value = np.where(inside, probability, np.nan)
    if scale is CurveLimits.LOG:
        return value * np.exp(-reach), np.minimum(value * np.exp(reach), 1)
    power = np.exp(-reach / np.log(value))
    return value**power, value ** (1 / power)


def as_estimate(value: float, low: float, high: float) -> Estimate:
    """Return an estimate in which NaN has become None.

    Parameters
    ----------
    value, low, high
        The estimate and its 95 % limits; NaN where there is none.
    """
    return Estimate(*(_known(number) for number in (value, low, high)))


def _known(number: float) -> float | None:
    return None if np.isnan(number) else float(number)
