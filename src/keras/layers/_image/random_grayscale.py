"""RandomGrayscale: some images lose their colours."""

from keras import ops, random
from keras._core.checks import number_between
from keras.layers._image.image_layer import RandomImageLayer, by_image


class RandomGrayscale(RandomImageLayer):
    """Makes some images grey; they keep their three channels.

    Args:
        factor: the share of images, from 0 to 1.
        data_format: 'channels_last' or 'channels_first'; the global setting if None.
        seed: an integer makes the same draws again in every run.
        **kwargs: `bounding_box_format` and those of `Layer`.

    Call arguments:
        training: without training images stay as they are. True if left out.
    """

    def __init__(self, factor=0.5, data_format=None, seed=None, **kwargs):
        super().__init__(seed=seed, data_format=data_format, **kwargs)
        self.factor = number_between("factor", factor, 0, 1, "RandomGrayscale")

    def get_random_transformation(self, images, training=True, seed=None):
        """Which images become grey."""
        return super().get_random_transformation(images, training, seed)

    def draw(self, shape, seed):
        return random.uniform((self.count(shape), 1, 1, 1), dtype="float32", seed=seed) < self.factor

    def change(self, images, transformation):
        grey = ops.image.rgb_to_grayscale(images, data_format="channels_last")
        return ops.where(by_image(transformation), grey, images)

    def transform_labels(self, labels, transformations=None, training=True):
        """The labels as they are."""
        return super().transform_labels(labels, transformations, training=training)

    def transform_segmentation_masks(self, segmentation_masks, transformations=None, training=True):
        """The masks as they are."""
        return super().transform_segmentation_masks(segmentation_masks, transformations, training=training)
