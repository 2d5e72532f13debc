"""Recurrent layers and cells written against base classes of 1.x, 2.x and tf.keras."""

import numpy as np
import pytest

import keras
from keras import backend as K
from keras import layers
from keras.layers import recurrent
from keras.legacy.era import during


class Summing(recurrent.Recurrent):
    """Written for 1.x: the state is the sum of the inputs so far, the output twice that."""

    def __init__(self, output_dim, **kwargs):
        self.output_dim = output_dim
        super().__init__(**kwargs)

    def build(self, input_shape):
        self.input_spec = [layers.InputSpec(shape=input_shape)]
        self.W = self.add_weight((input_shape[2], self.output_dim), initializer="one", name="W")
        if self.stateful:
            self.reset_states()
        else:
            self.states = [None]
        self.built = True

    def step(self, x, states):
        total, factor = states[0] + K.dot(x, self.W), states[1]
        return total * factor, [total]

    def get_constants(self, x):
        return [2.0]


X = np.arange(12.0).reshape(2, 3, 2).astype("float32")
SUMS = X.sum(axis=2).cumsum(axis=1)


def test_a_recurrent_layer_of_ones_own_runs_over_the_steps():
    found = Summing(4)(X)
    np.testing.assert_allclose(found, np.repeat(2 * SUMS[:, -1:], 4, axis=1))
    found = Summing(4, return_sequences=True)(X)
    np.testing.assert_allclose(found[..., 0], 2 * SUMS)
    found = Summing(4, go_backwards=True, return_sequences=True, unroll=True)(X)
    np.testing.assert_allclose(found[..., 0], 2 * X.sum(axis=2)[:, ::-1].cumsum(axis=1))
    output, state = Summing(1, return_state=True)(X, initial_state=[np.full((2, 1), 5.0, "float32")])
    np.testing.assert_allclose(state[:, 0], SUMS[:, -1] + 5)
    np.testing.assert_allclose(output, 2 * state)


def test_it_leaves_masked_steps_out_and_knows_its_shape():
    model = keras.Sequential([layers.Masking(0.0, input_shape=(3, 2)), Summing(4, return_sequences=True)])
    x = X.copy()
    x[:, 1] = 0
    found = model.predict(x, verbose=0)
    assert model.output_shape == (None, 3, 4)
    np.testing.assert_allclose(found[:, 2, 0], 2 * (x[:, 0] + x[:, 2]).sum(axis=1))
    np.testing.assert_allclose(found[:, 1], found[:, 0])
    assert Summing(4, input_dim=2, input_length=3)._first_shape == (None, 3, 2)


def test_it_keeps_states_from_batch_to_batch():
    layer = Summing(1, stateful=True, batch_input_shape=(2, 3, 2))
    first, second = layer(X), layer(X)
    np.testing.assert_allclose(second, 2 * first)
    layer.reset_states()
    np.testing.assert_allclose(layer(X), first)
    layer.reset_states([np.ones((2, 1))])
    np.testing.assert_allclose(layer(X), first + 2)
    with pytest.raises(ValueError, match=r"has 1 states. reset_states\(\) got 2"):
        layer.reset_states([1, 2])
    with pytest.raises(AttributeError, match="is not stateful"):
        Summing(1).reset_states()
    with pytest.raises(ValueError, match="needs its size in `units`"):
        type("Sum", (recurrent.Recurrent,), {})().compute_output_shape((2, 3, 4))
    with pytest.raises(TypeError, match="no layer by itself"):
        recurrent.Recurrent(input_shape=(3, 4))


class ConvSum(layers.ConvRecurrent2D):
    """Adds the sums of windows up."""

    def build(self, input_shape):
        self.states = [None]
        self.kernel = self.add_weight((*self.kernel_size, input_shape[-1], self.filters), "ones", name="kernel")

    def step(self, x, states):
        total = states[0] + K.conv2d(x, self.kernel, padding=self.padding, data_format=self.data_format)
        return total, [total]


def test_a_recurrent_layer_on_frames_has_states_of_their_shape():
    x = np.ones((1, 2, 4, 4, 3), "float32")
    layer = ConvSum(nb_filter=2, nb_row=3, nb_col=3, dim_ordering="tf", border_mode="valid")
    assert layer.compute_output_shape((None, 2, 4, 4, 3)) == (None, 2, 2, 2)
    np.testing.assert_allclose(layer(x), np.full((1, 2, 2, 2), 2 * 27))
    assert ConvSum(2, (3, 3), return_sequences=True, data_format="channels_last")(x).shape == (1, 2, 2, 2, 2)


