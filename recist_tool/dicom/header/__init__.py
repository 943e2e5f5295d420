"""The bytes of a DICOM file: elements, tags, character sets, frames."""
