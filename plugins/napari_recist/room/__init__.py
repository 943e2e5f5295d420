"""What a reader does with the case and the viewports together. No Qt here."""
