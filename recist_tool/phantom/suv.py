"""The tracer: how much activity stands for SUV 1.

SUVbw = activity concentration x weight / dose left at the start of the scan, with
DecayCorrection START (DICOM PS3.3, C.8.9.1).
"""

from __future__ import annotations

import datetime as dt
import math

HALF_LIFE_S = 6586.2
"""Of fluorine-18."""

DOSE_BQ = 320_000_000.0
INJECTION = dt.time(8, 40, 0)
SCAN = dt.time(9, 41, 0)
FRAME_S = 180.0


def bqml_per_suv(weight_kg: float) -> float:
    """Return the concentration, Bq/ml, that stands for SUVbw 1 at the scan."""
    left = DOSE_BQ * 2 ** (-uptake_s() / HALF_LIFE_S)
    return left / (weight_kg * 1000)


def uptake_s() -> float:
    """Return the time from injection to scan, s."""
    day = dt.date(2000, 1, 1)
    waited = dt.datetime.combine(day, SCAN) - dt.datetime.combine(day, INJECTION)
    return waited.total_seconds()


def frame_reference_ms() -> float:
    """Return when, after its start, the frame has its average count rate, ms."""
    rate = math.log(2) / HALF_LIFE_S
    decayed = rate * FRAME_S
    return 1000 * math.log(decayed / (1 - math.exp(-decayed))) / rate


def decay_factor() -> float:
    """Return by what the counts of the frame were multiplied."""
    decayed = math.log(2) / HALF_LIFE_S * FRAME_S
    return decayed / (1 - math.exp(-decayed))
