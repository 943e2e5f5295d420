"""The commands, their options, and what becomes of errors.

Each command imports what it needs when it runs, so ``--help`` answers at once.
"""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path
from typing import Annotated, TextIO

import typer

from recist_tool import __version__
from recist_tool.cli.lines import tell
from recist_tool.errors import RecistToolError
from recist_tool.terms import LIVER, Boundary, LesionRole, SuvUnit

app = typer.Typer(
    name="recist",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

INTERRUPTED = 130  # 128 + SIGINT, as shells have it
UNREAD = 141  # 128 + SIGPIPE

Json = Annotated[
    bool, typer.Option("--json", help="Print JSON, one line a patient, nothing else.")
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


def main(arguments: list[str] | None = None) -> int:
    """Run the command line and return its exit status.

    Returns
    -------
    0 done; 1 the input is at fault, one line per fault on standard error; 2 wrong
    usage; 130 interrupted with Ctrl-C; 141 whoever read what was printed went away.
    """
    streams = sys.stdout, sys.stderr
    try:
        status = _status(arguments)
        # the command line library puts others in their place where a pipe was closed
        closed = streams != (sys.stdout, sys.stderr)
        sys.stdout, sys.stderr = streams
        sys.stdout.flush()
    except BrokenPipeError:
        closed, status = True, UNREAD
    return _unread(streams) if closed else status


def _unread(streams: tuple[TextIO, TextIO]) -> int:
    """End quietly where a pipe was closed, as by ``head``: nobody reads the rest."""
    for stream in streams:
        with contextlib.suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    return UNREAD


def _status(arguments: list[str] | None) -> int:
    try:
        app(args=arguments)
    except SystemExit as end:  # the command line library ends every run so
        if end.code == INTERRUPTED:
            tell("interrupted")
        return end.code if isinstance(end.code, int) else 0
    except ImportError as error:
        from recist_tool.extras import setup_error

        missing = setup_error(error)
        if missing is None:
            raise
        tell(missing)
        return 1
    except RecistToolError as error:
        for line in str(error).splitlines():
            tell(line)
        return 1
    return 0


def _tell_version(asked: bool) -> None:
    if asked:
        sys.stdout.write(f"recist {__version__}\n")
        raise typer.Exit


@app.callback()
def recist(
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            callback=_tell_version,
            is_eager=True,
            help="Print the version and exit.",
        ),
    ] = False,
) -> None:
    """Measure tumours on CT and PET and say what happened to them.

    Not a certified medical device.
    """
    del version  # told, before any command


@app.command()
def demo(
    folder: Annotated[
        Path, typer.Argument(help="Where to put patient, case and report.")
    ] = Path("recist-demo"),
    window: Annotated[
        bool, typer.Option(help="Open the read in napari where there is a screen.")
    ] = True,
    screenshot: Annotated[
        bool, typer.Option(help="Save a picture of the reading room and close it.")
    ] = False,
    protocol: ProtocolFile = None,
) -> None:
    """Make a synthetic patient, read it, and print sums and responses."""
    from recist_tool.cli.demo import run

    raise typer.Exit(run(folder, protocol, window=window, screenshot=screenshot))


@app.command("open")
def open_(  # noqa: PLR0913 - one parameter an option
    places: PlacesOrNone = None,
    protocol: ProtocolFile = None,
    study: Studies = None,
    patient_id: PatientId = "",
    study_date: StudyDate = "",
    modality: Modality = "",
    accession: Accession = "",
) -> None:
    """Open images or a case JSON in the reading room (napari).

    Of a server, the studies that are named, or those of the one patient that matches.
    """
    from recist_tool.cli.reading_room import open_places
    from recist_tool.servers.query import StudyQuery

    query = StudyQuery(
        patient_id=patient_id,
        patient_name="",
        study_date=study_date,
        modality=modality,
        accession_number=accession,
        study_instance_uids=tuple(study or ()),
    )
    raise typer.Exit(open_places(places or (), query, protocol))


