"""Public names, each by the module that defines it."""

from .agenda import expected_lesions as expected_lesions
from .answers import Answer as Answer
from .image_places import here as here
from .image_places import images_root as images_root
from .importing import import_lesions as import_lesions
from .importing import known_lesions as known_lesions
from .importing import provenance_of_file as provenance_of_file
from .measuring import MeasuredFile as MeasuredFile
from .measuring import MeasuredLesion as MeasuredLesion
from .measuring import MeasureOptions as MeasureOptions
from .measuring import UptakeThreshold as UptakeThreshold
from .measuring import measure_file as measure_file
from .segmenting import finding_on_mask as finding_on_mask
from .segmenting import provenance_of as provenance_of
from .segmenting import record_mask as record_mask
from .segmenting import segment_with as segment_with
from .segmenting import segmenters as segmenters
from .session import Session as Session
from .signals import signal as signal
from .signatures import OutdatedSignature as OutdatedSignature
from .worklist import CaseProgress as CaseProgress
from .worklist import VisitProgress as VisitProgress
from .worklist import case_progress as case_progress
from .worklist import matching_cases as matching_cases
from .worklist import next_case as next_case
from .worklist import worklist as worklist
