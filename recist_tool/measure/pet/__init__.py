"""SUV and SUL, their peaks, metabolic volumes and reference regions."""
