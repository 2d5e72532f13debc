"""`get_weights` and `set_weights` in the years of 1.x: which arrays, in which order, with which axes.

Shapes and outputs are those of Keras 1.2.2 on TensorFlow for the same arrays.
"""

import numpy as np
import pytest

import keras
from keras import backend as K
from keras import layers
from keras.legacy import era
from keras.models import Sequential


@pytest.fixture(autouse=True)
def in_1():
    with era.during("1.2"):
        yield


def fill(model):
    arrays = model.get_weights()
    model.set_weights([np.random.RandomState(i).uniform(-0.5, 0.5, w.shape) for i, w in enumerate(arrays)])
    return model


def outputs(model, count=4):
    shape = (2, *model.input_shape[1:])
    x = np.random.RandomState(7).uniform(-1, 1, shape).astype("float32")
    return np.asarray(model(x)).ravel()[:count]


def shapes(model):
    return [w.shape for w in model.get_weights()]


GATE = [(2, 3), (3, 3), (3,)]
FRAMES_FIRST = [(3, 2, 2, 3), (3, 3, 2, 3), (3,)]
FIRST = {"dim_ordering": "th"}
KEPT = {
    "LSTM": (lambda: layers.LSTM(3, input_shape=(4, 2)), GATE * 4, None),
    "LSTM gpu": (
        lambda: layers.LSTM(3, input_shape=(4, 2), consume_less="gpu"), [(2, 12), (3, 12), (12,)], None
    ),
    "GRU": (lambda: layers.GRU(3, input_shape=(4, 2), consume_less="mem"), GATE * 3, None),
    "two GRU": (
        lambda: layers.Bidirectional(layers.GRU(3, consume_less="gpu"), merge_mode="ave", input_shape=(4, 2)),
        [(2, 9), (3, 9), (9,)] * 2, None,
    ),
    "two LSTM": (
        lambda: layers.Bidirectional(layers.LSTM(3, return_sequences=True), merge_mode="sum", input_shape=(4, 2)),
        GATE * 8, [-0.2583, 0.1044, -0.0089, -0.1644],
    ),
    "two SimpleRNN": (
        lambda: layers.Bidirectional(layers.SimpleRNN(3), input_shape=(4, 2)),
        GATE * 2, None,
    ),
    "frames": (
        lambda: layers.ConvLSTM2D(3, 2, 3, border_mode="same", input_shape=(3, 2, 5, 6), **FIRST),
        FRAMES_FIRST * 4, [-0.142, -0.0245, -0.0668, -0.044],
    ),
    "sequence": (
        lambda: layers.Convolution1D(3, 2, input_shape=(5, 2)),
        [(2, 1, 2, 3), (3,)], [-0.1436, 0.0774, -0.5495, -0.1376],
    ),
    "images": (
        lambda: layers.Convolution2D(3, 2, 3, input_shape=(2, 5, 6), **FIRST),
        [(3, 2, 2, 3), (3,)], [-0.2743, -0.0863, -0.1395, 0.441],
    ),
    "images, over time": (
        lambda: layers.TimeDistributed(layers.Convolution2D(3, 2, 3, **FIRST), input_shape=(3, 2, 5, 6)),
        [(3, 2, 2, 3), (3,)], [-0.2743, -0.0863, -0.1395, 0.441],
    ),
    "transposed": (
        lambda: layers.Deconvolution2D(3, 2, 3, output_shape=(2, 6, 8, 3), input_shape=(5, 6, 2), dim_ordering="tf"),
        [(2, 3, 2, 3), (3,)], [-0.0992, -0.0048, -0.5053, -0.0813],
    ),
    "transposed, channels first": (
        lambda: layers.Deconvolution2D(3, 2, 3, output_shape=(2, 3, 6, 8), input_shape=(2, 5, 6), **FIRST),
        [(3, 2, 2, 3), (3,)], [-0.0875, -0.4681, -0.3206, -0.1359],
    ),
    "volumes": (
        lambda: layers.Convolution3D(3, 2, 3, 2, input_shape=(2, 5, 6, 4), **FIRST),
        [(3, 2, 2, 3, 2), (3,)], None,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", KEPT)
def test_arrays_are_those_of_1_2(name):
    make, wanted, first = KEPT[name]
    model = Sequential([make()])
    assert shapes(model) == wanted == shapes(model.layers[0])
    if first is not None:
        np.testing.assert_allclose(outputs(fill(model)), first, atol=6e-5)
    values = fill(model).get_weights()
    for i, value in enumerate(values):
        np.testing.assert_allclose(value, np.random.RandomState(i).uniform(-0.5, 0.5, value.shape), rtol=1e-6)


def test_arrays_of_a_later_year_are_taken_too_and_those_of_1_in_any():
    model = fill(Sequential([layers.GRU(3, input_shape=(4, 2))]))
    of_1 = model.get_weights()
    with era.during("3"):
        today = model.get_weights()
        assert [w.shape for w in today] == [(2, 9), (3, 9), (9,)]
        again = Sequential([keras.Input((4, 2)), layers.GRU(3, reset_after=False)])
        again.set_weights(of_1)
        np.testing.assert_array_equal(again.get_weights()[1], today[1])
    model.set_weights([w * 2 for w in today])
    np.testing.assert_array_equal(model.get_weights()[4], of_1[4] * 2)
    with pytest.raises(ValueError, match=r"has 9 weights in Keras 1\.2, but set_weights\(\) got 2"):
        model.set_weights(of_1[:2])
    with pytest.raises(ValueError, match="set_weights"):
        model.set_weights([w[:1] for w in of_1])


def test_a_model_within_a_model_lists_trained_weights_first():
    inner = Sequential([layers.Dense(3, input_shape=(4,)), layers.BatchNormalization(), layers.Dense(2)])
    assert shapes(inner) == [(4, 3), (3,), (3,), (3,), (3,), (3,), (3, 2), (2,)]
    outer = Sequential([layers.TimeDistributed(inner, input_shape=(5, 4))])
    wanted = [(4, 3), (3,), (3,), (3,), (3, 2), (2,), (3,), (3,)]
    assert shapes(outer) == wanted
    with era.during("2.2"):
        assert shapes(outer) == wanted
    fill(outer)
    np.testing.assert_array_equal(outer.get_weights()[4], inner.get_weights()[6])


class Listed(keras.layers.Layer):
    """A layer of 1.x around another, which lists what is trained."""

    def build(self, input_shape):
        self.rnn = layers.GRU(2, return_sequences=True)
        self.rnn.build(input_shape)
        self.left_out = layers.Dense(2)
        self.left_out.build(input_shape)
        self.W = self.add_weight((2, 3), initializer="uniform", name="W")
        self.trainable_weights = [*self.rnn.trainable_weights, self.W]

    def call(self, x, mask=None):
        return K.dot(self.rnn.call(x), self.W)

    def get_output_shape_for(self, input_shape):
        return (*input_shape[:2], 3)


def test_a_class_of_1_has_the_weights_that_it_lists_in_their_order():
    model = fill(Sequential([Listed(input_shape=(4, 2))]))
    assert shapes(model) == [(2, 2), (2, 2), (2,)] * 3 + [(2, 3)]
    np.testing.assert_allclose(outputs(model), [-0.1321, -0.076, -0.0604, -0.2328], atol=6e-5)
    assert not any(w is model.layers[0].left_out.kernel for w in model.weights)
