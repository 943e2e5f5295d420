"""DICOM in: scan, load, geometry, SUV tags."""
