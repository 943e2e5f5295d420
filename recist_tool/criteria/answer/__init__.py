"""What an answer of a criterion is made of: responses, reasons, thresholds."""
