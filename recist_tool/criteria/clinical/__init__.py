"""Criteria without an image: tumour markers, symptoms and their drug."""
