"""A server that speaks DIMSE: C-FIND to search, C-GET or C-MOVE to fetch (PS3.4, C)."""

from __future__ import annotations

import contextlib
import time
from itertools import groupby
from typing import TYPE_CHECKING, Final

from recist_tool.dicom.header import tags
from recist_tool.dicom.header.elements import Elements
from recist_tool.dicom.masks.dataset import UNREADABLE
from recist_tool.dicom.scan.image_cache import Instance
from recist_tool.errors import SourceError
from recist_tool.servers.association import (
    USUAL_CLASSES,
    association,
    storage_contexts,
)
from recist_tool.servers.bounded import MOST_LISTED, EndlessError, Limits, endless
from recist_tool.servers.query import (
    ConnectionBrokenError,
    Study,
    count_of,
    date_of,
    is_uid,
    listed_once,
    shown,
    spoken,
)
from recist_tool.servers.storing import Storing, listening

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pydicom.dataset import Dataset

    from recist_tool.dicom.header.elements import Item
    from recist_tool.servers.address import DimseAddress
    from recist_tool.servers.query import Receiver, StudyQuery

_FIND: Final = "1.2.840.10008.5.1.4.1.2.2.1"  # study root
_MOVE: Final = "1.2.840.10008.5.1.4.1.2.2.2"
_GET: Final = "1.2.840.10008.5.1.4.1.2.2.3"
_PENDING: Final = (0xFF00, 0xFF01)
_DONE: Final = 0x0000
_SOME_FAILED: Final = 0xB000
_UNKNOWN_DESTINATION: Final = 0xA801
_ACCESSION_NUMBER: Final = 0x0008_0050
_MODALITIES: Final = 0x0008_0061
_STUDY_DESCRIPTION: Final = 0x0008_1030
_NUMBER_OF_IMAGES: Final = 0x0020_1208
_MOST_UIDS: Final = 100
"""So many objects are named in one request."""


class DimseSource:
    """A DICOM application entity."""

    def __init__(self, address: DimseAddress) -> None:
        self._address = address
        self._limits = Limits.of()
        self._sizes: dict[str, int] = {}

    def __str__(self) -> str:
        """Return the address."""
        return str(self._address)

    def studies(self, query: StudyQuery) -> list[Study]:
        """Return the studies that a query matches, the newest first.

        Raises
        ------
        SourceError
            If the server cannot be reached, refuses, or answers wrongly, or if more
            than `MOST_STUDIES` match.
        """
        return listed_once(self, self._answers(query))

    def instances(self, study_instance_uid: str, modality: str) -> list[Instance]:
        """Return the objects of a study, of one modality where it is not empty.

        Raises
        ------
        SourceError
            If the server cannot be reached, refuses, or answers wrongly.
        """
        keys = {"StudyInstanceUID": study_instance_uid, "SeriesInstanceUID": ""}
        found = list(self._find("SERIES", keys | {"Modality": modality}))
        return [
            instance
            for series in found
            if modality in ("", series.text(tags.MODALITY))
            for instance in self._of_series(
                study_instance_uid, self._uid(series, tags.SERIES_INSTANCE_UID)
            )
        ]

    def fetch(self, wanted: Sequence[Instance], receiver: Receiver) -> None:
        """Fetch objects series by series, as they are stored.

        Raises
        ------
        ConnectionBrokenError
            If the connection broke on the way.
        SourceError
            If the server refuses.
        """
        storing = Storing(wanted, receiver, self._limits.seconds)
        try:
            if self._address.move_port is None:
                self._get(wanted, storing)
                return
            with listening(self._address, storing):
                self._move(wanted, storing)
        except EndlessError as error:
            raise endless(self, str(error)) from None

    def _answers(self, query: StudyQuery) -> Iterator[Study]:
        for uid in query.study_instance_uids or ("",):
            for found in self._find("STUDY", _asked(query, uid)):
                self._uid(found, tags.STUDY_INSTANCE_UID)
                study = _study(found)
                # matching by modality is optional for a server
                if query.modality in ("", *study.modalities):
                    yield study

    def _of_series(self, study: str, series: str) -> list[Instance]:
        keys = {
            "StudyInstanceUID": study,
            "SeriesInstanceUID": series,
            "SOPInstanceUID": "",
            "SOPClassUID": "",
        }
        found = [
            Instance(
                study,
                series,
                self._uid(image, tags.SOP_INSTANCE_UID),
                image.text(tags.SOP_CLASS_UID),
            )
            for image in self._find("IMAGE", keys)
        ]
        self._sizes[series] = len(found)
        return found

    def _find(self, level: str, keys: dict[str, str]) -> Iterator[Elements]:
        from pynetdicom.presentation import build_context

        asked = identifier(level, keys)
        count, ends = 0, time.monotonic() + self._limits.seconds
        try:
            with association(self._address, [build_context(_FIND)]) as talk:
                for status, answer in talk.send_c_find(asked, _FIND):
                    count += 1
                    self._require_end(count, ends)
                    if self._goes_on(status, "C-FIND") and answer is not None:
                        yield _elements(answer)
        except ConnectionBrokenError as broken:
            remedy = "Check the address and the network, or try again later"
            raise SourceError.at(self, broken.why, remedy) from None

    def _require_end(self, count: int, ends: float) -> None:
        """Refuse more answers to one search than anybody has, or slower ones."""
        if count > MOST_LISTED:
            raise endless(self, f"more than {MOST_LISTED:,} entries")
        if time.monotonic() > ends:
            raise endless(self, f"more than {self._limits.seconds:.0f} s")

    def _get(self, wanted: Sequence[Instance], storing: Storing) -> None:
        from pynetdicom.pdu_primitives import SCP_SCU_RoleSelectionNegotiation
        from pynetdicom.presentation import build_context, build_role

        classes = {one.sop_class_uid for one in wanted} - {""}
        offered = storage_contexts(sorted(classes) or USUAL_CLASSES)
        roles: list[SCP_SCU_RoleSelectionNegotiation] = [
            build_role(str(abstract), scp_role=True)
            for abstract in {context.abstract_syntax for context in offered}
        ]
        contexts = [build_context(_GET), *offered]
        with association(self._address, contexts, roles, storing.handlers) as talk:
            for asked in self._requests(wanted):
                for status, _ in talk.send_c_get(asked, _GET):
                    storing.go_on()
                    self._goes_on(status, "C-GET")

    def _move(self, wanted: Sequence[Instance], storing: Storing) -> None:
        from pynetdicom.presentation import build_context

        with association(self._address, [build_context(_MOVE)]) as talk:
            for asked in self._requests(wanted):
                ours = self._address.calling
                for status, _ in talk.send_c_move(asked, ours, _MOVE):
                    storing.go_on()
                    self._goes_on(status, "C-MOVE")

    def _requests(self, wanted: Sequence[Instance]) -> Iterator[Dataset]:
        """Ask for whole series where all of them is wanted, else for single objects."""
        for (study, series), group in groupby(wanted, key=lambda one: one[:2]):
            uids = [one.sop_instance_uid for one in group]
            keys = {"StudyInstanceUID": study, "SeriesInstanceUID": series}
            if len(uids) == self._sizes.get(series):
                yield identifier("SERIES", keys)
                continue
            for first in range(0, len(uids), _MOST_UIDS):
                some = "\\".join(uids[first : first + _MOST_UIDS])
                yield identifier("IMAGE", keys | {"SOPInstanceUID": some})

    def _goes_on(self, status: Dataset, service: str) -> bool:
        """Return whether more answers follow."""
        code = status.get("Status")
        if code is None:
            raise ConnectionBrokenError("the connection broke")
        if code in _PENDING:
            return True
        if code == _UNKNOWN_DESTINATION:
            what = f"does not know where {self._address.calling} listens"
            remedy = f"Have it entered there, with port {self._address.move_port}"
            raise SourceError.at(self, what, remedy)
        if code not in (_DONE, _SOME_FAILED):
            what = f"{service} fails (status {code:04X})"
            raise SourceError.at(self, what, "Ask who runs the server")
        return False

    def _uid(self, found: Elements, tag: int) -> str:
        uid = found.text(tag)
        if not is_uid(uid):
            raise SourceError.at(self, "answers without UIDs", "Ask who runs it")
        return uid


