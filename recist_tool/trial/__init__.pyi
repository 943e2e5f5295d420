"""Public names, each by the module that defines it."""

from .agreement import Kappa as Kappa
from .agreement import cohen_kappa as cohen_kappa
from .cohort import FailedPatient as FailedPatient
from .cohort import TrialResult as TrialResult
from .cohort_json import trial_json as trial_json
from .competing import CumulativeIncidence as CumulativeIncidence
from .competing import cumulative_incidence as cumulative_incidence
from .extrahepatic import ExtrahepaticSums as ExtrahepaticSums
from .intake.answers import AnsweredTrial as AnsweredTrial
from .intake.answers import CohortAnswers as CohortAnswers
from .intake.answers import assess_trial as assess_trial
from .intake.patient import Patient as Patient
from .log_rank import LogRank as LogRank
from .log_rank import log_rank as log_rank
from .patient import PatientAssessment as PatientAssessment
from .patient import as_json as as_json
from .patient_result import PatientResult as PatientResult
from .side_by_side import assess_each as assess_each
from .survival import SurvivalCurve as SurvivalCurve
from .survival import kaplan_meier as kaplan_meier