def test_the_cell_of_a_convolutional_lstm_gives_what_the_layer_gives():
    x = np.random.RandomState(0).rand(2, 3, 5, 5, 2).astype("float32")
    whole = layers.ConvLSTM2D(3, (3, 3), padding="same", recurrent_activation="hard_sigmoid")
    wanted = whole(x)
    cell = layers.ConvLSTM2DCell(3, (3, 3), padding="same")
    apart = layers.convolutional_recurrent.ConvRNN2D(cell)
    apart.build(x.shape)
    cell.set_weights(whole.get_weights())
    np.testing.assert_allclose(apart(x), wanted, rtol=1e-5, atol=1e-6)
    first = cell.input_conv(x[:, 0], cell.kernel, cell.bias, padding="same")
    assert K.int_shape(first) == (2, 5, 5, 12)
    assert K.int_shape(cell.recurrent_conv(first[..., :3], cell.recurrent_kernel)) == (2, 5, 5, 12)
    with pytest.raises(ValueError, match="`unroll` must be False"):
        layers.convolutional_recurrent.ConvRNN2D(cell, unroll=True)


def test_a_cell_of_tf_keras_runs():
    class Minimal(layers.AbstractRNNCell):
        def __init__(self, units, **kwargs):
            self.units = units
            super().__init__(**kwargs)

        @property
        def state_size(self):
            return self.units

        @property
        def output_size(self):
            return self.units

        def build(self, input_shape):
            self.kernel = self.add_weight(shape=(input_shape[-1], self.units), initializer="ones", name="kernel")
            self.built = True

        def call(self, inputs, states):
            h = K.dot(inputs, self.kernel) + states[0]
            return h, [h]

    np.testing.assert_allclose(layers.RNN(Minimal(4))(X), np.repeat(SUMS[:, -1:], 4, axis=1))
    assert Minimal(4).get_initial_state(batch_size=3).shape == (3, 4)
    with pytest.raises(NotImplementedError, match="needs a `state_size`"):
        layers.AbstractRNNCell().state_size  # noqa: B018


def test_gates_with_peepholes_see_the_memory():
    cell = keras.experimental.PeepholeLSTMCell(1, activation="linear", recurrent_activation="linear",
                                               unit_forget_bias=False, kernel_initializer="ones",
                                               recurrent_initializer="ones")  # fmt: skip
    x, h, c = 2.0, 3.0, 0.5
    output, (h_new, c_new) = cell(np.array([[x]]), [np.array([[h]]), np.array([[c]])])
    z = x + h  # of each gate
    memory = (z + c) * c + (z + c) * z
    np.testing.assert_allclose(c_new, [[memory]])
    np.testing.assert_allclose(output, [[(z + memory) * memory]])
    np.testing.assert_allclose(h_new, output)


def test_the_dense_function_of_recurrent_layers_checks_its_sizes():
    w = np.ones((2, 3), "float32")
    found = recurrent.time_distributed_dense(X, w, np.array([1.0, 0.0, 0.0]), input_dim=2, output_dim=3, timesteps=3)
    np.testing.assert_allclose(found[..., 0], X.sum(axis=2) + 1)
    dropped = np.asarray(recurrent.time_distributed_dense(np.ones((50, 2, 2), "float32"), w, dropout=0.5))
    np.testing.assert_allclose(dropped[:, 0], dropped[:, 1])  # the same at all steps
    assert set(np.unique(dropped)) <= {0.0, 2.0, 4.0}
    with pytest.raises(ValueError, match="`timesteps` is 4, but it is 3"):
        recurrent.time_distributed_dense(X, w, timesteps=4)


def test_a_derived_layer_may_call_its_first_argument_inputs():
    class Scaled(layers.LSTM):
        def call(self, inputs, factor=1, mask=None, training=None, initial_state=None):
            return super().call(inputs * factor, mask, training, initial_state)

    with during("2.3"):
        inputs = layers.Input((3, 2))
        y, h, c = Scaled(2, return_state=True, return_sequences=True)(inputs)
        model = keras.Model(inputs, Scaled(2)(y, factor=2, initial_state=[h, c]))
        model.set_weights([np.linspace(-1, 1, w.size).reshape(w.shape) for w in model.get_weights()])
        found = model.predict(np.linspace(-1, 1, 12).reshape(2, 3, 2))
    # values of 2.3.1
    np.testing.assert_allclose(found, [[0.104305, 0.297833], [0.137534, 0.359819]], rtol=1e-4)


@pytest.mark.parametrize(("era", "shown"), [("2.2", "sum:[1. 2.]\n"), ("2.3", "sum: [1. 2.]\n")])
def test_printed_tensors_stand_behind_a_space_from_2_3_on(era, shown, capfd):
    with during(era):
        K.eval(K.print_tensor(K.constant([1.0, 2.0]), "sum:"))
    assert capfd.readouterr().out == shown
