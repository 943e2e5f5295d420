"""Measure tumours on CT and PET and say what happened to them.

The names below are the public face of the program: the plugin, notebooks and scripts
import them from here. Each is loaded when it is first used, so importing the package is
light.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from recist_tool.app.agenda import expected_lesions as expected_lesions
    from recist_tool.app.answers import Answer as Answer
    from recist_tool.app.importing import import_lesions as import_lesions
    from recist_tool.app.importing import known_lesions as known_lesions
    from recist_tool.app.importing import provenance_of_file as provenance_of_file
    from recist_tool.app.measuring import MeasuredFile as MeasuredFile
    from recist_tool.app.measuring import MeasuredLesion as MeasuredLesion
    from recist_tool.app.measuring import MeasureOptions as MeasureOptions
    from recist_tool.app.measuring import UptakeThreshold as UptakeThreshold
    from recist_tool.app.measuring import measure_file as measure_file
    from recist_tool.app.segmenting import finding_on_mask as finding_on_mask
    from recist_tool.app.segmenting import provenance_of as provenance_of
    from recist_tool.app.segmenting import record_mask as record_mask
    from recist_tool.app.segmenting import segment_with as segment_with
    from recist_tool.app.segmenting import segmenters as segmenters
    from recist_tool.app.session import Session as Session
    from recist_tool.app.worklist import CaseProgress as CaseProgress
    from recist_tool.app.worklist import VisitProgress as VisitProgress
    from recist_tool.app.worklist import case_progress as case_progress
    from recist_tool.app.worklist import matching_cases as matching_cases
    from recist_tool.app.worklist import next_case as next_case
    from recist_tool.app.worklist import worklist as worklist
    from recist_tool.criteria.answer.answer import Figure as Figure
    from recist_tool.criteria.answer.answer import Message as Message
    from recist_tool.criteria.answer.answer import ScopeAssessment as ScopeAssessment
    from recist_tool.criteria.answer.answer import (
        TimepointResponse as TimepointResponse,
    )
    from recist_tool.criteria.course.organs import organ_group as organ_group
    from recist_tool.criteria.recist11.measurability import (
        measurability as measurability,
    )
    from recist_tool.criteria.recist11.measurability import selection as selection
    from recist_tool.deidentify.export import deidentify as deidentify
    from recist_tool.deidentify.pseudonyms import Pseudonyms as Pseudonyms
    from recist_tool.dicom.load import Loading as Loading
    from recist_tool.dicom.load import load as load
    from recist_tool.dicom.load import open_volume as open_volume
    from recist_tool.dicom.masks.mask_file import MaskFile as MaskFile
    from recist_tool.dicom.masks.mask_file import Segment as Segment
    from recist_tool.dicom.masks.mask_file import Segments as Segments
    from recist_tool.dicom.masks.read import read_masks as read_masks
    from recist_tool.dicom.scan.scan import ScanResult as ScanResult
    from recist_tool.dicom.scan.scan import Series as Series
    from recist_tool.dicom.scan.scan import Skipped as Skipped
    from recist_tool.dicom.scan.scan import holds_dicom as holds_dicom
    from recist_tool.dicom.scan.scan import scan as scan
    from recist_tool.dicom.scan.series import as_remembered as as_remembered
    from recist_tool.dicom.scan.series import series_reference as series_reference
    from recist_tool.dicom.scan.timepoints import person_of as person_of
    from recist_tool.dicom.scan.timepoints import (
        propose_timepoints as propose_timepoints,
    )
    from recist_tool.errors import AssessmentFailed as AssessmentFailed
    from recist_tool.errors import CaseFileError as CaseFileError
    from recist_tool.errors import CaseLockedError as CaseLockedError
    from recist_tool.errors import CommandRefused as CommandRefused
    from recist_tool.errors import DicomError as DicomError
    from recist_tool.errors import DownloadCutError as DownloadCutError
    from recist_tool.errors import Fault as Fault
    from recist_tool.errors import GeometryError as GeometryError
    from recist_tool.errors import RecistToolError as RecistToolError
    from recist_tool.errors import RegistrationRefused as RegistrationRefused
    from recist_tool.errors import SourceError as SourceError
    from recist_tool.errors import StorageError as StorageError
    from recist_tool.errors import SuvRefused as SuvRefused
    from recist_tool.measure.caliper.caliper import PlacedCaliper as PlacedCaliper
    from recist_tool.measure.caliper.caliper import PlaneCaliper as PlaneCaliper
    from recist_tool.measure.caliper.caliper import as_record as as_record
    from recist_tool.measure.caliper.caliper import from_record as from_record
    from recist_tool.measure.caliper.caliper import length_mm as length_mm
    from recist_tool.measure.caliper.caliper import move_long_end as move_long_end
    from recist_tool.measure.caliper.caliper import move_short_end as move_short_end
    from recist_tool.measure.caliper.caliper import (
        propose_short_axis as propose_short_axis,
    )
    from recist_tool.measure.caliper.caliper import settled as settled
    from recist_tool.measure.caliper.caliper import shifted as shifted
    from recist_tool.measure.caliper.snap import Snapped as Snapped
    from recist_tool.measure.caliper.snap import snap_caliper as snap_caliper
    from recist_tool.measure.geometry.grid import GeometryWarning as GeometryWarning
    from recist_tool.measure.geometry.grid import Grid as Grid
    from recist_tool.measure.geometry.resample import unsheared as unsheared
    from recist_tool.measure.geometry.volume import Volume as Volume
    from recist_tool.measure.mask.axes import Axes as Axes
    from recist_tool.measure.mask.axes import axes as axes
    from recist_tool.measure.mask.burden import burden_percent as burden_percent
    from recist_tool.measure.mask.burden import (
        volume_change_percent as volume_change_percent,
    )
    from recist_tool.measure.mask.edit import add_ellipse as add_ellipse
    from recist_tool.measure.mask.edit import erase_ellipse as erase_ellipse
    from recist_tool.measure.mask.edit import (
        filled_between_slices as filled_between_slices,
    )
    from recist_tool.measure.mask.edit import filled_holes as filled_holes
    from recist_tool.measure.mask.edit import largest_part as largest_part
    from recist_tool.measure.mask.edit import smoothed_outline as smoothed_outline
    from recist_tool.measure.mask.mask import Mask as Mask
    from recist_tool.measure.mask.mask import masks_of_labels as masks_of_labels
    from recist_tool.measure.mask.on_grid import on_grid as on_grid
    from recist_tool.measure.mask.saved import as_saved_mask as as_saved_mask
    from recist_tool.measure.mask.saved import from_saved_mask as from_saved_mask
    from recist_tool.measure.mask_measure import MaskMeasure as MaskMeasure
    from recist_tool.measure.mask_measure import measure_mask as measure_mask
    from recist_tool.measure.pet.metabolic import Metabolic as Metabolic
    from recist_tool.measure.pet.metabolic import fraction_of_max as fraction_of_max
    from recist_tool.measure.pet.metabolic import metabolic as metabolic
    from recist_tool.measure.pet.metabolic import (
        percist_blood_pool_threshold as percist_blood_pool_threshold,
    )
    from recist_tool.measure.pet.metabolic import (
        percist_liver_threshold as percist_liver_threshold,
    )
    from recist_tool.measure.pet.peak import Peak as Peak
    from recist_tool.measure.pet.peak import suv_peak as suv_peak
    from recist_tool.measure.pet.reference_region import Uptake as Uptake
    from recist_tool.measure.pet.reference_region import (
        blood_pool_reference as blood_pool_reference,
    )
    from recist_tool.measure.pet.reference_region import (
        liver_reference as liver_reference,
    )
    from recist_tool.measure.pet.sul import as_sul as as_sul
    from recist_tool.measure.progress import Cancelled as Cancelled
    from recist_tool.measure.registration.carry_over import Proposal as Proposal
    from recist_tool.measure.registration.carry_over import carry_over as carry_over
    from recist_tool.measure.registration.register import register as register
    from recist_tool.measure.registration.result import Registration as Registration
    from recist_tool.measure.segment.segment import Segmentation as Segmentation
    from recist_tool.measure.segment.segment import segment_caliper as segment_caliper
    from recist_tool.measure.segment.segment import segment_click as segment_click
    from recist_tool.model.blinding import Blinding as Blinding
    from recist_tool.model.blinding import neutral_name as neutral_name
    from recist_tool.model.case import Case as Case
    from recist_tool.model.case import Read as Read
    from recist_tool.model.case import SeriesReference as SeriesReference
    from recist_tool.model.case import Timepoint as Timepoint
    from recist_tool.model.case import VisitResponses as VisitResponses
    from recist_tool.model.clinical import Clinical as Clinical
    from recist_tool.model.clinical import MarkerValue as MarkerValue
    from recist_tool.model.clinical import SomatostatinAnalogue as SomatostatinAnalogue
    from recist_tool.model.clinical import Symptom as Symptom
    from recist_tool.model.commands import AddLesion as AddLesion
    from recist_tool.model.commands import AddTimepoint as AddTimepoint
    from recist_tool.model.commands import AttachSeries as AttachSeries
    from recist_tool.model.commands import ClearClinical as ClearClinical
    from recist_tool.model.commands import ClearFinding as ClearFinding
    from recist_tool.model.commands import ClearResponses as ClearResponses
    from recist_tool.model.commands import ClearUptake as ClearUptake
    from recist_tool.model.commands import ClearVolumes as ClearVolumes
    from recist_tool.model.commands import DetachSeries as DetachSeries
    from recist_tool.model.commands import LocateSeries as LocateSeries
    from recist_tool.model.commands import LockTimepoint as LockTimepoint
    from recist_tool.model.commands import OverrideResponse as OverrideResponse
    from recist_tool.model.commands import OverrideSuv as OverrideSuv
    from recist_tool.model.commands import PlaceSeries as PlaceSeries
    from recist_tool.model.commands import RecordClinical as RecordClinical
    from recist_tool.model.commands import RecordFinding as RecordFinding
    from recist_tool.model.commands import RecordResponses as RecordResponses
    from recist_tool.model.commands import RecordUptake as RecordUptake
    from recist_tool.model.commands import RecordVolumes as RecordVolumes
    from recist_tool.model.commands import RemoveLesion as RemoveLesion
    from recist_tool.model.commands import RemoveTimepoint as RemoveTimepoint
    from recist_tool.model.commands import ReviseLesion as ReviseLesion
    from recist_tool.model.commands import ReviseTimepoint as ReviseTimepoint
    from recist_tool.model.commands import SetFollowUp as SetFollowUp
    from recist_tool.model.commands import SetGroups as SetGroups
    from recist_tool.model.commands import SetProtocol as SetProtocol
    from recist_tool.model.commands import SetReferenceDate as SetReferenceDate
    from recist_tool.model.commands import SetTreatments as SetTreatments
    from recist_tool.model.commands import UnlockTimepoint as UnlockTimepoint
    from recist_tool.model.commands import WithdrawOverride as WithdrawOverride
    from recist_tool.model.commands import WithdrawSuvOverride as WithdrawSuvOverride
    from recist_tool.model.diameter import Caliper as Caliper
    from recist_tool.model.diameter import Diameter as Diameter
    from recist_tool.model.diameter import ImagePlane as ImagePlane
    from recist_tool.model.finding import Absent as Absent
    from recist_tool.model.finding import LesionFinding as LesionFinding
    from recist_tool.model.finding import Measured as Measured
    from recist_tool.model.finding import MergedInto as MergedInto
    from recist_tool.model.finding import NewLesionSeen as NewLesionSeen
    from recist_tool.model.finding import NonTargetSeen as NonTargetSeen
    from recist_tool.model.finding import NotEvaluable as NotEvaluable
    from recist_tool.model.finding import Split as Split
    from recist_tool.model.finding import TooSmall as TooSmall
    from recist_tool.model.finding import caliper_of as caliper_of
    from recist_tool.model.finding import calipers_of as calipers_of
    from recist_tool.model.findings import Findings as Findings
    from recist_tool.model.follow_up import FollowUp as FollowUp
    from recist_tool.model.follow_up import Treatment as Treatment
    from recist_tool.model.lesion import Lesion as Lesion
    from recist_tool.model.mask import LesionMask as LesionMask
    from recist_tool.model.override import VisitOverride as VisitOverride
    from recist_tool.model.pet import FdgPet as FdgPet
    from recist_tool.model.pet import PetLesion as PetLesion
    from recist_tool.model.pet import PetScan as PetScan
    from recist_tool.model.pet import ReferenceRegion as ReferenceRegion
    from recist_tool.model.protocol import Protocol as Protocol
    from recist_tool.model.protocol import Settings as Settings
    from recist_tool.model.provenance import MeasuringMethod as MeasuringMethod
    from recist_tool.model.provenance import Provenance as Provenance
    from recist_tool.model.sequence import (
        visit_to_sign_before_opening as visit_to_sign_before_opening,
    )
    from recist_tool.model.sequence import visit_to_sign_first as visit_to_sign_first
    from recist_tool.model.suv_override import SuvOverride as SuvOverride
    from recist_tool.phantom import DEMO_PATIENT as DEMO_PATIENT
    from recist_tool.phantom import TOUR_PATIENT as TOUR_PATIENT
    from recist_tool.phantom import write_patient as write_patient
    from recist_tool.servers.download import Pulled as Pulled
    from recist_tool.servers.query import Study as Study
    from recist_tool.servers.query import StudyQuery as StudyQuery
    from recist_tool.servers.server import ImageServer as ImageServer
    from recist_tool.store.casefile import CASE_SUFFIX as CASE_SUFFIX
    from recist_tool.store.key_images import KeyImages as KeyImages
    from recist_tool.store.key_images import key_image_content as key_image_content
    from recist_tool.store.protocol_file import PROTOCOL_FILE as PROTOCOL_FILE
    from recist_tool.store.protocol_file import read_protocol as read_protocol
    from recist_tool.store.validation import faults_of as faults_of
    from recist_tool.terms import LYMPH_NODE as LYMPH_NODE
    from recist_tool.terms import Axis as Axis
    from recist_tool.terms import Blinded as Blinded
    from recist_tool.terms import Boundary as Boundary
    from recist_tool.terms import Criteria as Criteria
    from recist_tool.terms import LesionRole as LesionRole
    from recist_tool.terms import NewLesions as NewLesions
    from recist_tool.terms import NewLesionStatus as NewLesionStatus
    from recist_tool.terms import NonTargetStatus as NonTargetStatus
    from recist_tool.terms import ReaderRole as ReaderRole
    from recist_tool.terms import Response as Response
    from recist_tool.terms import Scope as Scope
    from recist_tool.terms import SeriesRole as SeriesRole
    from recist_tool.terms import SuvUnit as SuvUnit
    from recist_tool.terms import WarningCode as WarningCode
    from recist_tool.trial.extrahepatic import ExtrahepaticSums as ExtrahepaticSums
    from recist_tool.trial.patient import PatientAssessment as PatientAssessment
    from recist_tool.trial.patient import as_json as as_json
    from recist_tool.trial.patient import assess as assess
    from recist_tool.trial.side_by_side import assess_each as assess_each

_HOMES = {
    "app.agenda": "expected_lesions",
    "app.answers": "Answer",
    "app.importing": "import_lesions known_lesions provenance_of_file",
    "app.measuring": "MeasureOptions MeasuredFile MeasuredLesion UptakeThreshold "
    "measure_file",
    "app.segmenting": "finding_on_mask provenance_of record_mask segment_with "
    "segmenters",
    "app.session": "Session",
    "app.worklist": "CaseProgress VisitProgress case_progress matching_cases "
    "next_case worklist",
    "criteria.answer.answer": "Figure Message ScopeAssessment TimepointResponse",
    "criteria.course.organs": "organ_group",
    "criteria.recist11.measurability": "measurability selection",
    "deidentify.export": "deidentify",
    "deidentify.pseudonyms": "Pseudonyms",
    "dicom.load": "Loading load open_volume",
    "dicom.masks.mask_file": "MaskFile Segment Segments",
    "dicom.masks.read": "read_masks",
    "dicom.scan.scan": "ScanResult Series Skipped holds_dicom scan",
    "dicom.scan.series": "as_remembered series_reference",
    "dicom.scan.timepoints": "person_of propose_timepoints",
    "errors": "AssessmentFailed CaseFileError CaseLockedError CommandRefused "
    "DicomError DownloadCutError Fault GeometryError RecistToolError "
    "RegistrationRefused SourceError StorageError SuvRefused",
    "measure.caliper.caliper": "PlacedCaliper PlaneCaliper as_record from_record "
    "length_mm move_long_end move_short_end propose_short_axis settled shifted",
    "measure.caliper.snap": "Snapped snap_caliper",
    "measure.geometry.grid": "GeometryWarning Grid",
    "measure.geometry.resample": "unsheared",
    "measure.geometry.volume": "Volume",
    "measure.mask.axes": "Axes axes",
    "measure.mask.burden": "burden_percent volume_change_percent",
    "measure.mask.edit": "add_ellipse erase_ellipse filled_between_slices "
    "filled_holes largest_part smoothed_outline",
    "measure.mask.mask": "Mask masks_of_labels",
    "measure.mask.on_grid": "on_grid",
    "measure.mask.saved": "as_saved_mask from_saved_mask",
    "measure.mask_measure": "MaskMeasure measure_mask",
    "measure.pet.metabolic": "Metabolic fraction_of_max metabolic "
    "percist_blood_pool_threshold percist_liver_threshold",
    "measure.pet.peak": "Peak suv_peak",
    "measure.pet.reference_region": "Uptake blood_pool_reference liver_reference",
    "measure.pet.sul": "as_sul",
    "measure.progress": "Cancelled",
    "measure.registration.carry_over": "Proposal carry_over",
    "measure.registration.register": "register",
    "measure.registration.result": "Registration",
    "measure.segment.segment": "Segmentation segment_caliper segment_click",
    "model.blinding": "Blinding neutral_name",
    "model.case": "Case Read SeriesReference Timepoint VisitResponses",
    "model.clinical": "Clinical MarkerValue SomatostatinAnalogue Symptom",
    "model.commands": "AddLesion AddTimepoint AttachSeries ClearClinical ClearFinding "
    "ClearResponses ClearUptake ClearVolumes DetachSeries LocateSeries LockTimepoint "
    "OverrideResponse OverrideSuv PlaceSeries RecordClinical RecordFinding "
    "RecordResponses RecordUptake RecordVolumes RemoveLesion RemoveTimepoint "
    "ReviseLesion ReviseTimepoint SetFollowUp SetGroups SetProtocol SetReferenceDate "
    "SetTreatments UnlockTimepoint WithdrawOverride WithdrawSuvOverride",
    "model.diameter": "Caliper Diameter ImagePlane",
    "model.finding": "Absent LesionFinding Measured MergedInto NewLesionSeen "
    "NonTargetSeen NotEvaluable Split TooSmall caliper_of calipers_of",
    "model.findings": "Findings",
    "model.follow_up": "FollowUp Treatment",
    "model.lesion": "Lesion",
    "model.mask": "LesionMask",
    "model.override": "VisitOverride",
    "model.pet": "FdgPet PetLesion PetScan ReferenceRegion",
    "model.protocol": "Protocol Settings",
    "model.provenance": "MeasuringMethod Provenance",
    "model.sequence": "visit_to_sign_before_opening visit_to_sign_first",
    "model.suv_override": "SuvOverride",
    "phantom": "DEMO_PATIENT TOUR_PATIENT write_patient",
    "servers.download": "Pulled",
    "servers.query": "Study StudyQuery",
    "servers.server": "ImageServer",
    "store.casefile": "CASE_SUFFIX",
    "store.key_images": "KeyImages key_image_content",
    "store.protocol_file": "PROTOCOL_FILE read_protocol",
    "store.validation": "faults_of",
    "terms": "LYMPH_NODE Axis Blinded Boundary Criteria LesionRole NewLesionStatus "
    "NewLesions NonTargetStatus ReaderRole Response Scope SeriesRole SuvUnit "
    "WarningCode",
    "trial.extrahepatic": "ExtrahepaticSums",
    "trial.patient": "PatientAssessment as_json assess",
    "trial.side_by_side": "assess_each",
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names.split()}

__all__ = sorted(_HOME_OF)  # pyright: ignore[reportUnsupportedDunderAll]


def __getattr__(name: str) -> object:
    """Return a public name, importing its module the first time."""
    if name not in _HOME_OF:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    value = getattr(import_module(f"{__name__}.{_HOME_OF[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """Return the public names."""
    return __all__
