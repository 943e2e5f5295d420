"""Many patients in one folder: how far each is read, and which comes next."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from recist_tool.app.agenda import expected_lesions
from recist_tool.app.reading.patient_series import visits_of
from recist_tool.app.session import Session
from recist_tool.app.worklist import CaseProgress, matching_cases, next_case, worklist
from recist_tool.dicom.scan.scan import scan
from recist_tool.errors import StorageError
from recist_tool.model.blinding import neutral_name
from recist_tool.model.case import SeriesReference
from recist_tool.model.commands import (
    AddTimepoint,
    AttachSeries,
    LockTimepoint,
    SetProtocol,
    UnlockTimepoint,
)
from recist_tool.model.finding import Measured, NotEvaluable
from recist_tool.model.protocol import Protocol
from recist_tool.model.sequence import visit_to_sign_first
from recist_tool.phantom import SMALL_PATIENT
from recist_tool.terms import Blinded, LesionRole
from tests.builders import NOON, caliper, timepoint

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.phantoms import Phantoms

UNSEEN = NotEvaluable(reason="breathing")


def begin(folder: Path, subject_id: str, *, sequential: bool = False) -> Session:
    session = Session.create(folder, subject_id=subject_id, reader_id="reader")
    for number in range(3):
        session.do(AddTimepoint(timepoint=timepoint(number)))
    session.do(SetProtocol(protocol=Protocol(sequential=sequential)))
    return session


def visits(session: Session) -> list[str]:
    return [one.timepoint_id for one in session.case.timepoints]


def sign(session: Session, *timepoint_ids: str) -> None:
    for one in timepoint_ids:
        session.do(
            LockTimepoint(
                reader_id="reader", timepoint_id=one, signed_by="Dr A", at=NOON
            )
        )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three patients: one half read, one all signed, one whose file is damaged."""
    with begin(tmp_path / "S-1", "S-1") as session:
        first, second, _ = visits(session)
        for organ in ("liver", "lung"):
            session.add_lesion(LesionRole.TARGET, organ)
        session.record("T1", first, Measured(caliper=caliper(20)))
        session.record("T2", first, Measured(caliper=caliper(20)))
        session.record("T1", second, UNSEEN)
        sign(session, first)
    with begin(tmp_path / "deep" / "S-2", "S-2") as session:
        sign(session, *visits(session))
    broken = tmp_path / "S-3" / "S-3.case.json"
    broken.parent.mkdir()
    broken.write_text("{")
    return tmp_path


def test_progress_is_told_for_each_visit_of_each_patient(folder: Path) -> None:
    found = {one.name: one for one in worklist(folder, "reader")}
    assert list(found) == ["S-1", "S-3", "S-2"]
    told = [(one.measured, one.missing, one.locked) for one in found["S-1"].visits]
    assert told == [(2, (), True), (1, ("T2",), False), (0, ("T1", "T2"), False)]
    assert found["S-1"].missing == 3
    assert not found["S-1"].done
    assert found["S-2"].done


def test_a_file_that_does_not_read_is_told_and_hides_no_other(folder: Path) -> None:
    broken = next(one for one in worklist(folder, "reader") if one.name == "S-3")
    assert "S-3.case.json" in broken.fault
    assert not broken.done
    assert broken.visits == ()


def test_another_reader_has_everything_before_them(folder: Path) -> None:
    found = {one.name: one for one in worklist(folder, "other")}
    assert not found["S-2"].done
    assert not any(one.locked for one in found["S-1"].visits)


def test_a_case_in_use_is_listed_all_the_same(tmp_path: Path) -> None:
    with begin(tmp_path, "S-1"):
        assert [one.name for one in worklist(tmp_path, "reader")] == ["S-1"]


def test_images_without_a_case_are_listed_until_one_begins(
    tmp_path: Path, phantoms: Phantoms
) -> None:
    images = tmp_path / "patient 7"
    shutil.copytree(phantoms.folder_of(SMALL_PATIENT), images, copy_function=os.link)
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "read me.txt").write_text("no image")
    (found,) = worklist(tmp_path, "reader")
    assert found == CaseProgress(images, "patient 7", begun=False)

    series = scan([images]).series
    with begin(tmp_path / "cases", "S-7") as session:
        for number, one in enumerate(series):
            session.do(
                AttachSeries(
                    timepoint_id=visits(session)[min(number, 2)],
                    series=SeriesReference(
                        series_instance_uid=one.series_instance_uid,
                        study_instance_uid=one.study_instance_uid,
                        modality=one.modality,
                    ),
                )
            )
    assert [one.name for one in worklist(tmp_path, "reader")] == ["S-7"]
    shutil.rmtree(images)
    assert [one.name for one in worklist(tmp_path, "reader")] == ["S-7"]


