"""What a reader draws that is no lesion: measured, and as it is saved."""
