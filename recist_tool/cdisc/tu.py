"""TU: one record for each lesion that a reader identified, and each split and merge."""

from __future__ import annotations

from typing import TYPE_CHECKING

from recist_tool.cdisc.codes import term
from recist_tool.cdisc.links import Link, group_of, links_at, part_id
from recist_tool.cdisc.sites import laterality, location, method
from recist_tool.model.findings import SplitTarget
from recist_tool.terms import LesionRole

if TYPE_CHECKING:
    from collections.abc import Iterator

    from recist_tool.cdisc.dataset import Value
    from recist_tool.cdisc.subject import SubjectRead, SubjectVisit
    from recist_tool.model.findings import (
        FindingsLesion,
        FindingsTimepoint,
        NewLesionFinding,
    )

    Record = dict[str, Value]


def tu_records(reading: SubjectRead) -> Iterator[Record]:
    """Return the records of one read: baseline, then visit by visit."""
    for lesion in reading.findings.lesions if reading.visits else ():
        yield _identified(reading, lesion)  # what no scan shows was not identified
    named: set[str] = set()
    for seen in reading.findings.timepoints:
        for record in (*_changed(reading, seen), *_new(reading, seen)):
            name = str(record["TULNKID"])
            if name not in named:
                named.add(name)
                yield record


def _identified(reading: SubjectRead, lesion: FindingsLesion) -> Record:
    first = reading.findings.timepoints[0]
    return {
        **_record(reading, "TUMIDENT", group_of(lesion.role), first.id),
        **_where(reading, lesion),
        "TUSPID": reading.calipers.tracking_uid.get(lesion.id),
        "TULNKID": reading.link_id(lesion.id),
        "TUMETHOD": modality_method(reading, lesion.id, first.id, lesion.modality),
    }


def _changed(reading: SubjectRead, seen: FindingsTimepoint) -> Iterator[Record]:
    for link in links_at(reading, seen):
        finding = seen.target.get(link.lesion.id)
        if link.joined:
            yield _merged(reading, link, seen.id)
        if isinstance(finding, SplitTarget):
            for number in range(1, len(finding.parts_mm) + 1):
                yield {
                    **_part_of(reading, "TUSPLIT", link, seen.id),
                    "TUGRPID": link.id,
                    "TULNKID": part_id(link.id, number),
                }


def _merged(reading: SubjectRead, link: Link, timepoint_id: str) -> Record:
    return {
        **_part_of(reading, "TUMERGE", link, timepoint_id),
        "TULNKID": link.id,
    }


def _part_of(reading: SubjectRead, test: str, link: Link, timepoint_id: str) -> Record:
    lesion = link.lesion
    return {
        **_record(reading, test, group_of(lesion.role), timepoint_id),
        **_where(reading, lesion),
        "TUMETHOD": modality_method(reading, lesion.id, timepoint_id, lesion.modality),
    }


def _new(reading: SubjectRead, seen: FindingsTimepoint) -> Iterator[Record]:
    for lesion in seen.new:
        first = lesion.first_seen if lesion.first_seen in reading.visits else None
        yield {
            **_record(reading, "TUMIDENT", group_of(LesionRole.NEW), first or seen.id),
            **_where(reading, lesion),
            "TUSPID": reading.calipers.tracking_uid.get(lesion.id),
            "TULNKID": reading.link_id(lesion.id),
            "TUMETHOD": modality_method(reading, lesion.id, seen.id, evidence(lesion)),
        }


def evidence(lesion: NewLesionFinding) -> str | None:
    """Return the modality on which a new lesion was seen, or None."""
    if lesion.evidence is None:
        return None
    return "PT" if lesion.evidence.startswith("fdg_pet") else lesion.evidence.upper()


def modality_method(
    reading: SubjectRead, lesion_id: str, timepoint_id: str, stated: str | None
) -> str:
    """Return how a lesion was seen: by its caliper's series, else as stated.

    Parameters
    ----------
    stated
        Modality that the findings name for the lesion; None where they name none.

    Returns
    -------
    ``--METHOD``; empty where the modality is not known.
    """
    return method(reading.calipers.modality.get((lesion_id, timepoint_id), stated))


def timing(prefix: str, visit: SubjectVisit) -> Record:
    """Return the visit, its date and its study day."""
    return {
        "VISITNUM": visit.number,
        "VISIT": visit.id,
        f"{prefix}DTC": visit.date.isoformat() if visit.date else None,
        f"{prefix}DY": visit.study_day,
    }


def _where(reading: SubjectRead, lesion: FindingsLesion | NewLesionFinding) -> Record:
    words = reading.findings.settings.organ_words
    place = location(lesion.organ, lesion.nodal, words)
    return {"TULOC": place, "TULAT": laterality(lesion.organ)}


def _record(reading: SubjectRead, test: str, role: str, timepoint_id: str) -> Record:
    return {
        **reading.subject("TU"),
        **reading.who("TU"),
        **timing("TU", reading.visits[timepoint_id]),
        "TUTESTCD": test,
        "TUTEST": term("TUTESTCD", test).name,
        "TUORRES": role,
        "TUSTRESC": role,
    }
