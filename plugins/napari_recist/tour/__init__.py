"""The empty room and the tour that leads a new reader through a first read."""
