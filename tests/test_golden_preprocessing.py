"""Layers for images and sounds, and functions of boxes, return what they return in Keras 3."""

import numpy as np
import pytest

from golden import ask_preprocessing as ask
from golden import compare, store

# These round values down to steps, and a value on the edge of a step falls to either side in float32.
ROUNDING = ("RandomPosterization", "RandAugment", "AugMix", "Equalization")


def of_file(name):
    return pytest.mark.parametrize("case", store.read(name), ids=store.name_of)


@of_file("boxes")
def test_function_of_boxes_returns_what_it_returns_in_keras_3(case):
    compare.assert_same(ask.ask_value(case), case["answers"], case["name"], absolute=1e-5)


@of_file("sounds")
def test_layer_for_sounds_returns_what_it_returns_in_keras_3(case):
    # logarithms of what transforms leave over from sums of large numbers
    compare.assert_same(ask.ask_value(case), case["answers"], case["name"], relative=1e-4, absolute=1e-5)


@of_file("images")
def test_layer_for_images_does_what_it_does_in_keras_3(case):
    got, expected = ask.ask_images(case), case["answers"]
    for part, results in expected.items():
        results = results if isinstance(results, dict) else {"result": results}
        mine = got[part] if isinstance(got[part], dict) else {"result": got[part]}
        for kind, value in results.items():
            # Keras 3 refuses labels, boxes and masks in one layer, where this library returns them as they are
            if not isinstance(value, str):
                assert_alike(mine[kind], value, f"{case['name']} {part} {kind}", case["name"].startswith(ROUNDING))


def assert_alike(got, expected, where, rounds):
    if isinstance(expected, dict):
        np.testing.assert_array_equal(got["labels"], expected["labels"], where)
        there = expected["labels"] != -1  # the numbers of boxes that are none mean nothing
        if got["boxes"].shape[:-1] != there.shape:
            there = np.ones(expected["boxes"].shape[:-1], bool)
        got, expected = got["boxes"][there], expected["boxes"][there]
    assert got.shape == expected.shape, where
    assert got.dtype == expected.dtype, where
    scale = max(1.0, np.abs(expected).max(initial=0))
    off = np.abs(got.astype("float64") - expected) > 1e-5 * scale
    assert np.mean(off) <= (0.02 if rounds else 0), where
