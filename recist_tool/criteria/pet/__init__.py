"""The criteria of FDG PET: EORTC and PERCIST."""
