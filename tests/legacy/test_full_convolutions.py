"""`border_mode='full'`, which convolutions had with Theano: every place where the window meets the inputs."""

import numpy as np
import pytest

from keras import layers, models
from keras.legacy import era

X = np.arange(2 * 4 * 5 * 3, dtype="float32").reshape(2, 4, 5, 3) % 7


def test_a_full_convolution_is_numpys():
    with era.during("1.2"):
        layer = layers.Convolution1D(1, 3, border_mode="full", input_shape=(6, 1))
        model = models.Sequential([layer])
    row, kernel = np.arange(6.0), np.array([1.0, 2.0, 4.0])
    layer.set_weights([kernel[::-1].reshape(layer.kernel.shape), np.zeros(1)])
    assert model.output_shape == (None, 8, 1)
    np.testing.assert_allclose(model.predict(row.reshape(1, 6, 1)).ravel(), np.convolve(row, kernel, "full"))


@pytest.mark.parametrize(
    ("name", "args", "kwargs", "shape"),
    [
        ("Convolution2D", (2, 3, 2), {}, (None, 6, 6, 2)),
        ("Convolution2D", (2, 3, 2), {"subsample": (2, 2)}, (None, 3, 3, 2)),
        ("AtrousConvolution2D", (2, 3, 3), {"atrous_rate": (2, 2)}, (None, 8, 9, 2)),
    ],
)
def test_full_convolutions_know_their_shape_and_their_config(name, args, kwargs, shape):
    with era.during("1.2"):
        layer = getattr(layers, name)(*args, border_mode="full", dim_ordering="tf", input_shape=X.shape[1:], **kwargs)
        model = models.Sequential([layer])
        again = models.Sequential.from_config(model.get_config())
    again.set_weights(model.get_weights())
    found = model.predict(X)
    assert (model.output_shape, found.shape[1:]) == (shape, shape[1:])
    np.testing.assert_array_equal(again.predict(X), found)


def test_other_words_are_refused():
    with era.during("1.2"), pytest.raises(ValueError, match="'valid', 'same'"):
        layers.Convolution2D(2, 3, 3, border_mode="whole")
