"""Files without the patient's identity, whose measurements stay what they were."""
