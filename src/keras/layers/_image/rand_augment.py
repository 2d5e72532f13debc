"""RandAugment: a few changes chosen by chance."""

from keras import ops, random
from keras._core import limits
from keras._core.checks import positive_integer
from keras.layers._image.augmentations import EVERY, Augmentations


class RandAugment(Augmentations):
    """Applies some of eleven layers, chosen anew for each batch, one after the other (Cubuk and others, 2019).

    They are `RandomShear`, `RandomTranslation`, `RandomRotation`, `RandomBrightness`, `RandomColorDegeneration`,
    `RandomContrast`, `RandomSharpness`, `RandomPosterization`, `Solarization`, `AutoContrast` and `Equalization`.

    Args:
        value_range: the lowest and the highest value that pixels have.
        num_ops: how many are applied; 0 leaves images as they are.
        factor: how strongly they act, from 0 to 1; one number `f` means `(0, f)`.
        interpolation: 'nearest' or 'bilinear'.
        seed: an integer makes the same draws again in every run.
        data_format: 'channels_last' or 'channels_first'; the global setting if None.
        **kwargs: `bounding_box_format` and those of `Layer`.

    Call arguments:
        training: without training images stay as they are. True if left out.
    """

    def __init__(
        self, value_range=(0, 255), num_ops=2, factor=0.5, interpolation="bilinear", seed=None, data_format=None,
        **kwargs,
    ):  # fmt: skip
        super().__init__(value_range, factor, interpolation, seed, data_format, **kwargs)
        if num_ops != 0:  # none at all leaves images as they are
            positive_integer("num_ops", num_ops, "RandAugment")
        self.num_ops = int(num_ops)
        limits.check_repeats("num_ops", num_ops)

    def draw(self, shape, seed):
        chosen = random.randint((self.num_ops,), 0, len(EVERY), seed=seed)
        return {"transforms": self.draw_each(EVERY, shape, seed), "layer_idxes": chosen}

    def transform_images(self, images, transformation=None, training=True):
        """The images after the chosen changes."""
        images = ops.cast(images, self.compute_dtype)
        return self._applied("transform_images", images, transformation, training)

    def transform_bounding_boxes(self, bounding_boxes, transformation=None, training=True):
        """The boxes after the chosen changes."""
        boxes = {k: ops.convert_to_tensor(v) for k, v in bounding_boxes.items()}
        return self._applied("transform_bounding_boxes", boxes, transformation, training)

    def transform_segmentation_masks(self, segmentation_masks, transformation=None, training=True):
        """The masks after the chosen changes."""
        masks = ops.cast(segmentation_masks, self.compute_dtype)
        return self._applied("transform_segmentation_masks", masks, transformation, training)

    def _applied(self, method, value, transformation, training):
        if not self._acts(transformation, training):
            return value
        for i in range(self.num_ops):
            branches = [
                lambda x, name=name: getattr(getattr(self, name), method)(x, transformation["transforms"][name])
                for name in EVERY
            ]
            value = ops.switch(transformation["layer_idxes"][i], branches, value)
        return value