@app.command()
def scan(  # noqa: PLR0913 - one parameter an option
    places: Places,
    json: Json = False,
    cache: Annotated[
        bool, typer.Option(help="Know again what earlier scans read.")
    ] = True,
    study: Studies = None,
    patient_id: PatientId = "",
    patient_name: PatientName = "",
    study_date: StudyDate = "",
    modality: Modality = "",
    accession: Accession = "",
) -> None:
    """List series with their geometry, SUV factors and warnings.

    Of a server, list its studies, and the series of those that are named.
    """
    from recist_tool.cli.scan import run
    from recist_tool.servers.query import StudyQuery

    query = StudyQuery(
        patient_id=patient_id,
        patient_name=patient_name,
        study_date=study_date,
        modality=modality,
        accession_number=accession,
        study_instance_uids=tuple(study or ()),
    )
    raise typer.Exit(run(places, query, json=json, cached=cache))


@app.command()
def cache(
    clear: Annotated[bool, typer.Option("--clear", help="Remove all of it.")] = False,
) -> None:
    """Say what is kept of servers, archives and earlier scans, and where."""
    from recist_tool.cli.cache import run

    raise typer.Exit(run(clear=clear))


@app.command()
def deidentify(
    source: Annotated[
        Path,
        typer.Argument(
            metavar="IN", help="Folder or file to read.", show_default=False
        ),
    ],
    target: Annotated[
        Path,
        typer.Argument(
            metavar="OUT", help="New folder for the files.", show_default=False
        ),
    ],
    key_file: Annotated[
        Path | None,
        typer.Option(help="File with the secret key; else RECIST_DEID_KEY is the key."),
    ] = None,
    subject: Annotated[
        str, typer.Option(help="Subject ID of the one patient; a pseudonym by default.")
    ] = "",
    json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object, nothing else.")
    ] = False,
) -> None:
    """Write DICOM files without the patient's identity; measurements stay the same."""
    from recist_tool.cli.deidentify import run

    raise typer.Exit(
        run(source, target, key_file=key_file, subject_id=subject or None, json=json)
    )


@app.command()
def measure(  # noqa: PLR0913 - one parameter an option
    mask: Annotated[
        Path,
        typer.Argument(
            help="DICOM SEG, RTSTRUCT, .nii, .nii.gz or .nrrd; or a folder of them.",
            show_default=False,
        ),
    ],
    series: Annotated[
        Path | None,
        typer.Option(help="Folder with the images: values of voxels, and a check."),
    ] = None,
    json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object, nothing else.")
    ] = False,
    boundary: Annotated[
        Boundary, typer.Option(help="What lengths reach to.")
    ] = Boundary.EDGE,
    inside_only: Annotated[
        bool, typer.Option("--inside-only", help="Only lines that stay in the lesion.")
    ] = False,
    fraction: Annotated[
        float,
        typer.Option(help="Of fractional masks: least of a voxel inside.", max=1),
    ] = 0.5,
    threshold: Annotated[
        list[str] | None,
        typer.Option(help="Metabolic volume above 4.0, or 41%; again for more."),
    ] = None,
    suv: Annotated[
        SuvUnit, typer.Option(help="In which a PET is measured.")
    ] = SuvUnit.BODY_WEIGHT,
    check: Annotated[
        Path | None, typer.Option(help="Report (SR) of a SEG: its values beside ours.")
    ] = None,
    scheduler: Annotated[
        str, typer.Option(help="Of a folder: local, processes, or tcp://host:port.")
    ] = "local",
    out: Annotated[
        Path | None,
        typer.Option(
            help="Of a folder: file of JSON lines; what it holds is not done again."
        ),
    ] = None,
    case: Annotated[
        Path | None, typer.Option(help="Case JSON: record the lesions in it.")
    ] = None,
    timepoint: Annotated[str, typer.Option(help="Of the case: at which.")] = "",
    reader: Annotated[str, typer.Option(help="Of the case: in whose read.")] = "",
    role: Annotated[
        LesionRole, typer.Option(help="Of lesions that the read does not know.")
    ] = LesionRole.TARGET,
    organ: Annotated[
        str, typer.Option(help="Of lesions that the read does not know.")
    ] = LIVER,
) -> None:
    """Measure the lesions of a segmentation: axes, volume, HU or SUV.

    Of a folder, those of every segmentation in it, several at a time.
    """
    from recist_tool.cli.measure import CaseAsked, options_of, run

    options = options_of(boundary, inside_only, fraction, threshold or (), suv)
    if mask.is_dir():
        from recist_tool.cli.measure_folder import MeasureRequest, run_folder

        asked = MeasureRequest(
            folder=mask, series=series, scheduler=scheduler, out=out, json=json
        )
        raise typer.Exit(run_folder(asked, options))
    into = None
    if case is not None:
        into = CaseAsked(
            case=case, timepoint_id=timepoint, reader_id=reader, role=role, organ=organ
        )
    raise typer.Exit(run(mask, series, options, into, check, json=json))


