"""Layers, regularizers, constraints and callbacks as they were written against the base classes of earlier years."""

import os

import numpy as np
import pytest

import keras
from keras import backend as K
from keras import initializations, layers, regularizers
from keras.config import set_era

X = np.linspace(-1, 1, 18).reshape(6, 3).astype("float32")
Y = X[:, :2] ** 2


@pytest.fixture
def era_1():
    set_era("1")
    yield
    set_era("3")


@pytest.fixture
def era_2():
    set_era("2")
    yield
    set_era("3")


class Listing(layers.Layer):
    """Of 1.1: lists its regularizers and constraints, and has a variable that it does not list."""

    def build(self, input_shape):
        """A kernel that is listed and a factor that is not."""
        self.W = initializations.get("one")((input_shape[-1], 2), name="W")
        self.factor = K.variable(2.0)
        self.trainable_weights = [self.W]
        penalty = regularizers.l2(0.5)
        penalty.set_param(self.W)
        self.regularizers = [penalty]
        self.constraints = {self.W: keras.constraints.maxnorm(1)}

    def call(self, x, mask=None):
        """A product, times the factor."""
        return K.dot(x, self.W) * self.factor


@pytest.mark.usefixtures("era_1")
def test_what_a_layer_of_11_lists_is_trained_punished_and_constrained_and_nothing_else():
    model = keras.Sequential([Listing(input_shape=(3,))])
    assert [w.shape for w in model.get_weights()] == [(3, 2)]
    model.compile("sgd", "mse")
    expected = np.mean((2 * X.sum(axis=1, keepdims=True) - Y) ** 2) + 0.5 * 6
    assert model.train_on_batch(X, Y) == pytest.approx(expected, rel=1e-5)
    assert np.linalg.norm(model.get_weights()[0], axis=0) == pytest.approx([1, 1], rel=1e-5)
    assert K.get_value(model.layers[0].factor) == 2.0


class OfRelease0(layers.Layer):
    """Of 0.3: knows its input by `get_input`, and its shape by `input_shape`."""

    def __init__(self, output_dim, **kwargs):
        self.output_dim = output_dim
        super().__init__(**kwargs)
        self.input = K.placeholder(ndim=2)

    def build(self):
        """A kernel of ones."""
        self.W = K.variable(np.ones((self.input_shape[1], self.output_dim)))
        self.trainable_weights = [self.W]

    def get_output(self, train=False):
        """A product; twice as much in training."""
        return K.dot(self.get_input(train), self.W) * (2 if train else 1)


class Towards0(regularizers.Regularizer):
    """Of 0.3: is told its variable, and gets and returns the loss."""

    def set_param(self, p):
        """Remembers the variable."""
        self.p = p

    def __call__(self, loss):
        """The loss, and in training the sum of the variable."""
        return K.in_train_phase(loss + K.sum(self.p), loss)


class Listed(keras.optimizers.Optimizer):
    """Of 0.3: goes through variables, gradients and constraints side by side."""

    def __init__(self, lr=0.1, **kwargs):
        super().__init__(**kwargs)
        self.lr = K.variable(lr)

    def get_updates(self, params, constraints, loss):
        """A step against the gradient, with half of the step before."""
        updates = []
        for p, g, c in zip(params, self.get_gradients(loss, params), constraints):
            m = K.variable(np.zeros(K.get_value(p).shape))
            step = 0.5 * m - self.lr * g
            updates += [(m, step), (p, c(p + step))]
        return updates


@pytest.mark.usefixtures("era_1")
def test_classes_of_03_compute_as_they_did():
    last = layers.Dense(2, W_regularizer=Towards0(), weights=[np.ones((2, 2)), np.zeros(2)])
    model = keras.Sequential([OfRelease0(2, input_shape=(3,)), last])
    sums = X.sum(axis=1, keepdims=True) * np.ones((1, 2))
    np.testing.assert_allclose(model.predict(X, verbose=0), 2 * sums, rtol=1e-5)
    model.compile(Listed(0.01), "mse")
    assert model.train_on_batch(X, Y) == pytest.approx(np.mean((4 * sums - Y) ** 2) + 4, rel=1e-5)
    moved = model.get_weights()
    assert not np.allclose(moved[0], 1)
    assert np.allclose(moved[1], 1 - 0.01 * (1 + 2 * (np.mean((4 * sums - Y) * 2 * sums, axis=0) / 2)), atol=1e-4)


class OwnMask(layers.Layer):
    """Says before its base class is called that it understands masks, and ends them."""

    def __init__(self, **kwargs):
        self.supports_masking = True
        super().__init__(**kwargs)

    def compute_mask(self, inputs, mask=None):
        """None: there is no mask behind it."""
        return

    def call(self, x, mask=None):
        """The same."""
        return x


@pytest.mark.usefixtures("era_2")
def test_a_mask_ends_where_a_layer_says_so():
    inputs = keras.Input((3,), dtype="int32")
    masked = layers.Embedding(4, 2, mask_zero=True, weights=[np.arange(8.0).reshape(4, 2)])(inputs)
    means = [layers.GlobalAveragePooling1D()(x) for x in (OwnMask()(masked), masked)]
    plain, without_zeros = keras.Model(inputs, means).predict(np.array([[1, 3, 0]]), verbose=0)
    np.testing.assert_allclose(plain, [[8 / 3, 11 / 3]], rtol=1e-6)
    np.testing.assert_allclose(without_zeros, [[4, 5]], rtol=1e-6)


