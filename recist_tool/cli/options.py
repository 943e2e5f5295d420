"""Arguments and options that several commands take, with their help."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Json = Annotated[
    bool, typer.Option("--json", help="Print JSON, one line a patient, nothing else.")
]
Join = Annotated[
    bool,
    typer.Option(
        "--join",
        help="Take patients as one who agree in all but what one of them lacks.",
    ),
]
Places = Annotated[
    list[str],
    typer.Argument(
        help="Folders, files, DICOMDIRs, zip archives; or one server: "
        "https://host/dicom-web or dicom://AET@host:port.",
        show_default=False,
    ),
]
PlacesOrNone = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[PLACES]...",
        help="What to open: as for scan, or a case JSON; an empty room without any.",
        show_default=False,
    ),
]
Studies = Annotated[
    list[str] | None,
    typer.Option(
        "--study", help="Of a server: fetch this study (UID); again for more."
    ),
]
PatientId = Annotated[
    str, typer.Option(help="Of a server: studies of this patient; * and ? match any.")
]
PatientName = Annotated[
    str, typer.Option(help="Of a server: studies of this name; * and ? match any.")
]
StudyDate = Annotated[
    str, typer.Option(help="Of a server: 20240131, or 20240101-20240630.")
]
Modality = Annotated[
    str, typer.Option(help="Of a server: studies with it, and of them only its series.")
]
ProtocolFile = Annotated[
    Path | None,
    typer.Option(
        "--protocol",
        help="JSON file that new cases are read under: recist schema protocol.",
    ),
]
Accession = Annotated[str, typer.Option(help="Of a server: the accession number.")]
OneJson = Annotated[
    bool, typer.Option("--json", help="Print one JSON object, nothing else.")
]
Reads = Annotated[
    list[Path],
    typer.Argument(
        help="Case JSON, findings JSON, .jsonl of many findings, or - for "
        "standard input.",
        show_default=False,
    ),
]
Conventions = Annotated[
    Path | None,
    typer.Option(help="JSON file of the trial's conventions: recist schema trial."),
]
KeepGoing = Annotated[
    bool, typer.Option(help="Answer the good patients where others are refused.")
]
