"""CutMix: a part of each image comes from another one."""

from keras import ops, random
from keras.layers._image.image_layer import RandomImageLayer, by_image
from keras.layers._image.patches import patch_masks


class CutMix(RandomImageLayer):
    """Pastes a rectangle of another image of the batch into each image, and mixes labels (Yun and others, 2019).

    The share `w` of its own that an image keeps is drawn from Beta(a, a), with `a` drawn from `factor` once for a
    batch. `label = w * label + (1 - w) * other label`. A single image stays as it is, and boxes cannot be mixed.

    Args:
        factor: from 0 to 1; one number `f` means `(0, f)`.
        seed: an integer makes the same draws again in every run.
        data_format: 'channels_last' or 'channels_first'; the global setting if None.
        **kwargs: those of `Layer`.

    Call arguments:
        training: without training images stay as they are. True if left out.
    """

    factor_bounds = (0, 1)

    def __init__(self, factor=1.0, seed=None, data_format=None, **kwargs):
        super().__init__(factor=factor, seed=seed, data_format=data_format, **kwargs)

    def draw(self, shape, seed):
        if len(shape) == 3:
            return None
        count, (height, width) = shape[0], self.size_of(shape)
        # Beta(0, 0) does not exist; this is as near as float32 comes
        alpha = ops.maximum(random.uniform((), *self.factor, "float32", seed), 1e-3)
        weight = random.beta((count,), alpha, alpha, dtype="float32", seed=seed)
        side = ops.sqrt(1 - weight)
        masks = patch_masks(height, width, side, side, seed)
        masks = ops.moveaxis(masks, -1, 1) if self.data_format == "channels_first" else masks
        return {
            "permutation_order": random.shuffle(ops.arange(count, dtype="int32"), seed=seed),
            "batch_masks": ops.broadcast_to(masks, shape),
            "mix_weight": ops.reshape(weight, (-1, 1, 1, 1)),
        }

    moves_pixels = True

    def change(self, images, transformation):
        masks = ops.convert_to_tensor(transformation["batch_masks"])
        masks = ops.moveaxis(masks, 1, -1) if self.data_format == "channels_first" else masks
        others = ops.take(images, transformation["permutation_order"], axis=0)
        return ops.where(masks[..., :1], others, images)

    def transform_labels(self, labels, transformation=None, training=True):
        """The labels mixed as the images are."""
        if not self._acts(transformation, training):
            return labels
        return mixed(ops.cast(labels, self.compute_dtype), transformation)

    def transform_bounding_boxes(self, bounding_boxes, transformation=None, training=True):
        """Refused: a box whose half was pasted over has no meaning."""
        raise NotImplementedError("CutMix: boxes cannot be mixed. Use MixUp, which keeps the boxes of both images.")


def mixed(values, transformation):
    """`w * value + (1 - w) * value of the other image`."""
    weight = ops.cast(by_image(transformation["mix_weight"], len(values.shape)), values.dtype)
    others = ops.take(values, transformation["permutation_order"], axis=0)
    return values * weight + others * (1 - weight)
