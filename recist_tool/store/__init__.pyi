"""Public names, each by the module that defines it."""

from .casefile import CASE_SUFFIX as CASE_SUFFIX
from .casefile import load_case as load_case
from .cohort_files import read_patients as read_patients
from .key_images import KeyImages as KeyImages
from .key_images import key_image_content as key_image_content
from .protocol_file import PROTOCOL_FILE as PROTOCOL_FILE
from .protocol_file import read_protocol as read_protocol
from .validation import faults_of as faults_of