@app.command()
def assess(
    files: Annotated[
        list[Path],
        typer.Argument(
            help="Case JSON, findings JSON, .jsonl of many findings, or - for "
            "standard input.",
            show_default=False,
        ),
    ],
    criteria: Annotated[
        str, typer.Option(help="Response criteria; the file's own by default.")
    ] = "",
    json: Json = False,
    settings: Annotated[
        Path | None,
        typer.Option(help="JSON file of trial settings: its organ_words are used."),
    ] = None,
    keep_going: Annotated[
        bool, typer.Option(help="Answer the good patients where others are refused.")
    ] = False,
) -> None:
    """Say the response at each timepoint and the best response of each patient."""
    from recist_tool.cli.assess import run

    status = run(
        files, criteria=criteria, json=json, keep_going=keep_going, settings=settings
    )
    raise typer.Exit(status)


@app.command()
def trial(  # noqa: PLR0913 - one parameter an option
    files: Annotated[
        list[Path],
        typer.Argument(
            help="Case JSON, findings JSON, .jsonl of many findings, or - for "
            "standard input.",
            show_default=False,
        ),
    ],
    json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object, nothing else.")
    ] = False,
    report: Annotated[
        Path | None,
        typer.Option(help="Folder for the figures and one HTML page."),
    ] = None,
    criteria: Annotated[
        str, typer.Option(help="Response criteria; the files' own by default.")
    ] = "",
    settings: Annotated[
        Path | None,
        typer.Option(help="JSON file of the trial's conventions: recist schema trial."),
    ] = None,
    by: Annotated[
        list[str] | None,
        typer.Option(help="Compare by this field of groups; again for more."),
    ] = None,
    accepted: Annotated[
        str, typer.Option(help="Reader whose read counts, where there are several.")
    ] = "",
    keep_going: Annotated[
        bool, typer.Option(help="Answer the good patients where others are refused.")
    ] = False,
) -> None:
    """Say response rates, survival and their limits for a trial, with figures."""
    from recist_tool.cli.trial import TrialRequest, run

    asked = TrialRequest(
        json=json,
        report=report,
        criteria=criteria,
        settings=settings,
        by=tuple(by or ()),
        keep_going=keep_going,
        accepted=accepted,
    )
    raise typer.Exit(run(files, asked))


@app.command()
def export(
    case: Annotated[
        Path,
        typer.Argument(
            help="Case JSON, findings JSON, or .jsonl of many findings.",
            show_default=False,
        ),
    ],
    folder: Annotated[
        Path, typer.Argument(help="Folder to write to.", show_default=False)
    ],
    to: Annotated[
        str, typer.Option(help="sdtm (Dataset-JSON and XPT), csv or dataset-json.")
    ],
    study: Annotated[str, typer.Option(help="STUDYID of the tables.")] = "",
    accepted: Annotated[
        str, typer.Option(help="Reader whose read the trial takes.")
    ] = "",
    settings: Annotated[
        Path | None,
        typer.Option(help="JSON file of the trial's conventions: recist schema trial."),
    ] = None,
) -> None:
    """Write a case, or findings, as the tables of CDISC."""
    from recist_tool.cli.export import run

    done = run(
        case, to, folder, study=study, accepted=accepted or None, settings=settings
    )
    raise typer.Exit(done)


@app.command()
def verify(
    cases: Annotated[list[Path], typer.Argument(help="Case JSON.", show_default=False)],
) -> None:
    """Replay the journal of a case and check that the case follows from it."""
    from recist_tool.cli.verify import run

    raise typer.Exit(run(cases))


@app.command()
def schema(
    which: Annotated[
        str, typer.Argument(help="case, findings, protocol or trial.")
    ] = "case",
) -> None:
    """Print the JSON Schema of a format."""
    from recist_tool.cli.schema import run

    raise typer.Exit(run(which))
