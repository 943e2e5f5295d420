"""What is derived: tables, figures, pages."""
