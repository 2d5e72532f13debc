"""MaxNumBoundingBoxes: as many boxes for each image."""

from keras import ops
from keras._core.checks import number, positive_integer
from keras.layers._image.image_layer import ImageLayer


class MaxNumBoundingBoxes(ImageLayer):
    """Gives every image the same number of boxes: takes the first ones, or fills up.

    Args:
        max_number: how many.
        fill_value: stands for numbers and labels of boxes that are none.
        **kwargs: `bounding_box_format` and those of `Layer`.

    >>> boxes = {"boxes": ops.ones((1, 1, 4)), "labels": ops.ones((1, 1))}
    >>> MaxNumBoundingBoxes(2).transform_bounding_boxes(boxes)["labels"]
    Array([[ 1., -1.]], dtype=float32)
    """

    _keeps_dtype = True

    def __init__(self, max_number, fill_value=-1, **kwargs):
        super().__init__(**kwargs)
        self.max_number = positive_integer("max_number", max_number, "MaxNumBoundingBoxes")
        self.fill_value = number("fill_value", fill_value, "MaxNumBoundingBoxes")

    def transform_images(self, images, transformation=None, training=True):
        """The images as they are."""
        return images

    def transform_bounding_boxes(self, bounding_boxes, transformation=None, training=True):
        """As many boxes and labels for each image."""
        return {**bounding_boxes, **{k: self._filled(bounding_boxes[k]) for k in ("boxes", "labels")}}

    def _filled(self, values):
        values = ops.convert_to_tensor(values)[:, : self.max_number]
        missing = self.max_number - values.shape[1]
        widths = [(0, 0), (0, missing)] + [(0, 0)] * (len(values.shape) - 2)
        return ops.pad(values, widths, constant_values=self.fill_value)
