"""Public names, each by the module that defines it."""

from .export import deidentify as deidentify
from .pseudonyms import Pseudonyms as Pseudonyms
