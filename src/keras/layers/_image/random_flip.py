"""RandomFlip: some images are mirrored."""

from keras import ops, random
from keras._core.checks import one_of
from keras.layers._image.image_layer import RandomImageLayer, by_image


class RandomFlip(RandomImageLayer):
    """Mirrors half of the images.

    Args:
        mode: 'horizontal' swaps left and right, 'vertical' top and bottom, 'horizontal_and_vertical' both at once.
        seed: an integer makes the same draws again in every run.
        data_format: 'channels_last' or 'channels_first'; the global setting if None.
        **kwargs: `bounding_box_format` and those of `Layer`.

    Call arguments:
        training: without training images stay as they are. True if left out.
    """

    moves_pixels = True

    def __init__(self, mode="horizontal_and_vertical", seed=None, data_format=None, **kwargs):
        super().__init__(seed=seed, data_format=data_format, **kwargs)
        self.mode = one_of("mode", mode, ("horizontal", "vertical", "horizontal_and_vertical"), "RandomFlip")

    def draw(self, shape, seed):
        flips = random.uniform(self.per_image(shape), dtype="float32", seed=seed) <= 0.5
        return {"flips": flips, "input_shape": shape}

    def change(self, images, transformation):
        axes = [axis for axis, word in ((1, "vertical"), (2, "horizontal")) if word in self.mode]
        return ops.where(by_image(transformation["flips"]), ops.flip(images, axes), images)

    def move_boxes(self, corners, transformation):
        height, width = self.size_before(transformation)
        left, top, right, bottom = (corners[..., i] for i in range(4))
        if "horizontal" in self.mode:
            left, right = width - right, width - left
        if "vertical" in self.mode:
            top, bottom = height - bottom, height - top
        flipped = ops.stack([left, top, right, bottom], axis=-1)
        return ops.where(by_image(transformation["flips"], len(corners.shape)), flipped, corners)