def images(phantoms: Phantoms, folder: Path, *visits_: str) -> Path:
    """Put visits of a patient into a folder."""
    source = phantoms.folder_of(SMALL_PATIENT)
    for visit in visits_:
        shutil.copytree(source / visit, folder / visit, copy_function=os.link)
    return folder


def read_of_images(folder: Path, subject_id: str, home: Path) -> Path:
    """Begin a case of the images in a folder, and return its file."""
    with Session.create(home, subject_id=subject_id, reader_id="reader") as session:
        for visit in visits_of(scan([folder]).series):
            session.do(AddTimepoint(timepoint=visit))
        return session.case_path


def test_a_patient_whose_case_lies_elsewhere_is_begun(
    tmp_path: Path, phantoms: Phantoms
) -> None:
    trial, home = tmp_path / "trial", tmp_path / "home"
    images(phantoms, trial / "patient 7", "BL", "TP1")
    case = read_of_images(trial / "patient 7", "S-7", home / "S-7")
    (found,) = worklist(trial, "reader", home=home)
    assert (found.path, found.name, found.begun) == (case, "S-7", True)
    (alone,) = worklist(trial, "reader")
    assert not alone.begun


def test_cases_of_other_patients_that_lie_elsewhere_are_not_listed(
    tmp_path: Path, phantoms: Phantoms
) -> None:
    with begin(tmp_path / "home" / "S-9", "S-9"):
        pass
    images(phantoms, tmp_path / "trial" / "patient 7", "BL")
    (found,) = worklist(tmp_path / "trial", "reader", home=tmp_path / "home")
    assert found.name == "patient 7"


def test_later_images_of_a_patient_who_was_begun_lead_to_the_case(
    tmp_path: Path, phantoms: Phantoms
) -> None:
    first = images(phantoms, tmp_path / "a", "BL")
    later = images(phantoms, tmp_path / "b", "TP1")
    case = read_of_images(first, "S-7", tmp_path / "cases")
    begun, new = worklist(tmp_path, "reader")
    assert begun.path == case
    assert (new.path, new.name, new.begun_as) == (later, "S-7", case)
    assert new.to_open == [case, later]


def test_a_blinded_patient_has_one_name_before_and_after_a_case_begins(
    tmp_path: Path, phantoms: Phantoms
) -> None:
    """Also where its visits lie in several folders, or all files in one."""
    hidden = Protocol(blinded_to=(Blinded.SUBJECT,))
    for visit in ("BL", "TP1"):
        images(phantoms, tmp_path / f"visit {visit}", visit)
    flat = tmp_path / "flat"
    flat.mkdir()
    for number, path in enumerate(phantoms.folder_of(SMALL_PATIENT).rglob("*.dcm")):
        os.link(path, flat / f"{number}.dcm")
    names = [one.name for one in worklist(tmp_path, "reader", protocol=hidden)]
    series = scan([flat]).series
    proposed = neutral_name(one.study_instance_uid for one in series)
    assert names == [proposed] * 3


def test_the_next_case_is_the_one_below_also_where_the_filter_hides_this_one() -> None:
    every = [CaseProgress(Path(name), name, begun=False) for name in "abcd"]
    shown = [every[0], every[2], every[3]]
    assert next_case(every, Path("b"), shown) == every[2]
    assert next_case(every, Path("d"), shown) == every[0]
    assert next_case(every, Path("b"), []) is None


def test_an_empty_folder_has_no_patients(tmp_path: Path) -> None:
    assert worklist(tmp_path, "reader") == ()
    assert next_case((), None) is None


def test_a_folder_that_is_gone_is_named(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="gone: cannot be read"):
        worklist(tmp_path / "gone", "reader")


