"""``recist schema``: the JSON Schema of what this program reads and writes."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import typer

from recist_tool.model.findings import Findings
from recist_tool.model.protocol import Protocol
from recist_tool.model.trial_settings import TrialSettings
from recist_tool.store.casefile import CaseFile

if TYPE_CHECKING:
    from recist_tool.model.record import Record

FORMATS: dict[str, type[Record]] = {
    "case": CaseFile,
    "findings": Findings,
    "protocol": Protocol,
    "trial": TrialSettings,
}


def run(which: str) -> int:
    """Print the schema of a format.

    Raises
    ------
    typer.BadParameter
        If there is no such format.
    """
    if which not in FORMATS:
        msg = f"no format '{which}': choose {', '.join(FORMATS)}"
        raise typer.BadParameter(msg)
    schema = FORMATS[which].model_json_schema()
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    json.dump(schema, sys.stdout, indent=1)
    sys.stdout.write("\n")
    return 0
