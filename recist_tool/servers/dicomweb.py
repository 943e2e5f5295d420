"""A server that speaks DICOMweb: QIDO-RS to search, WADO-RS to fetch (PS3.18)."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import closing
from typing import TYPE_CHECKING, Any, Final

from recist_tool.dicom.scan.image_cache import Instance
from recist_tool.errors import printable
from recist_tool.servers import dicom_json as found
from recist_tool.servers.bounded import (
    MOST_LISTED,
    EndlessError,
    Limits,
    bounded,
    endless,
)
from recist_tool.servers.credentials import credentials
from recist_tool.servers.multipart import NotMultipartError, first_part
from recist_tool.servers.query import ConnectionBrokenError, listed_once
from recist_tool.servers.web_session import (
    explained,
    refused,
    web_session,
    words_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from requests import Response, Session

    from recist_tool.servers.address import WebAddress
    from recist_tool.servers.query import Receiver, Study, StudyQuery

_AS_STORED: Final = 'multipart/related; type="application/dicom"; transfer-syntax=*'
_PAGE: Final = 500
_WAITS_S: Final = (10.0, 60.0)
_FIELDS: Final = {
    found.STUDY_INSTANCE_UID: (
        "StudyDescription",
        "ModalitiesInStudy",
        "NumberOfStudyRelatedInstances",
    ),
    found.SERIES_INSTANCE_UID: ("Modality",),
    found.SOP_INSTANCE_UID: ("SOPClassUID",),
}
_BUSY: Final = frozenset({408, 429, 502, 503, 504})
MOST_AT_A_TIME: Final = 8
"""Requests for objects that are under way together."""

_MEANS: Final = {
    404: "it does not have what it lists",
    406: "it does not give the image as it is stored",
    410: "it does not have it any more",
}
_LONGEST_WORDS: Final = 100
_NOT_ALLOWED: Final = frozenset({401, 403, 407})


class DicomWebSource:
    """A DICOMweb service.

    Parameters
    ----------
    waits_s
        How long to wait for a connection, and for each answer on it.

    Raises
    ------
    SourceError
        If credentials or certificates cannot be used.
    """

    def __init__(
        self, address: WebAddress, waits_s: tuple[float, float] = _WAITS_S
    ) -> None:
        from dicomweb_client import DICOMwebClient

        # these logs name patients, as the searches do
        for name in ("dicomweb_client", "retrying"):
            logging.getLogger(name).setLevel(logging.CRITICAL)
        self._address = address
        self._waits_s = waits_s
        self._limits = Limits.of()
        who = credentials(address.server)
        self._session = web_session(address, who, self._limits)
        self._client = DICOMwebClient(
            address.url, session=self._session, timeout=waits_s, permissive_uid=True
        )
        self._client.set_http_retry_params(retry=False)

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
        with self._lines():
            return listed_once(self, self._answers(query))

    def instances(self, study_instance_uid: str, modality: str) -> list[Instance]:
        """Return the objects of a study, of one modality where it is not empty.

        Raises
        ------
        SourceError
            If the server cannot be reached, refuses, or answers wrongly.
        """

        def of_study(**options: Any) -> list[dict[str, Any]]:
            return self._client.search_for_series(study_instance_uid, **options)

        filters = {"Modality": modality} if modality else {}
        with self._lines():
            return [
                instance
                for series in self._paged(of_study, found.SERIES_INSTANCE_UID, filters)
                if not modality or found.text(series, found.MODALITY) == modality
                for instance in self._of_series(study_instance_uid, series)
            ]

    def fetch(self, wanted: Sequence[Instance], receiver: Receiver) -> None:
        """Fetch objects as they are stored, a few at a time.

        The receiver is called from several threads.

        Raises
        ------
        ConnectionBrokenError
            If the connection broke on the way.
        SourceError
            If the server refuses.
        """
        pool = ThreadPoolExecutor(MOST_AT_A_TIME, "dicomweb")
        with self._lines():
            try:
                fetched = [
                    pool.submit(self._fetch, instance, receiver) for instance in wanted
                ]
                for one in as_completed(fetched):
                    one.result()
            finally:  # what is on its way comes to its end, nothing else begins
                pool.shutdown(cancel_futures=True)

    def _lines(self) -> closing[Session]:
        """Let go of connections afterwards: a server has a few, and others wait.

        The session opens new ones when it is asked again.
        """
        return closing(self._session)

    def _answers(self, query: StudyQuery) -> Iterator[Study]:
        search = self._client.search_for_studies
        for uid in query.study_instance_uids or ("",):
            filters = _filters(query, uid)
            for item in self._paged(search, found.STUDY_INSTANCE_UID, filters):
                yield found.study(item)

    def _of_series(self, study: str, series: dict[str, Any]) -> Iterator[Instance]:
        uid = found.text(series, found.SERIES_INSTANCE_UID)

        def of_series(**options: Any) -> list[dict[str, Any]]:
            return self._client.search_for_instances(study, uid, **options)

        for item in self._paged(of_series, found.SOP_INSTANCE_UID, {}):
            yield found.instance(item, study, uid)

    def _paged(
        self,
        search: Callable[..., Any],
        level: str,
        filters: dict[str, str],
    ) -> Iterator[dict[str, Any]]:
        """Yield all answers, page by page, whether or not the server keeps to pages."""
        seen: set[str] = set()
        while True:
            page = self._page(search, level, filters, len(seen))
            new = {found.text(item, level): item for item in page}
            yield from (item for key, item in new.items() if key not in seen)
            if seen.issuperset(new):
                return
            seen.update(new)
            if len(seen) > MOST_LISTED:
                raise endless(self._address, f"more than {MOST_LISTED:,} entries")

    def _page(
        self,
        search: Callable[..., Any],
        level: str,
        filters: dict[str, str],
        offset: int,
    ) -> list[dict[str, Any]]:
        """Return some answers, if each of them names what it is about."""
        from requests import RequestException

        try:
            page = search(
                search_filters=filters,
                fields=_FIELDS[level],
                limit=_PAGE,
                offset=offset,
            )
        except EndlessError as error:
            raise endless(self._address, str(error)) from None
        except (RequestException, ValueError, RecursionError) as error:
            raise explained(self._address, error) from None
        if not isinstance(page, list) or not all(
            found.names(one, level) for one in page
        ):
            raise explained(self._address, ValueError())
        return page

    def _fetch(self, instance: Instance, receiver: Receiver) -> None:
        from requests import RequestException

        study, series, image = instance[:3]
        url = f"{self._address.url}/studies/{study}/series/{series}/instances/{image}"
        accepted = {"Accept": _AS_STORED, "Accept-Encoding": "identity"}
        try:
            response = self._session.get(
                url, headers=accepted, stream=True, timeout=self._waits_s
            )
        except EndlessError as error:
            receiver.refuse(instance, f"what the server sends does not end ({error})")
            return
        except RequestException as error:
            raise self._broken_or_refused(error) from None
        with response:
            self._take(instance, response, receiver)

    def _take(self, instance: Instance, response: Response, receiver: Receiver) -> None:
        """Hand on what a server answers to the request for one object."""
        status = response.status_code
        if status in _BUSY:
            raise ConnectionBrokenError(f"the server is busy (HTTP {status})")
        if status in _NOT_ALLOWED:
            raise refused(self._address, status)
        if not response.ok:
            receiver.refuse(instance, _of_answer(response))
            return
        kind = response.headers.get("Content-Type", "")
        body = _content(response, self._limits)
        try:
            receiver.take(instance, first_part(kind, body))
        except EndlessError as error:
            receiver.refuse(instance, f"what the server sends does not end ({error})")
        except NotMultipartError:
            sent = printable(kind.partition(";")[0])[:_LONGEST_WORDS]
            what = f"the server sent {sent or 'something without a type'}, not DICOM"
            receiver.refuse(instance, f"{what} (HTTP {status})")

    def _broken_or_refused(self, error: Exception) -> Exception:
        from requests import ConnectionError as NoConnection
        from requests import Timeout
        from requests.exceptions import SSLError

        if isinstance(error, (NoConnection, Timeout)) and not isinstance(
            error, SSLError
        ):
            return ConnectionBrokenError("the connection broke")
        return explained(self._address, error)


def _of_answer(response: Response) -> str:
    """Return the status of a refusal, what it means here, and what the server said."""
    status = response.status_code
    meaning = _MEANS.get(status, "")
    said = words_of(response)
    return ": ".join(filter(None, (f"HTTP {status}", meaning, said and f'"{said}"')))


def _content(response: Response, limits: Limits) -> Iterator[bytes]:
    from requests import RequestException

    try:
        yield from bounded(response, limits.object_bytes, limits.seconds)
    except (RequestException, OSError):
        raise ConnectionBrokenError("the connection broke") from None


def _filters(query: StudyQuery, study_instance_uid: str) -> dict[str, str]:
    asked = {
        "PatientID": query.patient_id,
        # some servers do not know ^ in its escaped form: any character may stand there
        "PatientName": query.patient_name.replace("^", "?"),
        "StudyDate": query.study_date,
        "ModalitiesInStudy": query.modality,
        "AccessionNumber": query.accession_number,
        "StudyInstanceUID": study_instance_uid,
    }
    return {name: value for name, value in asked.items() if value}
