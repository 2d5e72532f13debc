"""Layers for images and sounds keep the contract of every layer."""

import numpy as np
import pytest

from keras import layers

from .contract import (
    LAYER_CHECKS,
    Case,
    it_computes_in_the_dtype_of_its_policy,
    it_refuses_an_unknown_argument,
    its_gradient_is_the_slope,
    name_of,
)

IMAGES = (2, 4, 6, 3)


class Images(Case):
    """A case whose inputs are values of pixels, and which is used without training unless a check asks for it."""

    def inputs(self, dtype=None):
        pixels = np.random.default_rng(3).uniform(0, 255, size=self.shape)
        return pixels.astype(dtype or self.dtype)


def drawn(layer, arguments, **more):
    """A layer that draws; without training it leaves images alone or cuts out their middle."""
    return Images(layer, arguments, IMAGES, call={"training": False}, random=True, **more)


CASES = [
    drawn(layers.RandomBrightness, {"factor": 0.5}),
    drawn(layers.RandomColorDegeneration, {"factor": 0.5}),
    drawn(layers.RandomColorJitter, {"brightness_factor": 0.2, "hue_factor": 0.3, "saturation_factor": 0.3}),
    drawn(layers.RandomContrast, {"factor": 0.5}),
    drawn(layers.RandomCrop, {"height": 2, "width": 3}),
    drawn(layers.RandomElasticTransform, {"factor": 1.0}),
    drawn(layers.RandomErasing, {"factor": 1.0, "fill_value": 3.0}),
    drawn(layers.RandomFlip, {"mode": "horizontal"}),
    drawn(layers.RandomGaussianBlur, {"factor": 1.0}),
    drawn(layers.RandomGrayscale, {"factor": 0.5}),
    drawn(layers.RandomHue, {"factor": 0.5}),
    drawn(layers.RandomInvert, {"factor": 0.5}),
    drawn(layers.RandomPerspective, {"factor": 1.0}),
    drawn(layers.RandomPosterization, {"factor": 4}),
    drawn(layers.RandomRotation, {"factor": 0.5}),
    drawn(layers.RandomSaturation, {"factor": 0.5}),
    drawn(layers.RandomSharpness, {"factor": 0.5}),
    drawn(layers.RandomShear, {"x_factor": 0.3}),
    drawn(layers.RandomTranslation, {"height_factor": 0.2, "width_factor": (0.1, 0.3)}),
    drawn(layers.RandomZoom, {"height_factor": 0.2}),
    drawn(layers.Solarization, {"threshold_factor": 0.4}),
    drawn(layers.CutMix, {}),
    drawn(layers.MixUp, {}),
    drawn(layers.RandAugment, {"num_ops": 1}),
    drawn(layers.AugMix, {"num_chains": 1, "chain_depth": 1}),
    Images(layers.AutoContrast, {}, IMAGES),
    Images(layers.Equalization, {}, IMAGES, mixes_samples=True),  # one histogram of the batch, as in Keras 3
    Images(layers.ContrastLimitedAdaptiveHistogramEqualization, {"tile_grid_size": (2, 2)}, IMAGES),
    Images(layers.CenterCrop, {"height": 2, "width": 3}, IMAGES),
    Images(layers.CenterCrop, {"height": 5, "width": 3}, IMAGES),
    Images(layers.Resizing, {"height": 2, "width": 3}, IMAGES),
    Images(layers.Resizing, {"height": 5, "width": 5, "pad_to_aspect_ratio": True}, IMAGES),
    Images(layers.MaxNumBoundingBoxes, {"max_number": 2}, IMAGES),
    Images(layers.Rescaling, {"scale": [1.0, 2.0, 3.0], "offset": 1.0}, IMAGES),
    Images(layers.Rescaling, {"scale": 0.5}, IMAGES, (), "uint8"),
    Images(
        layers.Pipeline, {"layers": [layers.Rescaling(0.5, name="half"), layers.CenterCrop(2, 3, name="cut")]}, IMAGES,
    ),
    Case(
        layers.STFTSpectrogram, {"mode": "psd", "frame_length": 8, "frame_step": 4, "fft_length": 8}, (2, 20, 2),
        ("real_kernel", "imag_kernel"),
    ),
    # decibels are those below the loudest of the batch
    Case(
        layers.MelSpectrogram, {"fft_length": 8, "sequence_stride": 4, "num_mel_bins": 3}, (2, 20), mixes_samples=True,
    ),
]  # fmt: skip

# what a layer cannot be asked: a Pipeline takes layers and a name, as in Keras 3; and pixels rounded to 16 bits have
# another histogram
NOT_ASKED = {
    layers.Pipeline: (
        it_computes_in_the_dtype_of_its_policy, its_gradient_is_the_slope, it_refuses_an_unknown_argument,
    ),
    layers.ContrastLimitedAdaptiveHistogramEqualization: (it_computes_in_the_dtype_of_its_policy,),
}  # fmt: skip
PAIRS = [(check, case) for case in CASES for check in LAYER_CHECKS if check not in NOT_ASKED.get(case.layer, ())]


@pytest.mark.parametrize(("check", "case"), PAIRS, ids=[f"{name_of(c)}-{name_of(k)}" for k, c in PAIRS])
def test_layers_for_images_and_sounds_keep_the_contract(check, case):
    check(case)
