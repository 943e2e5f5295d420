"""The image of a viewport: loaded, resliced, fused, placed in space."""
