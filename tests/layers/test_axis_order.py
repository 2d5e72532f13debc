"""Images whose axes are in the other order: the error says so, and names the setting."""

import numpy as np
import pytest

import keras
from keras import layers

LAST = {"data_format": "channels_last"}
FIRST = {"data_format": "channels_first"}
WRONG = [
    (lambda: layers.Conv2D(4, 3, input_shape=(1, 28, 28), **LAST), "channels_first"),
    (lambda: layers.SeparableConv2D(4, 5, input_shape=(3, 32, 32), **LAST), "channels_first"),
    (lambda: layers.MaxPooling2D(4, input_shape=(3, 32, 32), **LAST), "channels_first"),
    (lambda: layers.Cropping2D(2, input_shape=(3, 32, 32), **LAST), "channels_first"),
    (lambda: layers.Conv3D(4, 3, input_shape=(1, 8, 8, 8), **LAST), "channels_first"),
    (lambda: layers.Conv2D(4, 5, input_shape=(32, 32, 3), **FIRST), "channels_last"),
    (lambda: layers.AveragePooling2D(4, input_shape=(32, 32, 3), **FIRST), "channels_last"),
]


@pytest.mark.parametrize(("make", "setting"), WRONG, ids=range(len(WRONG)))
def test_windows_that_do_not_fit_into_what_looks_like_channels(make, setting):
    with pytest.raises(ValueError, match=rf"looks like \(batch(.|\n)*set_image_data_format\('{setting}'\)"):
        keras.Sequential([make()])


def test_data_in_the_other_order_than_the_model():
    for settings, shape, other, setting in (
        (LAST, (28, 28, 1), (2, 1, 28, 28), "channels_first"), (FIRST, (1, 28, 28), (2, 28, 28, 1), "channels_last"),
    ):  # fmt: skip
        model = keras.Sequential([keras.Input(shape), layers.Conv2D(4, 3, **settings)])
        with pytest.raises(ValueError, match=rf"KERAS_IMAGE_DATA_FORMAT={setting}"):
            model.predict(np.zeros(other), verbose=0)


@pytest.mark.parametrize(
    "make",
    [
        lambda: layers.Conv2D(4, 7, input_shape=(5, 9, 1)), lambda: layers.Conv2D(4, 5, input_shape=(3, 3, 64)),
        lambda: layers.Conv1D(4, 9, input_shape=(3, 32)),
    ],
    ids=["5x9x1", "3x3x64", "3x32"],
)  # fmt: skip
def test_small_inputs_are_no_channels(make):
    with pytest.raises(ValueError, match="do not fit") as caught:
        keras.Sequential([make()])
    assert "looks like" not in str(caught.value)
