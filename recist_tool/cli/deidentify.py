"""``recist deidentify``: files to give away, and what was not written and why."""

from __future__ import annotations

import json as json_format
import os
import sys
from collections import Counter
from typing import TYPE_CHECKING, Final

from recist_tool.cli.lines import tell
from recist_tool.cli.progress import progress
from recist_tool.cli.screen import screen
from recist_tool.deidentify.export import deidentify
from recist_tool.deidentify.pseudonyms import REMEDY, Pseudonyms
from recist_tool.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

    from recist_tool.deidentify.export import Export

KEY_VARIABLE: Final = "RECIST_DEID_KEY"


def run(
    source: Path,
    target: Path,
    *,
    key_file: Path | None,
    subject_id: str | None,
    join: bool,
    json: bool,
) -> int:
    """Write the files and say what became of them; a refused one is a fault.

    Parameters
    ----------
    target
        A new folder.
    key_file
        Holds the secret key; None takes it from the environment.
    subject_id
        Of the one patient; None gives each a pseudonym.
    join
        Whether patients are one whom only what is missing of one tells apart.
    json
        One JSON object on standard output instead of a table.

    Raises
    ------
    RecistToolError
        If files were refused, once the others are written; or the key does not do.
    """
    pseudonyms = _pseudonyms(key_file)
    with progress("De-identifying") as advance:
        export = deidentify(
            source,
            target,
            pseudonyms,
            subject_id=subject_id,
            join=join,
            progress=advance,
        )
    for fuller, other, missing in export.may_be_one:
        tell(
            f"note: {other} and {fuller} agree in all but {', '.join(missing)}, "
            f"missing of {other}: --join takes them as one"
        )
    if json:
        json_format.dump(export.as_json(), sys.stdout)
        sys.stdout.write("\n")
    else:
        _print(export)
    export.require_all()
    return 0


def _pseudonyms(key_file: Path | None) -> Pseudonyms:
    if key_file is not None:
        return Pseudonyms.of_key_file(key_file)
    key = os.environ.get(KEY_VARIABLE, "").strip()
    if not key:
        raise InputError(
            f"no key: give --key-file FILE or set {KEY_VARIABLE}. {REMEDY}"
        )
    return Pseudonyms(key.encode())


def _print(export: Export) -> None:
    console = screen()
    for subject_id, files in Counter(one.subject_id for one in export.written).items():
        console.print(f"{subject_id}: {files} files", soft_wrap=True)
    remarks = Counter(
        (one.target.parent, remark) for one in export.written for remark in one.remarks
    )
    for (series, remark), files in remarks.items():
        line = f"  {series}, {files} files: {remark}"
        console.print(line, style="yellow", soft_wrap=True)
    console.print(
        f"{len(export.written)} files written, {len(export.refused)} refused. "
        "Text within pixels is not looked for: look at the images before giving "
        "them away.",
        soft_wrap=True,
    )
