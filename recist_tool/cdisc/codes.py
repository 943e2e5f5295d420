"""CDISC controlled terms that the tables use, as data.

Source: CDISC SDTM controlled terminology 2025-03-25 (NCI EVS). Every coded value of a
table is looked up here, so a term that does not exist cannot be written.
"""

from __future__ import annotations

from typing import Final, NamedTuple

CT_VERSION: Final = "2025-03-25"


class Term(NamedTuple):
    """One submission value of one codelist.

    Attributes
    ----------
    codelist
        Short name of the codelist: ``TRTESTCD``, ``ONCRSR``.
    value
        What stands in the table.
    nci
        Concept code in the NCI thesaurus.
    name
        For a test code, the test as ``--TEST`` writes it.
    synonym
        Another name in use for the same concept.
    """

    codelist: str
    value: str
    nci: str
    name: str = ""
    synonym: str = ""


# fmt: off
TERMS: Final = (
    # Tumor or Lesion Identification Test Code (C96784)
    Term("TUTESTCD", "TUMIDENT", "C94523", "Tumor Identification"),
    Term("TUTESTCD", "TUSPLIT", "C96642", "Tumor Split"),
    Term("TUTESTCD", "TUMERGE", "C94525", "Tumor Merged"),
    Term("TUTESTCD", "LESIDENT", "C94189", "Lesion Identification"),
    # Tumor or Lesion Identification Test Results (C123650)
    Term("TUIDRS", "TARGET", "C94520"),
    Term("TUIDRS", "NON-TARGET", "C94521"),
    Term("TUIDRS", "NEW", "C94522"),
    Term("TUIDRS", "NEW TARGET", "C139127"),
    Term("TUIDRS", "NEW NON-TARGET", "C139126"),
    Term("TUIDRS", "TARGET NODAL", "C103443"),
    Term("TUIDRS", "TARGET EXTRA NODAL", "C103442"),
    # Tumor or Lesion Properties Test Code (C96779)
    Term("TRTESTCD", "LDIAM", "C96684", "Longest Diameter"),
    Term("TRTESTCD", "LPERP", "C96685", "Longest Perpendicular", "Short Axis Diameter"),
    Term("TRTESTCD", "DIAMETER", "C25285", "Diameter"),
    Term("TRTESTCD", "TUMSTATE", "C96643", "Tumor State"),
    Term("TRTESTCD", "LNSTATE", "C124448", "Lymph Node State"),
    Term("TRTESTCD", "SUMDIAM", "C96631", "Sum of Diameter"),
    Term("TRTESTCD", "SUMLDIAM", "C96632", "Sum of Longest Diameter"),
    Term("TRTESTCD", "SUMLPERP", "C96633", "Sum of Longest Perpendicular"),
    Term("TRTESTCD", "SUMNLNLD", "C103441", "Sum Diameters of Non Lymph Node Tumors"),
    Term("TRTESTCD", "ACNSD", "C112218", "Absolute Change Nadir in Sum of Diam"),
    Term("TRTESTCD", "PCBSD", "C112370", "Percent Change Baseline in Sum of Diam"),
    Term("TRTESTCD", "PCNSD", "C112373", "Percent Change Nadir in Sum of Diam"),
    Term("TRTESTCD", "SUMPPD", "C132261", "Sum of Products of Perpendicular Diam"),
    Term("TRTESTCD", "PPD", "C135513", "Product of Perpendicular Diameters"),
    Term("TRTESTCD", "VDIAM", "C96646", "Viable Diameter"),
    Term("TRTESTCD", "SUMVDIAM", "C96634", "Sum of Viable Diameter"),
    Term("TRTESTCD", "VOLUME", "C74720", "Volume"),
    Term("TRTESTCD", "SUMVOL", "C96635", "Sum of Volume"),
    Term("TRTESTCD", "RADIODEN", "C96627", "Radiodensity"),
    Term("TRTESTCD", "SUVMAX", "C95012", "Standardized Uptake Value Maximum"),
    Term("TRTESTCD", "SUVMEAN", "C181544", "Standardized Uptake Value Mean"),
    Term("TRTESTCD", "SUVPEAK", "C95013", "Standardized Uptake Value Peak"),
    Term("TRTESTCD", "SULMAX", "C181545", "SUV Maximum Corrected for Lean Body Mass"),
    Term("TRTESTCD", "SULMEAN", "C181546", "SUV Mean Corrected for Lean Body Mass"),
    Term("TRTESTCD", "SULPEAK", "C181547", "SUV Peak Corrected for Lean Body Mass"),
    Term("TRTESTCD", "NEWCONF", "C103421", "New Tumor Confirmed"),
    # Tumor or Lesion Properties Test Result (C124309)
    Term("TRPROPRS", "ABSENT", "C48190"),
    Term("TRPROPRS", "PRESENT", "C25626"),
    Term("TRPROPRS", "PATHOLOGICAL", "C25610"),
    Term("TRPROPRS", "NON-PATHOLOGICAL", "C126054"),
    Term("TRPROPRS", "EQUIVOCAL", "C86071"),
    Term("TRPROPRS", "UNEQUIVOCAL", "C123645"),
    # Oncology Response Assessment Test Code (C96782)
    Term("ONCRTSCD", "TRGRESP", "C94534", "Target Response"),
    Term("ONCRTSCD", "NTRGRESP", "C94535", "Non-target Response"),
    Term("ONCRTSCD", "NEWLPROG", "C103420", "New Lesion Progression"),
    Term("ONCRTSCD", "NEWLIND", "C142362", "New Lesion Indicator"),
    Term("ONCRTSCD", "OVRLRESP", "C96613", "Overall Response"),
    Term("ONCRTSCD", "BESTRESP", "C94536", "Best Overall Response", "Best Response"),
    Term("ONCRTSCD", "LIVRRESP", "C135479", "Liver Response"),
    Term("ONCRTSCD", "METBRESP", "C123623", "Metabolic Response"),
    Term("ONCRTSCD", "TMRESP", "C132458", "Tumor Marker Response"),
    Term("ONCRTSCD", "SYMPTDTR", "C124434", "Symptomatic Deterioration"),
    Term("ONCRTSCD", "RDIORESP", "C123627", "Radiologic Response"),
    # Oncology Response Assessment Result (C96785)
    Term("ONCRSR", "CR", "C4870"),
    Term("ONCRSR", "PR", "C18058"),
    Term("ONCRSR", "SD", "C18213"),
    Term("ONCRSR", "PD", "C35571"),
    Term("ONCRSR", "NE", "C62222"),
    Term("ONCRSR", "NON-CR/NON-PD", "C96700"),
    Term("ONCRSR", "NED", "C40413"),
    Term("ONCRSR", "EQUIVOCAL", "C86071"),
    Term("ONCRSR", "UNEQUIVOCAL", "C123645"),
    Term("ONCRSR", "iCR", "C142357"),
    Term("ONCRSR", "iPR", "C142358"),
    Term("ONCRSR", "iSD", "C142359"),
    Term("ONCRSR", "iUPD", "C142360"),
    Term("ONCRSR", "iCPD", "C142356"),
    Term("ONCRSR", "NON-iCR/NON-iUPD", "C142361"),
    Term("ONCRSR", "CMR", "C123407"),
    Term("ONCRSR", "PMR", "C123609"),
    Term("ONCRSR", "SMD", "C123616"),
    Term("ONCRSR", "PMD", "C123608"),
    Term("ONCRSR", "MR", "C123598"),
    # Category of Oncology Response Assessment (C124298)
    Term("ONCRSCAT", "RECIST 1.1", "C124415"),
    Term("ONCRSCAT", "iRECIST", "C136711"),
    Term("ONCRSCAT", "MRECIST LENCIONI LIVER CANCER 2010", "C126032"),
    Term("ONCRSCAT", "PERCIST", "C126039"),
    Term("ONCRSCAT", "CHOI GIST 2008", "C122394"),
    Term("ONCRSCAT", "PROTOCOL DEFINED RESPONSE CRITERIA", "C126042"),
    # Evaluator (C78735) and Medical Evaluator Identifier (C96777)
    Term("EVAL", "INVESTIGATOR", "C25936"),
    Term("EVAL", "INDEPENDENT ASSESSOR", "C78720"),
    Term("MEDEVAL", "RADIOLOGIST 1", "C94530"),
    Term("MEDEVAL", "RADIOLOGIST 2", "C94531"),
    Term("MEDEVAL", "READER 1", "C94532"),
    Term("MEDEVAL", "READER 2", "C94533"),
    Term("MEDEVAL", "READER 3", "C139209"),
    Term("MEDEVAL", "ADJUDICATOR 1", "C150867"),
    # Method (C85492)
    Term("METHOD", "CT SCAN", "C17204"),
    Term("METHOD", "MRI", "C16809"),
    Term("METHOD", "PET SCAN", "C17007"),
    Term("METHOD", "PET/CT SCAN", "C103512"),
    Term("METHOD", "X-RAY", "C38101"),
    Term("METHOD", "ULTRASOUND", "C17230"),
    Term("METHOD", "PHYSICAL EXAMINATION", "C20989"),
    # Laterality (C99073)
    Term("LAT", "LEFT", "C25229"),
    Term("LAT", "RIGHT", "C25228"),
    Term("LAT", "BILATERAL", "C13332"),
    # Not Done (C66789), No Yes Response (C66742), Unit (C71620)
    Term("ND", "NOT DONE", "C49484"),
    Term("NY", "Y", "C49488"),
    Term("NY", "N", "C49487"),
    Term("UNIT", "mm", "C28251"),
    Term("UNIT", "%", "C25613"),
    Term("UNIT", "HU", "C94908"),
    Term("UNIT", "mL", "C28254"),
    # Anatomical Location (C74456)
    Term("LOC", "LIVER", "C12392"),
    Term("LOC", "LUNG", "C12468"),
    Term("LOC", "LYMPH NODE", "C12745"),
    Term("LOC", "ADRENAL GLAND", "C12666"),
    Term("LOC", "BONE", "C12366"),
    Term("LOC", "BRAIN", "C12439"),
    Term("LOC", "BREAST", "C12971"),
    Term("LOC", "COLON", "C12382"),
    Term("LOC", "RECTUM", "C12390"),
    Term("LOC", "LARGE INTESTINE", "C12379"),
    Term("LOC", "KIDNEY", "C12415"),
    Term("LOC", "MEDIASTINUM", "C12748"),
    Term("LOC", "MESENTERY", "C33103"),
    Term("LOC", "MUSCLE", "C13056"),
    Term("LOC", "OVARY", "C12404"),
    Term("LOC", "PANCREAS", "C12393"),
    Term("LOC", "PERITONEUM", "C12770"),
    Term("LOC", "PLEURA", "C12469"),
    Term("LOC", "RETROPERITONEUM", "C12298"),
    Term("LOC", "SKIN", "C12470"),
    Term("LOC", "SMALL INTESTINE", "C12386"),
    Term("LOC", "SOFT TISSUE", "C12471"),
    Term("LOC", "SPLEEN", "C12432"),
    Term("LOC", "STOMACH", "C12391"),
)
# fmt: on

_BY_VALUE: Final = {(term.codelist, term.value): term for term in TERMS}


def term(codelist: str, value: str) -> Term:
    """Return a term by its codelist and submission value.

    Raises
    ------
    ValueError
        If there is no such term: a table would hold a word that CDISC does not know.

    Examples
    --------
    >>> term("TRTESTCD", "LPERP").name
    'Longest Perpendicular'
    """
    try:
        return _BY_VALUE[codelist, value]
    except KeyError:
        msg = f"{codelist} {CT_VERSION} has no term {value!r}"
        raise ValueError(msg) from None
