"""Public names, each by the module that defines it."""

from .model.findings import Findings as Findings
from .trial.patient import assess as assess

__version__: str
