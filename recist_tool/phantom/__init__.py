"""Synthetic patients of known size, written as DICOM."""
