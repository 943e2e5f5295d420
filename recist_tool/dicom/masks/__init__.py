"""Masks of other programs read from SEG, RTSTRUCT, SR, NIfTI and NRRD."""
