"""Public names, each by the module that defines it."""

from .plain_words import protocol_words as protocol_words
from .trial.page import write_trial_report as write_trial_report