def test_a_closed_folder_is_one_patient_that_does_not_read(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = worklist(folder, "reader")
    (folder / "S-8" / "shut").mkdir(parents=True)
    listed = Path.iterdir

    def forbidding(path: Path) -> Iterator[Path]:
        if path.name == "shut":
            raise PermissionError(13, "Permission denied", str(path))
        return listed(path)

    monkeypatch.setattr(Path, "iterdir", forbidding)
    *others, closed = worklist(folder, "reader")
    assert tuple(others) == before
    assert closed.name == "shut"
    assert closed.fault.startswith("shut: cannot be read (Permission denied)")
    assert next_case([closed], None) is None


def test_links_that_lead_out_of_the_folder_are_told_and_not_followed(
    folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    before = worklist(folder, "reader")
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    begin(elsewhere, "S-8").close()
    (folder / "linked").symlink_to(elsewhere)
    (folder / "T-9.case.json").symlink_to(elsewhere / "S-8.case.json")
    *others, row, images = worklist(folder, "reader")
    assert tuple(others) == before
    assert [row.name, images.name] == ["T-9", "linked"]
    assert "not followed; name the place that it leads to" in row.fault
    assert "not followed; name the place that it leads to" in images.fault


def test_an_image_that_lies_elsewhere_is_none_of_the_folder(
    phantoms: Phantoms, tmp_path: Path
) -> None:
    image = next(phantoms.folder_of(SMALL_PATIENT).rglob("*.dcm"))
    (tmp_path / "S-7").mkdir()
    (tmp_path / "S-7" / "1.dcm").symlink_to(image)
    assert worklist(tmp_path, "reader") == ()
    (tmp_path / "S-7" / "2.dcm").write_bytes(image.read_bytes())
    assert [one.name for one in worklist(tmp_path, "reader")] == ["S-7"]


def test_the_list_ends_when_it_is_cancelled(folder: Path) -> None:
    class EnoughError(Exception):
        pass

    def stop(done: int, total: int) -> None:
        assert total >= 3
        if done == 1:
            raise EnoughError

    with pytest.raises(EnoughError):
        worklist(folder, "reader", stop)


def test_the_next_case_is_the_next_that_is_not_signed_through(folder: Path) -> None:
    patients = [CaseProgress(Path(name), name, begun=False) for name in ("a", "b", "c")]
    assert next_case(patients, None) == patients[0]
    assert next_case(patients, Path("a")) == patients[1]
    assert next_case(patients, Path("c")) == patients[0]
    assert next_case(patients[:1], Path("a")) is None
    found = worklist(folder, "reader")
    assert next_case(found, found[0].path) is None


def test_the_filter_takes_words_in_any_case_and_can_leave_out_the_signed(
    folder: Path,
) -> None:
    found = worklist(folder, "reader")
    assert [one.name for one in matching_cases(found, "s- 2")] == ["S-2"]
    assert [one.name for one in matching_cases(found, waiting_only=True)] == [
        "S-1",
        "S-3",
    ]
    assert matching_cases(found, "S-9") == []


def test_a_sequential_read_opens_a_visit_once_all_before_are_signed(
    tmp_path: Path,
) -> None:
    with begin(tmp_path, "S-1", sequential=True) as session:
        first, second, third = visits(session)

        def to_sign(timepoint_id: str) -> str | None:
            return visit_to_sign_first(session.case, session.read, timepoint_id)

        assert [to_sign(one) for one in (first, second, third)] == [None, first, first]
        sign(session, first)
        assert [to_sign(one) for one in (first, second, third)] == [None, None, second]
        sign(session, second)
        session.do(
            UnlockTimepoint(reader_id="reader", timepoint_id=first, reason="a query")
        )
        assert to_sign(third) == first
    (found,) = worklist(tmp_path, "reader")
    assert [one.after for one in found.visits] == [None, None, first]


def test_a_read_that_is_not_sequential_opens_any_visit(tmp_path: Path) -> None:
    with begin(tmp_path, "S-1") as session:
        third = visits(session)[2]
        assert visit_to_sign_first(session.case, session.read, third) is None


def test_what_a_visit_waits_for_stands_in_the_order_of_the_table(
    tmp_path: Path,
) -> None:
    with begin(tmp_path, "S-1") as session:
        first, *_ = visits(session)
        for role in (LesionRole.NON_TARGET, LesionRole.TARGET):
            session.add_lesion(role, "liver")
        waiting = expected_lesions(session.case, session.read, first)
        assert [one.lesion_id for one in waiting] == ["T1", "NT1"]
    (found,) = worklist(tmp_path, "reader")
    assert found.visits[0].missing == ("T1", "NT1")
