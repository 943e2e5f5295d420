"""Public names, each by the module that defines it."""

from .trial.page import write_trial_report as write_trial_report
