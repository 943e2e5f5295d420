"""The commands and their options.

Each command imports what it needs when it runs, so ``--help`` answers at once.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from recist_tool import __version__
from recist_tool.cli.options import (
    Accession,
    Conventions,
    Join,
    Json,
    KeepGoing,
    Modality,
    OneJson,
    PatientId,
    PatientName,
    Places,
    PlacesOrNone,
    ProtocolFile,
    Reads,
    Studies,
    StudyDate,
)
from recist_tool.terms import Boundary, LesionRole, SuvUnit, UptakeBorder

app = typer.Typer(
    name="recist",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


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
    join: Join = False,
    pixels: Annotated[
        bool,
        typer.Option(
            "--pixels",
            help="Ask aorta and liver of each CT for its contrast phase, too.",
        ),
    ] = False,
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
    raise typer.Exit(
        run(places, query, json=json, cached=cache, join=join, pixels=pixels)
    )


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
    join: Join = False,
    json: OneJson = False,
) -> None:
    """Write DICOM files without the patient's identity; measurements stay the same."""
    from recist_tool.cli.deidentify import run

    raise typer.Exit(
        run(
            source,
            target,
            key_file=key_file,
            subject_id=subject or None,
            join=join,
            json=json,
        )
    )


@app.command()
def find(  # noqa: PLR0913 - one parameter an option
    series: Annotated[
        Path,
        typer.Argument(help="Folder of one CT or PET series.", show_default=False),
    ],
    at: Annotated[
        str,
        typer.Option(help="A point in the lesion: x,y,z in the patient (LPS), mm."),
    ],
    others: Annotated[
        bool, typer.Option("--others", help="Find the others of its organ, too.")
    ] = False,
    organ: Annotated[
        Path | None,
        typer.Option(help="Mask of the organ; without one it is found, on CT."),
    ] = None,
    later: Annotated[
        Path | None,
        typer.Option(help="Folder of a later series: how all have grown."),
    ] = None,
    later_at: Annotated[
        str, typer.Option(help="Of the later series: a point in a lesion.")
    ] = "",
    later_organ: Annotated[
        Path | None, typer.Option(help="Of the later series: mask of the organ.")
    ] = None,
    uptake_border: Annotated[
        str,
        typer.Option(
            help="Where uptake ends on PET: 41 %, SUV 4.0, PERCIST liver, gradient."
        ),
    ] = UptakeBorder.MAX_41.value,
    percist_sul: Annotated[
        float | None,
        typer.Option(help="For PERCIST: 1.5 × mean + 2 SD of the liver, SUL.", min=0),
    ] = None,
    json: OneJson = False,
) -> None:
    """Find a lesion from a point of it, the others like it, and how all have grown."""
    from recist_tool.cli.find import VisitAsked, border_of, point_of, run

    border = border_of(uptake_border, percist_sul)
    first = VisitAsked(series, point_of(at, "--at"), organ)
    second = None
    if later is not None:
        second = VisitAsked(later, point_of(later_at, "--later-at"), later_organ)
    raise typer.Exit(run(first, border, second, others=others, json=json))


@app.command()
def measure(  # noqa: PLR0913 - one parameter an option
    mask: Annotated[
        Path,
        typer.Argument(
            help="DICOM SEG, RTSTRUCT, NIfTI, NRRD or MetaImage; or a folder of them.",
            show_default=False,
        ),
    ],
    series: Annotated[
        Path | None,
        typer.Option(help="Folder with the images: values of voxels, and a check."),
    ] = None,
    json: OneJson = False,
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
    dose_as_entered: Annotated[
        bool,
        typer.Option(
            help="Take a dose that is implausible in becquerels in kBq or MBq."
        ),
    ] = False,
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
        str,
        typer.Option(
            help="Of lesions that the read does not know, where the file names none."
        ),
    ] = "",
) -> None:
    """Measure the lesions of a segmentation: axes, volume, HU or SUV.

    Of a folder, those of every segmentation in it, several at a time.
    """
    from recist_tool.cli.measure import CaseAsked, options_of, run

    options = options_of(
        boundary,
        inside_only,
        fraction,
        threshold or (),
        suv,
        dose_as_entered=dose_as_entered,
    )
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
    files: Reads,
    criteria: Annotated[
        str, typer.Option(help="Response criteria; the file's own by default.")
    ] = "",
    json: Json = False,
    settings: Annotated[
        Path | None,
        typer.Option(help="JSON file of trial settings: its organ_words are used."),
    ] = None,
    keep_going: KeepGoing = False,
) -> None:
    """Say the response at each timepoint and the best response of each patient."""
    from recist_tool.cli.assess import run

    status = run(
        files, criteria=criteria, json=json, keep_going=keep_going, settings=settings
    )
    raise typer.Exit(status)


@app.command()
def trial(  # noqa: PLR0913 - one parameter an option
    files: Reads,
    json: OneJson = False,
    report: Annotated[
        Path | None,
        typer.Option(help="Folder for the figures and one HTML page."),
    ] = None,
    criteria: Annotated[
        str, typer.Option(help="Response criteria; the files' own by default.")
    ] = "",
    settings: Conventions = None,
    by: Annotated[
        list[str] | None,
        typer.Option(help="Compare by this field of groups; again for more."),
    ] = None,
    accepted: Annotated[
        str, typer.Option(help="Reader whose read counts, where there are several.")
    ] = "",
    keep_going: KeepGoing = False,
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
def report(
    case: Annotated[Path, typer.Argument(help="Case JSON.", show_default=False)],
    folder: Annotated[
        Path | None,
        typer.Argument(
            metavar="[DIR]",
            help="Folder to write to; where you are by default.",
            show_default=False,
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(help="File to write; by default a name that tells nobody's."),
    ] = None,
    form: Annotated[
        str, typer.Option("--format", help="html or pdf; both by default.")
    ] = "",
    reader: Annotated[
        str, typer.Option(help="Whose read, where there are several.")
    ] = "",
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace files that are there already.")
    ] = False,
) -> None:
    """Write the report of a case for the oncologist: HTML and PDF."""
    from recist_tool.cli.report import ReportAsked, run

    asked = ReportAsked(
        folder=folder, output=output, form=form, reader=reader, overwrite=overwrite
    )
    raise typer.Exit(run(case, asked))


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
        str,
        typer.Option(
            help="sdtm (Dataset-JSON and XPT), csv, dataset-json; html, pdf: a report."
        ),
    ],
    study: Annotated[str, typer.Option(help="STUDYID of the tables.")] = "",
    accepted: Annotated[
        str, typer.Option(help="Reader whose read the trial takes.")
    ] = "",
    settings: Conventions = None,
) -> None:
    """Write a case, or findings, as the tables of CDISC; or a case as a report."""
    if to in ("html", "pdf"):
        return report(case, folder, None, to, accepted)
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
