"""Sound files of every kind but images, and the sound answers of servers: to mutate."""

from __future__ import annotations

import gzip
import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from tests.dicom.mask_files import (
    SERIES,
    ball,
    nifti_header,
    slices_of,
    write_seg,
    write_structure_set,
)
from tests.fuzz.cases import CASES
from tests.fuzz.corpus import _case
from tests.fuzz.raw_bytes import BYTES
from tests.fuzz.structure import STRUCTURE
from tests.hostile.answering import DIMSE
from tests.hostile.words import TEXTS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from random import Random

    Mutator = Callable[[Random, bytes], bytes | None]

ROOT: Final = Path(__file__).parents[2]
EXAMPLES: Final = ROOT / "docs" / "examples"
JSON: Final = (*CASES, *CASES, *TEXTS)
LABELS: Final = np.where(ball(), 1, np.where(ball(centre=(5, 14, 22)), 7, 0))


class Seed(NamedTuple):
    """A sound file, and what is done to it.

    Attributes
    ----------
    name
        Of its file; of an answer, what is asked for.
    others
        Files that lie beside it, as they are.
    wrapped
        Packs it, or puts a head before it, after most of its mutations.
    """

    kind: str
    name: str
    data: bytes
    mutators: Sequence[Mutator]
    others: tuple[tuple[str, bytes], ...] = ()
    wrapped: Callable[[bytes], bytes] | None = None


def seeds() -> dict[str, list[Seed]]:
    """Return the seeds of each kind."""
    found: dict[str, list[Seed]] = {}
    for seed in (*_label_images(), *_dicom(), *_texts(), *_answers()):
        found.setdefault(seed.kind, []).append(seed)
    return found


def _label_images() -> Iterator[Seed]:
    for datatype, kind in ((2, np.uint8), (8, np.int32), (64, np.float64)):
        header = bytes(nifti_header(datatype=datatype))
        data = header + LABELS.astype(kind).tobytes()
        yield Seed("nifti", "m.nii", data, BYTES)
        yield Seed("nifti", "m.nii.gz", data, BYTES, wrapped=_deflated)
    text = (
        "NRRD0005\n# a remark\ntype: unsigned char\ndimension: {dims}\n"
        "space: left-posterior-superior\nsizes: {first}30 20 8\n"
        "space directions: {none}(0.5,0,0) (0,0.8,0) (0,0,3)\n"
        "kinds: {list}domain domain domain\nendian: little\nencoding: {how}\n"
        "space origin: (1,2,3)\nSegment0_Name:=Lesion A\nSegment0_LabelValue:=1\n"
        "Segment0_Layer:=0\nSegment1_Name:=Lesion B\nSegment1_LabelValue:=7\n\n"
    )
    flat = {"dims": 3, "first": "", "none": "", "list": "", "how": "raw"}
    voxels = LABELS.astype(np.uint8).tobytes()
    yield _nrrd(text.format(**flat), voxels)
    yield _nrrd(text.format(**flat | {"how": "gzip"}), gzip.compress(voxels))
    layered = {"dims": 4, "first": "2 ", "none": "none ", "list": "list "}
    pair = np.stack([LABELS == 1, LABELS == 7], axis=-1).astype(np.uint8)
    yield _nrrd(text.format(**flat | layered), pair.tobytes())


def _nrrd(header: str, voxels: bytes) -> Seed:
    return Seed("nrrd", "m.nrrd", header.encode() + voxels, (*BYTES, *TEXTS))


def _dicom() -> Iterator[Seed]:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        images = slices_of(SERIES, folder / "ct")
        turn = np.linspace(0, 2 * np.pi, 12, endpoint=False)
        rings = [
            np.column_stack((4 + 3 * np.cos(turn), 7 + 3 * np.sin(turn), at))
            for at in (np.full(12, 3.0 * k) for k in range(2, 5))
        ]
        rois = {"Lesion 1": rings, "Lesion 2": rings[:1]}
        drawn = write_structure_set(folder / "rt.dcm", SERIES, rois)
        yield Seed("rtstruct", "m.dcm", drawn.read_bytes(), (*BYTES, *STRUCTURE))
        for kind, pixels in (
            ("BINARY", (LABELS == 1).astype(np.uint8)),
            ("FRACTIONAL", (LABELS == 1).astype(np.float32)),
            ("LABELMAP", np.where(LABELS > 0, 1, 0).astype(np.uint8)),
        ):
            path = write_seg(folder / f"{kind}.dcm", images, pixels, kind=kind)
            yield Seed("seg", "m.dcm", path.read_bytes(), (*BYTES, *STRUCTURE))


