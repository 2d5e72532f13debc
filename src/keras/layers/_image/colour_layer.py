"""What layers share that change colours within a range of values."""

from keras import ops
from keras.layers._image.factors import two_numbers
from keras.layers._image.image_layer import RandomImageLayer


class ColourLayer(RandomImageLayer):
    """A layer that changes colours by chance; labels, boxes and masks stay as they are.

    Args:
        factor: how strong the change is.
        value_range: the smallest and the largest value that pixels have.
        seed: an integer makes the same decisions again in every run.
    """

    def __init__(self, factor=None, value_range=(0, 255), seed=None, **kwargs):
        super().__init__(factor=factor, seed=seed, **kwargs)
        self.value_range = two_numbers("value_range", value_range, type(self).__name__)

    def within_range(self, images):
        """The images with values beyond the range set to its ends."""
        return ops.clip(images, *self.value_range)

    def to_unit(self, images):
        """Values from 0 to 1."""
        low, high = self.value_range
        return (images - low) / (high - low)

    def from_unit(self, images):
        """Values of the range from values of 0 to 1."""
        low, high = self.value_range
        return images * (high - low) + low


def blend(images, others, share):
    """From the images towards the others by a share; below 0 away from them, above 1 beyond them."""
    return images + (others - images) * share
