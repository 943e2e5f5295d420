"""A server that keeps images, as the rest of the program sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from recist_tool.dicom.scan.image_cache import ImageCache
from recist_tool.errors import SourceError
from recist_tool.servers.address import WebAddress, address
from recist_tool.servers.credentials import keep_password
from recist_tool.servers.dicomweb import DicomWebSource
from recist_tool.servers.dimse import DimseSource
from recist_tool.servers.download import Download
from recist_tool.servers.query import StudyQuery

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from recist_tool.servers.download import Pulled
    from recist_tool.servers.query import ImageSource, Study

    Progress = Callable[[int, int], None]
    Stopped = Callable[[], bool]


class ImageServer:
    """A server that keeps images, DICOMweb or DIMSE, and the cache it fills.

    Parameters
    ----------
    where
        ``https://host/dicom-web`` or ``dicom://AET@host:port``; see `address`.
    cache
        The user's by default.

    Raises
    ------
    SourceError
        If it is no address, or credentials or certificates cannot be used.
    """

    def __init__(self, where: str, cache: ImageCache | None = None) -> None:
        self._source = source_at(where)
        self._cache = cache or ImageCache()

    def __str__(self) -> str:
        """Return the address; it holds no credentials."""
        return str(self._source)

    def find(self, query: StudyQuery) -> list[Study]:
        """Return the studies that a query matches, the newest first.

        Raises
        ------
        InputError
            If the query cannot be asked.
        SourceError
            If the server cannot be reached, refuses, or answers wrongly.
        """
        return self._source.studies(query.checked())

    def pull(
        self,
        study_instance_uids: Sequence[str],
        modality: str = "",
        progress: Progress | None = None,
        stopped: Stopped | None = None,
    ) -> Pulled:
        """Fetch what of some studies is not here yet, and return where they lie.

        Parameters
        ----------
        modality
            Only series of it; all where it is empty.
        progress
            Told how many images are here, and how many there will be.
        stopped
            Asked again and again; true ends the download, and what came is kept.

        Raises
        ------
        InputError
            If one of the UIDs is none.
        SourceError
            If the server cannot be reached, refuses, or answers wrongly.
        DownloadCutError
            If the connection stays broken, or the download was stopped.
        StorageError
            If the disk refuses.
        """
        asked = StudyQuery(
            modality=modality, study_instance_uids=tuple(study_instance_uids)
        )
        asked = asked.checked()
        download = Download(self._source, self._cache, progress, stopped)
        return download.pull(asked.study_instance_uids, asked.modality)


def source_at(where: str) -> ImageSource:
    """Return the server at an address.

    Raises
    ------
    SourceError
        If it is no address, or credentials or certificates cannot be used.
    """
    found = address(where)
    return (
        DicomWebSource(found) if isinstance(found, WebAddress) else DimseSource(found)
    )


def sign_in(where: str, user: str, password: str) -> None:
    """Keep who we are to a server, in the keyring of this machine.

    Parameters
    ----------
    where
        Of a DICOMweb service; others know no passwords.
    user, password
        As the server knows them.

    Raises
    ------
    SourceError
        If it is no such address, or there is no keyring.
    """
    at = address(where)
    if not isinstance(at, WebAddress):
        raise SourceError.at(
            str(at), "takes no password", "Leave user and password empty"
        )
    keep_password(at.server, user, password)
