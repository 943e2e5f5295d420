"""What is saved: frozen records, commands, audit entries."""
