"""Resizing: images of another size."""

from keras import ops
from keras._core.checks import number, one_of, positive_integer
from keras._core.dtype_policy import is_float_name
from keras.layers._image.image_layer import ImageLayer

_INTERPOLATIONS = ("nearest", "bilinear", "bicubic", "lanczos3", "lanczos5")


class Resizing(ImageLayer):
    """Scales images to a height and a width, in training and otherwise. Whole numbers stay whole numbers.

    Args:
        height, width: the new size.
        interpolation: 'nearest', 'bilinear', 'bicubic', 'lanczos3' or 'lanczos5'.
        crop_to_aspect_ratio: whether to cut what does not fit the new shape, around the middle, instead of distorting.
        pad_to_aspect_ratio: whether to add borders until the shape fits, instead of distorting.
        fill_mode: how borders are filled: 'constant' only.
        fill_value: with which number.
        antialias: whether every pixel of the original counts where images shrink.
        data_format: 'channels_last' or 'channels_first'; the global setting if None.
        **kwargs: `bounding_box_format` and those of `Layer`.

    Shapes:
        x: (batch, rows, columns, channels), y: (batch, height, width, channels).

    >>> Resizing(2, 3)(ops.ones((1, 8, 8, 3))).shape
    (1, 2, 3, 3)
    """

    moves_pixels = True
    in_training_only = False
    _keeps_dtype = True

    def __init__(
        self, height, width, interpolation="bilinear", crop_to_aspect_ratio=False, pad_to_aspect_ratio=False,
        fill_mode="constant", fill_value=0.0, antialias=False, data_format=None, **kwargs,
    ):  # fmt: skip
        super().__init__(data_format=data_format, **kwargs)
        self.height = positive_integer("height", height, "Resizing")
        self.width = positive_integer("width", width, "Resizing")
        self.interpolation = one_of("interpolation", interpolation, _INTERPOLATIONS, "Resizing")
        if crop_to_aspect_ratio and pad_to_aspect_ratio:
            raise ValueError("Resizing: only one of `crop_to_aspect_ratio` and `pad_to_aspect_ratio` can be True.")
        self.crop_to_aspect_ratio = bool(crop_to_aspect_ratio)
        self.pad_to_aspect_ratio = bool(pad_to_aspect_ratio)
        self.fill_mode = one_of("fill_mode", fill_mode, ("constant",), "Resizing")
        self.fill_value = number("fill_value", fill_value, "Resizing")
        self.antialias = bool(antialias)

    def get_random_transformation(self, data, training=True, seed=None):
        """Height and width of the images."""
        return self.size_of((data["images"] if isinstance(data, dict) else data).shape)

    def image_dtype(self, given):
        return self.compute_dtype if is_float_name(given) else given

    def change(self, images, transformation):
        return self._resized(images, self.interpolation, self.antialias)

    def change_masks(self, masks, transformation):
        return self._resized(masks, "nearest", False)

    def _resized(self, images, interpolation, antialias):
        return ops.image.resize(
            images, (self.height, self.width), interpolation, antialias, self.crop_to_aspect_ratio,
            self.pad_to_aspect_ratio, self.fill_mode, self.fill_value, "channels_last",
        )  # fmt: skip

    def size_before(self, transformation):
        return transformation

    def size_after(self, height, width):
        return self.height, self.width

    def move_boxes(self, corners, transformation):
        before, after = self.size_before(transformation), (self.height, self.width)
        scales = [new / old for new, old in zip(after, before)]
        if self.crop_to_aspect_ratio or self.pad_to_aspect_ratio:
            scales = [max(scales) if self.crop_to_aspect_ratio else min(scales)] * 2
        # whole pixels, as Keras 3 counts them; zero where nothing is cut or added
        starts = [int((new - old * scale) / 2) for new, old, scale in zip(after, before, scales)]
        (down, across), (top, left) = scales, starts
        scale = ops.convert_to_tensor([across, down] * 2, dtype=corners.dtype)
        return corners * scale + ops.convert_to_tensor([left, top] * 2, dtype=corners.dtype)
