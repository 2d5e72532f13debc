"""RandomCrop: a part of the image at a random place."""

from keras import random
from keras._core.checks import positive_integer
from keras.layers._image.center_crop import cut, middle, moved_by_cut
from keras.layers._image.image_layer import RandomImageLayer


class RandomCrop(RandomImageLayer):
    """Cuts a part out, at one random place for all images of a batch.

    Where images are too low or too narrow, all of their height or width is taken and scaled up. Without training the
    part is the middle of the image.

    Args:
        height, width: of the part.
        seed: an integer makes the same draws again in every run.
        data_format: 'channels_last' or 'channels_first'; the global setting if None.
        name: its name.
        **kwargs: `bounding_box_format` and those of `Layer`.

    Call arguments:
        training: True if left out.

    Shapes:
        x: (batch, rows, columns, channels), y: (batch, height, width, channels).
    """

    moves_pixels = True

    def __init__(self, height, width, seed=None, data_format=None, name=None, **kwargs):
        super().__init__(seed=seed, data_format=data_format, name=name, **kwargs)
        self.height = positive_integer("height", height, "RandomCrop")
        self.width = positive_integer("width", width, "RandomCrop")

    def get_random_transformation(self, data, training=True, seed=None):
        """The first row and the first column of the part; that in the middle without training."""
        found = super().get_random_transformation(data, training, seed)
        if found is None:
            size = self.size_of((data["images"] if isinstance(data, dict) else data).shape)
            found = Start(middle(*size, *self._part(*size)), size)
        return found

    def draw(self, shape, seed):
        size = self.size_of(shape)
        return Start([random.randint((), 0, n - k + 1, seed=seed) for n, k in zip(size, self._part(*size))], size)

    def _part(self, rows, columns):
        return min(rows, self.height), min(columns, self.width)

    def _acts(self, transformation, training):
        return True

    def change(self, images, transformation):
        return self._cut(images, transformation, "bilinear")

    def change_masks(self, masks, transformation):
        return self._cut(masks, transformation, "nearest")

    def _cut(self, images, start, interpolation):
        return cut(images, start, self._part(*images.shape[1:3]), (self.height, self.width), interpolation)

    def size_before(self, transformation):
        if not isinstance(transformation, Start):
            raise ValueError(
                f"{self.name}: boxes can be moved by what get_random_transformation() returned only; a pair of numbers "
                "does not tell the size of the images."
            )
        return transformation.size

    def size_after(self, height, width):
        return self.height, self.width

    def move_boxes(self, corners, transformation):
        size = self.size_before(transformation)
        return moved_by_cut(corners, tuple(transformation), self._part(*size), (self.height, self.width))


class Start(tuple):
    """First row and first column of a part, which know the size of the images they were drawn for."""

    def __new__(cls, values, size):
        start = super().__new__(cls, values)
        start.size = size
        return start
