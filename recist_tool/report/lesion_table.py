"""The lesions of masks as a table for a person at a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    Lesion = Mapping[str, Any]

NONE: Final = "–"


class _Column(NamedTuple):
    """A figure: where it stands in JSON, and how a person reads it."""

    key: str
    name: str
    decimals: int

    def cell(self, lesion: Lesion) -> str:
        value = lesion.get(self.key)
        return NONE if value is None else f"{value:.{self.decimals}f}"


LENGTHS: Final = (
    _Column("long_axis_mm", "long axis\nmm", 1),
    _Column("short_axis_mm", "short axis\nmm", 1),
    _Column("max_3d_diameter_mm", "across 3-D\nmm", 1),
    _Column("volume_ml", "volume\nml", 2),
)


def lesion_table(answer: Mapping[str, Any], title: str = "") -> Table:
    """Return a table of lesions.

    Parameters
    ----------
    answer
        What `recist measure --json` prints.
    title
        The file that they are from, where there are several.
    """
    table = Table(title=Text(title) if title else None, title_justify="left")
    table.add_column("label", justify="right")
    table.add_column("name", overflow="fold")
    table.add_column("slice", justify="right")
    columns = (*LENGTHS, *_values(answer["units"]))
    thresholds = _thresholds(answer)
    for column in columns:
        table.add_column(column.name, justify="right")
    for of in thresholds:
        table.add_column(f"MTV ≥ {of}\nml", justify="right")
        table.add_column(f"TLG ≥ {of}\ng", justify="right")
    for lesion in answer["lesions"]:
        figures = (column.cell(lesion) for column in columns)
        table.add_row(*_name(lesion), *figures, *_active(lesion, thresholds))
    return table


def report_table(answer: Mapping[str, Any]) -> Table:
    """Return a table of what a report says of lesions, beside what is measured."""
    table = Table(title="Of the report", title_justify="left")
    table.add_column("label", justify="right")
    table.add_column("what")
    for name in ("report", "here"):
        table.add_column(name, justify="right")
    table.add_column("unit")
    for lesion in answer["lesions"]:
        for one in lesion["reported"]:
            here = NONE if one["measured"] is None else f"{one['measured']:.6g}"
            what, unit = Text(one["name"]), Text(one["unit"])
            table.add_row(str(lesion["label"]), what, f"{one['value']:.6g}", here, unit)
    return table


def _values(units: str | None) -> tuple[_Column, ...]:
    """Return the columns of what voxels say, by what they are in."""
    if units is None:
        return ()
    if units.startswith("SU"):
        return (
            _Column("mean", f"mean\n{units}", 2),
            _Column("max", f"max\n{units}", 2),
            _Column("suv_peak", f"peak\n{units}", 2),
            _Column("tlg_g", "TLG\ng", 1),
        )
    return (
        _Column("mean", f"mean\n{units}", 1),
        _Column("sd", f"SD\n{units}", 1),
        _Column("min", f"min\n{units}", 0),
        _Column("max", f"max\n{units}", 0),
    )


def _name(lesion: Lesion) -> tuple[str, Text, str]:
    slice_number = lesion["slice"] + 1  # people count slices from 1, as viewers do
    return str(lesion["label"]), Text(lesion["name"]), str(slice_number)


def _thresholds(answer: Mapping[str, Any]) -> tuple[str, ...]:
    found = (
        active["of"]
        for lesion in answer["lesions"]
        for active in lesion.get("metabolic", ())
    )
    return tuple(dict.fromkeys(found))


def _active(lesion: Lesion, thresholds: Sequence[str]) -> Iterator[str]:
    found = {active["of"]: active for active in lesion.get("metabolic", ())}
    for of in thresholds:
        for key in ("mtv_ml", "tlg_g"):
            yield f"{found[of][key]:.2f}" if of in found else NONE
