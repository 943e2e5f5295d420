"""What the mouse does on a viewport, and the tools in its hand."""
