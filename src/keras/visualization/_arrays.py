"""Images as pictures are made of: whole numbers from 0 to 255, channels last."""

import numpy as np

from keras import config, ops


def channels_last(images, data_format, who, names="images"):
    """A NumPy batch (images, height, width, channels)."""
    images = ops.convert_to_numpy(ops.convert_to_tensor(images))
    if images.ndim != 4:
        raise ValueError(f"{who}: `{names}` must have 4 axes: (images, height, width, channels). Got {images.shape}.")
    first = config.standard_data_format(data_format, owner=who) == "channels_first"
    return np.moveaxis(images, 1, -1) if first else images


def to_bytes(images, value_range=(0, 255)):
    """Values of a range as whole numbers from 0 to 255."""
    low, high = value_range
    scaled = (np.asarray(images, "float32") - low) / (high - low) * 255
    return np.clip(np.round(scaled), 0, 255).astype("uint8")
