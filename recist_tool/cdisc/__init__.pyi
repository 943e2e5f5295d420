"""Public names, each by the module that defines it."""

from .dataset import Dataset as Dataset
from .subject import Subject as Subject
from .subject import subject_of_case as subject_of_case
from .subject import subject_of_findings as subject_of_findings
from .tables import Tables as Tables
from .tables import datasets as datasets
from .write_csv import write_csv as write_csv
from .write_dataset_json import write_dataset_json as write_dataset_json
from .write_xpt import write_xpt as write_xpt
