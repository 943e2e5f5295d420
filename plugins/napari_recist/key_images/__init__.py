"""The key images of a read: drawn, kept on disk, shown as a page."""
