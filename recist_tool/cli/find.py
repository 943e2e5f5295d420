"""``recist find``: a lesion from a point, the others like it, how all have grown."""

from __future__ import annotations

import json as json_format
import sys
from typing import TYPE_CHECKING, Any, NamedTuple

import typer

from recist_tool.app.finding_lesions import FoundLesions, find_lesions, growth_as_json
from recist_tool.app.segmenting import ClickBorder
from recist_tool.cli.measure import series_in
from recist_tool.cli.progress import progress
from recist_tool.cli.screen import screen
from recist_tool.dicom.load import load
from recist_tool.dicom.masks.read import read_masks
from recist_tool.errors import InputError
from recist_tool.measure.mask.growth import growth_of_all
from recist_tool.measure.registration.register import register
from recist_tool.model.uptake_border import uptake_rule
from recist_tool.report.lesion_table import lesion_table

if TYPE_CHECKING:
    from pathlib import Path

    from recist_tool.measure.geometry.volume import Volume
    from recist_tool.measure.mask.mask import Mask

    PointLPS = tuple[float, float, float]


class VisitAsked(NamedTuple):
    """A series and a point in a lesion of it.

    Attributes
    ----------
    organ
        A file with the mask of the organ; None finds it around the lesion.
    """

    folder: Path
    at_lps: PointLPS
    organ: Path | None = None


def run(
    visit: VisitAsked,
    border: ClickBorder,
    later: VisitAsked | None = None,
    *,
    others: bool,
    json: bool,
) -> int:
    """Print the lesion at a point, and what else was asked for.

    Parameters
    ----------
    border
        Where uptake ends on PET.
    later
        A later visit, on which the lesions are found and compared; None for one visit.
    others
        Whether to find the others of the organ too.
    json
        One JSON object on standard output instead of tables.

    Returns
    -------
    The exit code.

    Raises
    ------
    RecistToolError
        If a series, a mask or a point is not usable, or nothing is found there.
    """
    first = _found(visit, border, others=others)
    answer = first.as_json()
    if later is not None:
        second = _found(later, border, others=others)
        with progress("Laying the scans over each other"):
            laid = register(first.volume, second.volume)
        growth = growth_of_all(first.masks, second.masks, laid.map_points)
        answer |= {"later": second.as_json(), "growth": growth_as_json(growth)}
    if json:
        json_format.dump(answer, sys.stdout)
        sys.stdout.write("\n")
    else:
        _print(answer)
    return 0


def point_of(text: str, option: str) -> PointLPS:
    """Return a point that a person typed: three numbers with commas between.

    Raises
    ------
    typer.BadParameter
        If it is none.
    """
    try:
        x, y, z = map(float, text.split(","))
    except ValueError:
        msg = f"'{text}' is not x,y,z in mm, such as -88,-8,25"
        raise typer.BadParameter(msg, param_hint=option) from None
    return x, y, z


def border_of(text: str, percist_sul: float | None) -> ClickBorder:
    """Return where uptake ends, as a person typed it.

    Raises
    ------
    typer.BadParameter
        If it is no border.
    """
    try:
        return ClickBorder(str(uptake_rule(text)), percist_sul)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--uptake-border") from None


def _found(asked: VisitAsked, border: ClickBorder, *, others: bool) -> FoundLesions:
    series = series_in(asked.folder)
    if len(series) != 1:
        raise InputError.at(
            str(asked.folder),
            f"it holds {len(series)} series",
            "Give the folder of the one to look at",
        )
    volume = load(series[0])
    organ = None if asked.organ is None else _organ(asked.organ, volume)
    return find_lesions(volume, asked.at_lps, border, others=others, organ=organ)


def _organ(path: Path, volume: Volume) -> Mask:
    """Return the one mask of a file, on the series."""
    found = read_masks(path).segments(volume.grid)
    if len(found.segments) != 1:
        raise InputError.at(
            path.name,
            f"it holds {len(found.segments)} masks",
            "Give a file with the mask of the organ alone",
        )
    return found.segments[0].mask


def _print(answer: dict[str, Any]) -> None:
    for visit in (answer, answer.get("later")):
        if visit is None:
            continue
        lesions = [visit["lesion"], *visit.get("others", ())]
        named = [
            one | {"label": number, "name": one["method"]}
            for number, one in enumerate(lesions, start=1)
        ]
        screen().print(lesion_table({"lesions": named, "units": visit["units"]}))
        for line in _lines(visit):
            screen().print(line)
    growth = answer.get("growth")
    if growth is not None:
        grown = "" if growth["percent"] is None else f" ({growth['percent']:+.1f} %)"
        mixed = "; some grew and some shrank: mixed" if growth["mixed"] else ""
        screen().print(
            f"burden {growth['before_ml']:.1f} → {growth['after_ml']:.1f} ml{grown}, "
            f"{growth['gone']} gone, {growth['new']} new{mixed}"
        )


def _lines(visit: dict[str, Any]) -> list[str]:
    """Return what a table has no column for."""
    lines: list[str] = []
    if "cut_ml" in visit["lesion"]:
        cut_ml = visit["lesion"]["cut_ml"]
        lines.append(f"{cut_ml:.1f} ml beside it were cut off as a hotter neighbour's")
    if "burden" in visit:
        burden = visit["burden"]
        lines.append(
            f"{burden['lesions']} lesions, {burden['volume_ml']:.1f} ml: "
            f"{burden['percent_of_organ']:.1f} % of {burden['organ_ml']:.0f} ml"
        )
    return lines
