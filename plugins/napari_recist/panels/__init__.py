"""The dock beside the images and its pages, in Qt."""
