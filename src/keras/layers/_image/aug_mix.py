"""AugMix: several changed versions of an image, mixed with it."""

from keras import ops, random
from keras._core import limits
from keras._core.checks import positive_integer, positive_number
from keras.layers._image.augmentations import EVERY, MOVING, TONES, Augmentations


class AugMix(Augmentations):
    """Mixes images with the mixture of several chains of changes (Hendrycks and others, 2020).

    `y = w x + (1 - w) sum of v[i] chain[i](x)`, with `w` drawn from Beta(alpha, alpha) and `v` from
    Dirichlet(alpha, ..., alpha), both once for a batch. A step of a chain is one of the layers of `RandAugment`, or
    nothing.

    Args:
        value_range: the lowest and the highest value that pixels have.
        num_chains: how many chains.
        chain_depth: how many steps each has at most.
        factor: how strongly the layers act, from 0 to 1; one number `f` means `(0, f)`.
        alpha: small numbers make one part of a mixture dominate.
        all_ops: whether brightness, contrast, colour and sharpness change, too. Without them nothing is done that
            common tests of robustness do.
        interpolation: 'nearest' or 'bilinear'.
        seed: an integer makes the same draws again in every run.
        data_format: 'channels_last' or 'channels_first'; the global setting if None.
        **kwargs: `bounding_box_format` and those of `Layer`.

    Call arguments:
        training: without training images stay as they are. True if left out.
    """

    def __init__(
        self, value_range=(0, 255), num_chains=3, chain_depth=3, factor=0.3, alpha=1.0, all_ops=True,
        interpolation="bilinear", seed=None, data_format=None, **kwargs,
    ):  # fmt: skip
        super().__init__(value_range, factor, interpolation, seed, data_format, **kwargs)
        self.num_chains = positive_integer("num_chains", num_chains, "AugMix")
        self.chain_depth = positive_integer("chain_depth", chain_depth, "AugMix")
        limits.check_repeats("num_chains * chain_depth", num_chains * chain_depth)
        self.alpha = positive_number("alpha", alpha, "AugMix")
        self.all_ops = bool(all_ops)

    def _names(self):
        return EVERY if self.all_ops else (*MOVING, *TONES)

    def draw(self, shape, seed):
        names = self._names()
        chosen = random.randint((self.num_chains, self.chain_depth), 0, len(names) + 1, seed=seed)
        shares = random.gamma((self.num_chains,), self.alpha, dtype="float32", seed=seed)
        return {
            "chain_mixing_weights": shares / ops.sum(shares),
            "weight_sample": random.beta((), self.alpha, self.alpha, dtype="float32", seed=seed),
            "chain_transforms": [
                [
                    {"layer_name": chosen[i, j], "transformation": self.draw_each(names, shape, seed)}
                    for j in range(self.chain_depth)
                ]
                for i in range(self.num_chains)
            ],
        }

    def transform_images(self, images, transformation=None, training=True):
        """The images mixed with changed versions of them."""
        return self._mixed("transform_images", images, transformation, training)

    def transform_segmentation_masks(self, segmentation_masks, transformation=None, training=True):
        """The masks mixed as the images are; shares of classes where there is one channel for each class."""
        return self._mixed("transform_segmentation_masks", segmentation_masks, transformation, training)

    def transform_bounding_boxes(self, bounding_boxes, transformation=None, training=True):
        """The boxes as they are: what is in them is still there, beside moved copies."""
        return bounding_boxes

    def _mixed(self, method, values, transformation, training):
        values = ops.cast(values, self.compute_dtype)
        if not self._acts(transformation, training):
            return values
        mixture = ops.zeros_like(values)
        for i, chain in enumerate(transformation["chain_transforms"]):
            changed = values
            for step in chain:
                changed = self._step(method, changed, step)
            mixture = mixture + changed * ops.cast(transformation["chain_mixing_weights"][i], values.dtype)
        weight = ops.cast(transformation["weight_sample"], values.dtype)
        return values * weight + mixture * (1 - weight)

    def _step(self, method, value, step):
        """One step: the layer with a name, or with a number among `_names`, where the last means none."""
        chosen, transformation = step["layer_name"], step["transformation"]
        if isinstance(chosen, str):
            return getattr(getattr(self, chosen), method)(value, transformation)
        branches = [
            lambda x, name=name: getattr(getattr(self, name), method)(x, transformation[name]) for name in self._names()
        ]
        return ops.switch(chosen, [*branches, lambda x: x], value)
