"""The read in progress, without a window: no Qt and no napari."""
