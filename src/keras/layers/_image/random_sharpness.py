"""RandomSharpness: edges become softer or harder."""

import numpy as np

from keras import ops, random
from keras.layers._image.colour_layer import ColourLayer, blend
from keras.layers._image.image_layer import by_image

_SMOOTHING = np.array([[1, 1, 1], [1, 5, 1], [1, 1, 1]]) / 13


class RandomSharpness(ColourLayer):
    """Mixes images with smoothed versions of themselves.

    `y = clip(s + 2 f * (x - s), low, high)`, where `s` is `x` smoothed and `f` is drawn from `factor` for each image

    Args:
        factor: from 0, the smoothed image, over 0.5, no change, to 1, the hardest edges; one number `f` means `(0, f)`.
        value_range: the lowest and the highest value that pixels have.
        data_format: 'channels_last' or 'channels_first'; the global setting if None.
        seed: an integer makes the same draws again in every run.
        **kwargs: `bounding_box_format` and those of `Layer`.

    Call arguments:
        training: without training images stay as they are. True if left out.
    """

    factor_bounds = (0, 1)

    def __init__(self, factor, value_range=(0, 255), data_format=None, seed=None, **kwargs):
        super().__init__(factor, value_range, seed, data_format=data_format, **kwargs)

    def draw(self, shape, seed):
        return {"factor": random.uniform((self.count(shape),), *self.factor, "float32", seed)}

    def change(self, images, transformation):
        factor = ops.cast(by_image(transformation["factor"]), images.dtype)
        channels = images.shape[-1]
        kernel = np.broadcast_to(_SMOOTHING[:, :, None, None], (3, 3, channels, 1))
        smooth = ops.depthwise_conv(
            images, ops.convert_to_tensor(kernel, images.dtype), padding="same", data_format="channels_last"
        )
        return self.within_range(blend(smooth, images, 2 * factor))
