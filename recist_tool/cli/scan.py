"""``recist scan``: which series are there, and whether they can be trusted."""

from __future__ import annotations

import json as json_format
import sys
from typing import TYPE_CHECKING

from rich.console import Console

from recist_tool.cli.progress import progress
from recist_tool.dicom.scan import as_json, scan
from recist_tool.errors import DicomError
from recist_tool.report.terminal import series_table

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def run(paths: Sequence[Path], *, json: bool) -> int:
    """Print the series found; finding none is an error that says what was skipped."""
    with progress("Reading headers") as advance:
        result = scan(paths, advance)
    if json:
        json_format.dump(as_json(result), sys.stdout)
        sys.stdout.write("\n")
    if not result.series:
        skipped = len(result.skipped)
        raise DicomError.at(
            ", ".join(str(path) for path in paths),
            f"no image series found ({skipped} files skipped)",
            "Choose a folder of CT or PET images in DICOM format",
        )
    if not json:
        Console().print(series_table(result))
    return 0
