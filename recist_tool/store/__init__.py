"""What is true, on disk: the journal and the case file."""