def identifier(level: str, keys: dict[str, str]) -> Dataset:
    """Return what is asked for at a level (PS3.4, C.4.1.1.3)."""
    from pydicom.dataset import Dataset

    asked = Dataset()
    asked.QueryRetrieveLevel = level
    if not all(value.isascii() for value in keys.values()):
        asked.SpecificCharacterSet = "ISO_IR 192"
    for keyword, value in keys.items():
        setattr(asked, keyword, value)
    return asked


def _asked(query: StudyQuery, study_instance_uid: str) -> dict[str, str]:
    return {
        "PatientID": query.patient_id,
        "PatientName": query.patient_name,
        "StudyDate": query.study_date,
        "ModalitiesInStudy": query.modality,
        "AccessionNumber": query.accession_number,
        "StudyInstanceUID": study_instance_uid,
        "StudyDescription": "",
        "NumberOfStudyRelatedInstances": "",
    }


def _elements(answer: Dataset) -> Elements:
    """Return the values of an answer as they came, whatever is wrong with them."""
    from pydicom.dataelem import RawDataElement

    found: Item = {}
    for tag in answer.keys():  # noqa: SIM118 - tags alone
        with contextlib.suppress(
            *UNREADABLE
        ):  # the library may look at it, all the same
            one = answer.get_item(tag)
            if isinstance(one, RawDataElement) and isinstance(one.value, bytes):
                found[int(tag)] = one.value
    return Elements(found)


def _study(found: Elements) -> Study:
    return Study(
        study_instance_uid=found.text(tags.STUDY_INSTANCE_UID),
        study_date=date_of(found.text(tags.STUDY_DATE)),
        patient_id=shown(found.text(tags.PATIENT_ID)),
        patient_name=spoken(found.text(tags.PATIENT_NAME)),
        modalities=tuple(shown(one) for one in found.texts(_MODALITIES)),
        description=shown(found.text(_STUDY_DESCRIPTION)),
        accession_number=shown(found.text(_ACCESSION_NUMBER)),
        images=count_of(found.text(_NUMBER_OF_IMAGES)),
    )
