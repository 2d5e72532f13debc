"""MixUp: each image shines through another one."""

from keras import ops, random
from keras._core.checks import positive_number
from keras.layers._image.cut_mix import mixed
from keras.layers._image.image_layer import RandomImageLayer


class MixUp(RandomImageLayer):
    """Mixes each image, its label and its mask with those of another image of the batch (Zhang and others, 2018).

    `y = w * x + (1 - w) * other x`, with `w` drawn from Beta(alpha, alpha) for each image. The boxes of both images
    are kept.

    Args:
        alpha: small numbers make one of the two dominate.
        data_format: 'channels_last' or 'channels_first'; the global setting if None.
        seed: an integer makes the same draws again in every run.
        **kwargs: `bounding_box_format` and those of `Layer`.

    Call arguments:
        training: without training images stay as they are. True if left out.
    """

    moves_pixels = True

    def __init__(self, alpha=0.2, data_format=None, seed=None, **kwargs):
        super().__init__(seed=seed, data_format=data_format, **kwargs)
        self.alpha = positive_number("alpha", alpha, "MixUp")

    def draw(self, shape, seed):
        count = self.count(shape)
        return {
            "mix_weight": random.beta((count,), self.alpha, self.alpha, dtype="float32", seed=seed),
            "permutation_order": random.shuffle(ops.arange(count, dtype="int32"), seed=seed),
        }

    def change(self, images, transformation):
        return mixed(images, transformation)

    def transform_labels(self, labels, transformation=None, training=True):
        """The labels mixed as the images are."""
        if not self._acts(transformation, training):
            return labels
        return mixed(ops.cast(labels, self.compute_dtype), transformation)

    def transform_bounding_boxes(self, bounding_boxes, transformation=None, training=True):
        """The boxes of the image, then those of the image it is mixed with."""
        if not self._acts(transformation, training):
            return bounding_boxes
        order = transformation["permutation_order"]

        def both(values):
            return ops.concatenate([values, ops.take(values, order, axis=0)], axis=1)

        return {**bounding_boxes, **{k: both(bounding_boxes[k]) for k in ("boxes", "labels")}}
