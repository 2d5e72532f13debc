"""CenterCrop: the middle of the image."""

from keras import ops
from keras._core.checks import positive_integer
from keras.layers._image.image_layer import ImageLayer


class CenterCrop(ImageLayer):
    """Cuts out the middle of images, in training and otherwise.

    Images that are smaller are scaled up after cutting what does not fit the shape.

    Args:
        height, width: of the middle.
        data_format: 'channels_last' or 'channels_first'; the global setting if None.
        **kwargs: `bounding_box_format` and those of `Layer`.

    Shapes:
        x: (batch, rows, columns, channels), y: (batch, height, width, channels).

    >>> CenterCrop(2, 3)(ops.ones((1, 8, 8, 3))).shape
    (1, 2, 3, 3)
    """

    moves_pixels = True
    in_training_only = False

    def __init__(self, height, width, data_format=None, **kwargs):
        super().__init__(data_format=data_format, **kwargs)
        self.height = positive_integer("height", height, "CenterCrop")
        self.width = positive_integer("width", width, "CenterCrop")

    def get_random_transformation(self, data, training=True, seed=None):
        """The shape of the images."""
        return {"input_shape": tuple((data["images"] if isinstance(data, dict) else data).shape)}

    def change(self, images, transformation):
        return self._middle(images, "bilinear")

    def change_masks(self, masks, transformation):
        return self._middle(masks, "nearest")

    def _middle(self, images, interpolation):
        size = self._part(*images.shape[1:3])
        return cut(images, middle(*images.shape[1:3], *size), size, (self.height, self.width), interpolation)

    def _part(self, rows, columns):
        """Height and width of what is cut out: less than asked for where images are too small for it."""
        if rows >= self.height and columns >= self.width:
            return self.height, self.width
        # at least a row and a column, however flat the result is
        fitting = max(1, int(columns * self.height / self.width)), max(1, int(rows * self.width / self.height))
        return min(rows, fitting[0]), min(columns, fitting[1])

    def size_after(self, height, width):
        return self.height, self.width

    def move_boxes(self, corners, transformation):
        before = self.size_before(transformation)
        size = self._part(*before)
        return moved_by_cut(corners, middle(*before, *size), size, (self.height, self.width))


def middle(rows, columns, height, width):
    """First row and first column of a part in the middle."""
    return (rows - height) // 2, (columns - width) // 2


def cut(images, start, size, result, interpolation):
    """The part of images (images, rows, columns, channels) with a start and a size, scaled to another size."""
    place = [0, *(ops.cast(s, "int32") for s in start), 0]
    part = ops.slice(images, place, (images.shape[0], *size, images.shape[3]))
    return part if size == result else ops.image.resize(part, result, interpolation, data_format="channels_last")


def moved_by_cut(corners, start, size, result):
    """Corners of boxes after `cut`."""
    top, left = start
    start = ops.stack([ops.cast(s, corners.dtype) for s in (left, top, left, top)])
    scale = [result[1] / size[1], result[0] / size[0]]
    return (corners - start) * ops.convert_to_tensor(scale * 2, dtype=corners.dtype)
