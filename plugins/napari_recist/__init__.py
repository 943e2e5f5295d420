"""The reading room: a napari plugin over recist_tool."""