class Looking(keras.callbacks.Callback):
    """Looks at the validation data, which callbacks had until 2.3, and at the losses of batches, each its own."""

    losses = ()

    def on_batch_end(self, batch, logs=None):
        """Keeps the loss."""
        self.losses += (logs["loss"],)

    def on_epoch_end(self, epoch, logs=None):
        """Keeps how many rows there were."""
        self.seen = [np.shape(x) for x in self.validation_data[:3]]


@pytest.mark.usefixtures("era_2", "in_folder")
def test_callbacks_see_validation_data_and_losses_of_batches_and_files_need_no_ending():
    model = keras.Sequential([layers.Dense(2, input_dim=3)])
    model.compile("sgd", "mse")
    look = Looking()
    every_second = keras.callbacks.ModelCheckpoint("at_{epoch}", period=2)
    model.fit(X, Y, epochs=4, validation_split=0.5, callbacks=[look, every_second], verbose=0)
    assert look.seen == [(3, 3), (3, 2), (3,)]
    assert sorted(os.listdir()) == ["at_2", "at_4"]
    model.save_weights("weights")
    wanted = model.get_weights()
    model.set_weights([np.zeros_like(w) for w in wanted])
    model.load_weights("weights")
    np.testing.assert_array_equal(model.get_weights()[0], wanted[0])
    np.testing.assert_array_equal(keras.models.load_model("at_4").get_weights()[0], wanted[0])
    model.set_weights([np.zeros((3, 2)), np.zeros(2)])
    keras.backend.set_value(model.optimizer.lr, 0.0)
    look.losses = ()
    model.fit(X, Y, epochs=1, batch_size=4, shuffle=False, callbacks=[look], verbose=0)
    np.testing.assert_allclose(look.losses, [np.mean(Y[:4] ** 2), np.mean(Y[4:] ** 2)], rtol=1e-5)


@pytest.mark.usefixtures("era_2")
@pytest.mark.parametrize(("name", "epochs"), [("val_own", 2), ("val_my_acc_rate", 3), ("fmeasure", 3)])
def test_callbacks_watch_values_of_unknown_direction_as_in_2_3(name, epochs):
    callback, model = keras.callbacks.EarlyStopping(monitor=name), keras.Sequential([])
    callback.set_model(model)
    callback.on_train_begin()
    model.stop_training = False
    seen = 0
    while not model.stop_training and seen < 3:
        callback.on_epoch_end(seen, {name: 1.0 + seen})
        seen += 1
    assert seen == epochs


@pytest.mark.usefixtures("era_1")
def test_layers_and_tensors_have_their_older_attributes():
    convolution = layers.Convolution2D(4, 2, 3, border_mode="same", input_shape=(5, 5, 2))
    convolution.build((None, 5, 5, 2))
    assert (convolution.nb_filter, convolution.nb_row, convolution.nb_col) == (4, 2, 3)
    assert (convolution.border_mode, convolution.dim_ordering, convolution.W.shape) == ("same", "tf", (2, 3, 2, 4))
    with pytest.raises(AttributeError, match=r"'Conv.*2D' object has no attribute 'kernel_length'"):
        convolution.kernel_length  # noqa: B018
    symbol = keras.Input((5, 2))
    assert symbol._keras_shape == (None, 5, 2)
    assert symbol.get_shape().as_list() == [None, 5, 2]
    assert symbol.get_shape()[-1].value == 2
    x = keras.ops.convert_to_tensor(X)
    np.testing.assert_array_equal(x.dimshuffle(1, "x", 0), X.T[:, None, :])
    assert layers.K is K
    set_era("3")
    assert not hasattr(x, "dimshuffle")


@pytest.mark.usefixtures("era_2")
def test_a_decay_of_ones_own_is_not_made_twice():
    class Shrinking(keras.optimizers.Optimizer):
        """Weights lose a share of themselves, which goes by the name that the engine has for it."""

        def __init__(self, weight_decay, **kwargs):
            super().__init__(**kwargs)
            self.weight_decay = float(weight_decay)

        def get_updates(self, loss, params):
            """Nothing but the decay."""
            return [(p, p * (1 - self.weight_decay)) for p in params if self.weight_decay > 0]

    model = keras.Sequential([layers.Dense(2, input_dim=3, weights=[np.ones((3, 2)), np.ones(2)])])
    model.compile(Shrinking(0.25), "mse")
    model.train_on_batch(X, Y)
    np.testing.assert_allclose(model.get_weights()[0], np.full((3, 2), 0.75), rtol=1e-6)


def test_base_logger_averages_over_rows_as_2_3_did():
    logger = keras.callbacks.BaseLogger(stateful_metrics=["mae"])
    logger.on_epoch_begin(0)
    logger.on_batch_end(0, {"batch": 0, "size": 2, "a": 1.0, "mae": 5.0})
    logger.on_train_batch_end(1, {"batch": 1, "size": 1, "a": 4.0, "mae": 7.0})
    logs = {}
    logger.on_epoch_end(0, logs)
    assert logs == {"a": 2.0, "mae": 7.0}  # (2 * 1 + 1 * 4) / 3, and the last one
