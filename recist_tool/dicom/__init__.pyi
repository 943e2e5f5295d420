"""Public names, each by the module that defines it."""

from .load import Loading as Loading
from .load import load as load
from .load import open_volume as open_volume
from .masks.mask_file import MaskFile as MaskFile
from .masks.mask_file import Segment as Segment
from .masks.mask_file import Segments as Segments
from .masks.read import read_masks as read_masks
from .scan.people import Alike as Alike
from .scan.people import alike as alike
from .scan.people import as_one as as_one
from .scan.pet_scan import ScanFacts as ScanFacts
from .scan.pet_scan import scan_facts as scan_facts
from .scan.phase import PHASES as PHASES
from .scan.pixel_phase import phase_of_pixels as phase_of_pixels
from .scan.scan import ScanResult as ScanResult
from .scan.scan import Series as Series
from .scan.scan import Skipped as Skipped
from .scan.scan import holds_dicom as holds_dicom
from .scan.scan import scan as scan
from .scan.series import as_remembered as as_remembered
from .scan.series import proposed_dose as proposed_dose
from .scan.series import second_opinion as second_opinion
from .scan.series import series_reference as series_reference
from .scan.timepoints import person_of as person_of
from .scan.timepoints import propose_timepoints as propose_timepoints
