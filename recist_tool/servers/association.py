"""Associations with a DICOM application entity: what is offered, why one fails."""

from __future__ import annotations

import contextlib
import logging
import socket
import ssl
from typing import TYPE_CHECKING, Any, Final

from recist_tool.errors import SourceError
from recist_tool.servers.bounded import endless
from recist_tool.servers.lines import Lines
from recist_tool.servers.query import ConnectionBrokenError
from recist_tool.servers.tls import UNTRUSTED, tls_context

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Sequence

    from pynetdicom.ae import ApplicationEntity
    from pynetdicom.association import Association
    from pynetdicom.presentation import PresentationContext

    from recist_tool.servers.address import DimseAddress

TRANSFER_SYNTAXES: Final = (
    "1.2.840.10008.1.2.1",  # explicit, little endian
    "1.2.840.10008.1.2",  # implicit
    "1.2.840.10008.1.2.1.99",  # deflated
    "1.2.840.10008.1.2.2",  # explicit, big endian
    "1.2.840.10008.1.2.5",  # RLE
    "1.2.840.10008.1.2.4.50",  # JPEG baseline
    "1.2.840.10008.1.2.4.51",  # JPEG extended
    "1.2.840.10008.1.2.4.57",  # JPEG lossless
    "1.2.840.10008.1.2.4.70",  # JPEG lossless, first-order prediction
    "1.2.840.10008.1.2.4.80",  # JPEG-LS lossless
    "1.2.840.10008.1.2.4.81",  # JPEG-LS near lossless
    "1.2.840.10008.1.2.4.90",  # JPEG 2000 lossless
    "1.2.840.10008.1.2.4.91",  # JPEG 2000
    "1.2.840.10008.1.2.4.201",  # high-throughput JPEG 2000 lossless
    "1.2.840.10008.1.2.4.202",  # … with resolution levels in order
    "1.2.840.10008.1.2.4.203",  # high-throughput JPEG 2000
)
"""How objects may be encoded: each as it is stored, nothing recoded on its way."""

USUAL_CLASSES: Final = (
    "1.2.840.10008.5.1.4.1.1.2",  # CT
    "1.2.840.10008.5.1.4.1.1.2.1",  # enhanced CT
    "1.2.840.10008.5.1.4.1.1.128",  # PET
    "1.2.840.10008.5.1.4.1.1.130",  # enhanced PET
    "1.2.840.10008.5.1.4.1.1.4",  # MR
    "1.2.840.10008.5.1.4.1.1.66.4",  # segmentation
    "1.2.840.10008.5.1.4.1.1.481.3",  # RT structure set
)
"""What is asked for where the server does not say what it has."""

_MOST_CONTEXTS: Final = 128  # PS3.8, 9.3.2.2: odd numbers up to 255
_LONGEST_PDU: Final = 1 << 17
_CONNECT_S: Final = 10.0
_ANSWER_S: Final = 60.0


def application_entity(address: DimseAddress) -> ApplicationEntity:
    """Return our own application entity, with its patience."""
    from pynetdicom import _config
    from pynetdicom.ae import ApplicationEntity

    # its log names patients; to write it, every value is read, with warnings that do
    logging.getLogger("pynetdicom").setLevel(logging.CRITICAL)
    _config.LOG_REQUEST_IDENTIFIERS = False
    _config.LOG_RESPONSE_IDENTIFIERS = False
    entity = ApplicationEntity(ae_title=address.calling)
    entity.maximum_pdu_size = _LONGEST_PDU
    entity.connection_timeout = _CONNECT_S
    entity.acse_timeout = _ANSWER_S
    entity.dimse_timeout = _ANSWER_S
    entity.network_timeout = _ANSWER_S
    return entity


@contextlib.contextmanager
def association(
    address: DimseAddress,
    contexts: Sequence[PresentationContext],
    roles: Sequence[Any] = (),
    handlers: Sequence[Any] = (),
) -> Generator[Association]:
    """Talk to a server; the association is released, or aborted after an error.

    Parameters
    ----------
    contexts
        What is asked for: abstract syntaxes with their transfer syntaxes.
    roles
        Of pynetdicom: who provides and who uses, for storage to us (C-GET).
    handlers
        Of pynetdicom: event and function, called in its own threads.

    Raises
    ------
    ConnectionBrokenError
        If it cannot be reached now, or does not take the association.
    SourceError
        If there is no such host, it is not trusted, or it refuses us; if what it sends
        does not come to an end.
    """
    _knock(address)
    lines = Lines()
    options: dict[str, Any] = {}
    if address.is_encrypted:
        options["tls_args"] = (tls_context(), address.host)
    talk = application_entity(address).associate(
        address.host,
        address.port,
        contexts=list(contexts),
        ae_title=address.called,
        max_pdu=_LONGEST_PDU,
        ext_neg=list(roles),
        evt_handlers=[*handlers, *lines.handlers],
        **options,
    )
    try:
        if not talk.is_established:
            raise _refusal(address, talk)
        yield talk
        talk.release()
    except ConnectionBrokenError:
        if lines.endless:
            raise endless(address, lines.endless) from None
        raise
    finally:
        lines.hang_up()
        talk.abort()  # nothing is left to abort after a release
        lines.close()


def storage_contexts(sop_classes: Iterable[str]) -> list[PresentationContext]:
    """Return contexts for objects in every encoding, each encoding its own context.

    One context of many encodings would leave it to the server to choose one of them,
    and so to recode what is stored in another.
    """
    from pynetdicom.presentation import build_context

    contexts = [
        build_context(sop_class, syntax)
        for sop_class in dict.fromkeys(sop_classes)
        for syntax in TRANSFER_SYNTAXES
    ]
    return contexts[: _MOST_CONTEXTS - 1]


def _refusal(address: DimseAddress, talk: Association) -> Exception:
    if not talk.is_rejected:
        return ConnectionBrokenError("it does not answer in DICOM")
    what = f"refuses the association of {address.calling} with {address.called}"
    remedy = "Have our AE title entered there; check theirs in the address"
    return SourceError.at(address, what, remedy)


def _knock(address: DimseAddress) -> None:
    """Connect once, to learn why it fails: the network library does not tell."""
    try:
        with socket.create_connection((address.host, address.port), _CONNECT_S) as line:
            if address.is_encrypted:
                context = tls_context()
                context.wrap_socket(line, server_hostname=address.host).close()
    except socket.gaierror:
        what, remedy = "no host of this name is known", "Check the address"
    except ssl.SSLCertVerificationError:
        what, remedy = "its certificate is not trusted", UNTRUSTED
    except ssl.SSLError:
        what = "does not agree on an encrypted connection"
        remedy = "Check the port; it may ask for RECIST_TLS_CERTIFICATE"
    except OSError:
        raise ConnectionBrokenError("it cannot be reached") from None
    else:
        return
    raise SourceError.at(address, what, remedy)
