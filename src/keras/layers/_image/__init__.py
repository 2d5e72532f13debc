"""Layers that prepare images, and what they share. Where a file stands here, its layer is public in `keras.layers`."""