def _texts() -> Iterator[Seed]:
    files = _case()
    (case,) = (name for name in files if name.endswith(".case.json"))
    (journal,) = (name for name in files if name.endswith(".journal.jsonl"))
    for kind, name, other in (("case", case, journal), ("journal", journal, case)):
        yield Seed(kind, name, files[name], JSON, ((other, files[other]),))
    golden = ROOT / "tests" / "golden" / "0.1"
    for path in sorted(golden.iterdir()):
        kind = "case" if path.name.endswith(".case.json") else "journal"
        others = tuple(
            (one.name, one.read_bytes())
            for one in golden.iterdir()
            if one != path and one.name.split(".")[0] == path.name.split(".")[0]
        )
        yield Seed(kind, path.name, path.read_bytes(), JSON, others)
    for path in sorted(EXAMPLES.glob("*.jsonl")):
        lines = path.read_bytes().splitlines(keepends=True)
        yield Seed("findings", "f.json", lines[0], JSON)
        yield Seed("findings", "f.json", lines[-1], JSON)
        yield Seed("tables", "t.jsonl", b"".join(lines[:3]), JSON)
    yield from _settings()


def _settings() -> Iterator[Seed]:
    for path in sorted(EXAMPLES.glob("*settings.json")):
        yield Seed("tables", "settings.json", path.read_bytes(), JSON)
    from recist_tool.model.protocol import Protocol

    whole = Protocol(name="SIRT-1", sequential=True).model_dump_json().encode()
    yield Seed("protocol", "protocol.json", whole, JSON)
    yield Seed("protocol", "protocol.json", b'{"name": "A", "max_targets": 5}', JSON)


def _answers() -> Iterator[Seed]:
    def element(vr: str, *values: object) -> dict[str, object]:
        return {"vr": vr, "Value": list(values)}

    study = {
        "0020000D": element("UI", "1.2.3"),
        "00080020": element("DA", "20240102"),
        "00100010": element("PN", {"Alphabetic": "PLANTED^NAME"}),
        "00100020": element("LO", "PLANTED-ID"),
        "00080061": element("CS", "CT", "PT"),
        "00081030": element("LO", "Abdomen"),
        "00201208": element("IS", "240"),
    }
    series = {"0020000E": element("UI", "1.2.4"), "00080060": element("CS", "CT")}
    image = {
        "00080018": element("UI", "1.2.5"),
        "00080016": element("UI", "1.2.840.10008.5.1.4.1.1.2"),
    }
    for name, items in (
        ("/studies", [study, study]),
        ("/series", [series]),
        ("/instances", [image]),
    ):
        body = json.dumps(items).encode()
        yield Seed("answers", name, body, JSON, wrapped=_listed)
    (path,) = _image()
    part = b"--x\r\nContent-Type: application/dicom\r\n\r\n" + path + b"\r\n--x--\r\n"
    head = 'multipart/related; type="application/dicom"; boundary="x"'
    yield Seed("answers", "/instances/", _head(head, part), (*BYTES, *TEXTS))
    yield _c_find()


def _c_find() -> Seed:
    from pydicom.dataset import Dataset
    from pynetdicom.dsutils import encode

    found = Dataset()
    found.StudyInstanceUID, found.StudyDate = "1.2.3", "20240102"
    found.PatientName, found.PatientID = "PLANTED^NAME", "PLANTED-ID"
    found.ModalitiesInStudy, found.NumberOfStudyRelatedInstances = ["CT"], "77777"
    data = encode(found, False, True) or b""
    return Seed("answers", DIMSE, data, (*BYTES, *TEXTS))


def _image() -> Iterator[bytes]:
    with tempfile.TemporaryDirectory() as place:
        (path,) = SERIES.but(count=1).write(Path(place))
        yield path.read_bytes()


def _deflated(data: bytes) -> bytes:
    return gzip.compress(data, 1, mtime=0)


def _listed(body: bytes) -> bytes:
    return _head("application/dicom+json", body)


def _head(kind: str, body: bytes) -> bytes:
    lines = ("HTTP/1.1 200 OK", f"Content-Type: {kind}", f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "Connection: close", "", ""]).encode() + body
