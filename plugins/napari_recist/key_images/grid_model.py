"""The key images of a read as a grid: lesions are rows, visits columns. No Qt here."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from napari_recist.table.rows import lesion_rows
from recist_tool.model import calipers_of

if TYPE_CHECKING:
    from recist_tool.app.reading import CurrentRead

NO_IMAGE = "no image yet"
MADE_WHEN = "Its key image is made once its series is on show."


class Tile(NamedTuple):
    """One lesion at one visit.

    Attributes
    ----------
    words
        What was found, in a few characters.
    awaits
        Whether it has a caliper, and so a key image, now or later.
    is_here
        Whether it is the chosen lesion at the open visit.
    """

    lesion_id: str
    timepoint_id: str
    words: str = ""
    tooltip: str = ""
    awaits: bool = False
    is_here: bool = False

    @property
    def place(self) -> tuple[str, str]:
        """Lesion and visit."""
        return self.lesion_id, self.timepoint_id


class Tiles(NamedTuple):
    """Rows of tiles, one for each lesion; all of one length."""

    visits: tuple[str, ...] = ()
    rows: tuple[tuple[Tile, ...], ...] = ()

    @property
    def lesions(self) -> list[str]:
        """Their ids, in the order of the rows."""
        return [row[0].lesion_id for row in self.rows]

    def here(self) -> tuple[int, int] | None:
        """Return row and column of where the reader is, or None."""
        for row, tiles in enumerate(self.rows):
            for column, tile in enumerate(tiles):
                if tile.is_here:
                    return row, column
        return None


def tiles_of(reading: CurrentRead) -> Tiles:
    """Return the grid of the read as it stands."""
    case, read = reading.case, reading.read
    if case is None or read is None:
        return Tiles()
    visits = tuple(one.timepoint_id for one in case.timepoints)
    here = reading.lesion_id, reading.timepoint_id
    rows: list[tuple[Tile, ...]] = []
    for name, _, *cells in lesion_rows(reading):
        lesion_id = name.lesion_id or ""
        rows.append(
            tuple(
                Tile(
                    lesion_id=lesion_id,
                    timepoint_id=visit,
                    words=cell.text,
                    tooltip=cell.tooltip,
                    awaits=bool(calipers_of(read.finding(lesion_id, visit))),
                    is_here=(lesion_id, visit) == here,
                )
                for visit, cell in zip(visits, cells, strict=True)
            )
        )
    return Tiles(visits, tuple(rows))
