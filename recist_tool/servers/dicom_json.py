"""What a search answers, read from DICOM JSON (PS3.18, F)."""

from __future__ import annotations

from typing import Any, Final

from recist_tool.dicom.scan.image_cache import Instance
from recist_tool.servers.query import Study, count_of, date_of, is_uid, shown, spoken

STUDY_INSTANCE_UID: Final = "0020000D"
SERIES_INSTANCE_UID: Final = "0020000E"
SOP_INSTANCE_UID: Final = "00080018"
SOP_CLASS_UID: Final = "00080016"
MODALITY: Final = "00080060"

Item = dict[str, Any]


def study(item: Item) -> Study:
    """Return a study as a search lists it."""
    return Study(
        study_instance_uid=text(item, STUDY_INSTANCE_UID),
        study_date=date_of(text(item, "00080020")),
        patient_id=text(item, "00100020"),
        patient_name=spoken(text(item, "00100010")),
        modalities=tuple(shown(str(one)) for one in _values(item, "00080061")),
        description=text(item, "00081030"),
        accession_number=text(item, "00080050"),
        images=count_of(text(item, "00201208")),
    )


def instance(item: Item, study_instance_uid: str, series_instance_uid: str) -> Instance:
    """Return an object as a search within its series lists it.

    Parameters
    ----------
    item
        One answer in DICOM JSON: tag to value.
    study_instance_uid, series_instance_uid
        Of the search: answers need not repeat them.
    """
    sop_class = text(item, SOP_CLASS_UID)
    return Instance(
        study_instance_uid,
        series_instance_uid,
        text(item, SOP_INSTANCE_UID),
        sop_class if is_uid(sop_class) else "",
    )


def names(item: object, level: str) -> bool:
    """Return whether an answer is one, and has the UID of its level."""
    return isinstance(item, dict) and is_uid(text(item, level))


def text(item: Item, tag: str) -> str:
    """Return the first value of an element as text; empty where there is none."""
    first = next(iter(_values(item, tag)), "")
    if isinstance(first, dict):  # a name has up to three spellings
        first = next((one for one in first.values() if isinstance(one, str)), "")
    return shown(str(first))


def _values(item: Item, tag: str) -> list[Any]:
    element = item.get(tag)
    values = element.get("Value") if isinstance(element, dict) else None
    if not isinstance(values, list):
        return []
    return [one for one in values if one is not None]
