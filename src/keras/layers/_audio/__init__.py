"""Layers that turn sounds into spectrograms. Where a file stands here, its layer is public in `keras.layers`."""
