"""What is drawn over an image: calipers, outlines, writing."""
