"""Methods that layers had from 0.x to tf.keras, and what says how a layer computes."""

import numpy as np
import pytest

import keras
from keras import backend as K
from keras import layers
from keras.config import legacy_report

X = np.arange(24.0).reshape(2, 4, 3).astype("float32") / 24


@pytest.fixture(scope="module")
def stack():
    return keras.Sequential([
        layers.Masking(0.0, input_shape=(4, 3)), layers.Dropout(0.5), layers.LSTM(2, return_sequences=True),
    ])  # fmt: skip


def test_functions_of_0x_begin_and_end_at_layers(stack):
    x = np.ones((64, 4, 3), "float32")
    dropout = stack.layers[1]
    plain = K.function([stack.layers[0].get_input()], [dropout.get_output(train=False)])
    np.testing.assert_array_equal(plain([x])[0], x)
    trained = K.function([stack.layers[0].get_input(train=False)], [dropout.get_output(train=True)])
    assert set(np.unique(trained([x])[0])) == {0.0, 2.0}
    assert dropout.supports_masked_input()
    assert dropout.get_output_mask() is not None
    assert stack.layers[2].get_input_mask() is not None
    assert stack.layers[0].get_input_mask(train=False) is None
    assert stack.get_output().shape == (None, 4, 2)


def test_layers_of_0x_and_1x_are_connected_with_each_other():
    first, second = layers.Dense(3), layers.Dense(2)
    first.create_input_layer((None, 4), name="entry")
    second.set_previous(first)
    assert second.output_shape == (None, 2)
    assert first.get_input().name == "entry"
    kernel = second.kernel
    second.clear_previous(reset_weights=False)
    second.set_input(keras.Input((3,)), shape=(None, 3))
    assert second.kernel is kernel
    second.clear_previous()
    assert not second.weights
    with pytest.raises(ValueError, match="`shape` is"):
        second.set_input(keras.Input((3,)), shape=(None, 4))
    with pytest.raises(ValueError, match="`connection_map` must be empty"):
        second.set_previous(first, {"a": "b"})
    both = layers.Concatenate()
    second.set_previous(first)
    both.add_inbound_node([first, second], node_indices=[0, 0])
    assert both.output_shape == (None, 5)


def test_masks_are_computed_by_the_names_of_each_year():
    mask = np.array([True, False])
    layer = layers.Activation("relu")
    assert layer.compute_mask(X) is None
    assert layer.compute_mask(input=X, input_mask=mask) is mask
    assert layer.compute_mask(X, mask=mask) is mask
    np.testing.assert_array_equal(layers.Masking(3.0).compute_mask(x=np.array([[[3.0], [1.0]]])), [[False, True]])
    assert layers.LSTM(2, return_sequences=True).compute_mask(X, mask=mask) is mask


def test_recurrent_layers_run_step_by_step_as_in_1x():
    for layer in (layers.LSTM(2), layers.GRU(2), layers.SimpleRNN(2)):
        wanted = layer(X)
        steps = layer.preprocess_input(K.constant(X))
        found = K.rnn(layer.step, steps, layer.get_initial_states(x=steps), constants=layer.get_constants(steps))
        np.testing.assert_allclose(found[0], wanted, rtol=1e-5, atol=1e-6)
        np.testing.assert_allclose(layer.call(inputs=K.constant(X)), wanted, rtol=1e-5, atol=1e-6)
        assert layer.get_initial_state(inputs=steps)[0].shape == (2, 2)
        assert layer.cell.get_initial_state(inputs=X, dtype="float32")[0].shape == (2, 2)
    with pytest.raises(ValueError, match="its states have dtype float32"):
        layer.cell.get_initial_state(batch_size=2, dtype="float16")


def test_a_step_of_ones_own_is_what_a_class_derived_from_a_recurrent_layer_does():
    class Halved(layers.LSTM):
        """Half of what an LSTM gives, with a constant of its own behind its masks."""

        def get_constants(self, x):
            """The masks of dropout, and a factor."""
            return [*super().get_constants(x), 0.5 + 0 * x[:, 0, :1]]

        def step(self, x, states):
            """A step of an LSTM, whose output and state are multiplied with the factor."""
            h, (_, c) = super().step(x, states)
            return h * states[4], [h * states[4], c]

    for arrangement in ("cpu", "gpu"):  # products with the inputs in advance, and at every step
        plain, halved = layers.LSTM(2, consume_less=arrangement), Halved(2, consume_less=arrangement)
        first = plain(X[:, :1])
        halved.build(X.shape)
        halved.set_weights(plain.get_weights())
        np.testing.assert_allclose(halved(X[:, :1]), 0.5 * first, rtol=1e-6)
        assert (halved.consume_less, halved.output_dim) == (arrangement, 2)
        np.testing.assert_array_equal(halved.U_f, plain.get_weights()[1][:, 2:4])


def test_cells_get_constants_and_sequences_may_have_time_first():
    class Shifted(layers.Layer):
        """The input plus a constant plus the state."""

        state_size = 3

        def build(self, input_shape):
            """Two shapes: of a step, and of the constant."""
            assert input_shape == [(2, 3), (2, 3)]

        def call(self, inputs, states, constants):
            """The sum of all three."""
            new = inputs + states[0] + constants[0]
            return new, [new]

    found = layers.RNN(Shifted())(X, constants=np.ones((2, 3), "float32"))
    np.testing.assert_allclose(found, X.sum(axis=1) + X.shape[1], rtol=1e-6)
    plain, swapped = layers.LSTM(2, return_sequences=True), layers.LSTM(2, return_sequences=True, time_major=True)
    wanted = plain(X)
    swapped.build(X.shape)
    swapped.set_weights(plain.get_weights())
    np.testing.assert_allclose(swapped(X.swapaxes(0, 1)), np.swapaxes(wanted, 0, 1), rtol=1e-6)
    again = layers.LSTM.from_config(swapped.get_config())
    assert again(X.swapaxes(0, 1)).shape == (X.shape[1], 2, 2)


def test_what_says_how_a_layer_computes_must_be_possible_here():
    with pytest.raises(ValueError, match=r"`constants` must be None. keras.layers.RNN\(cell\)"):
        layers.SimpleRNNCell(2).call(K.constant(X[:, 0]), [K.zeros((2, 2))], constants=[1])
    with pytest.raises(ValueError, match="Dense: `time_major` cannot be True here"):
        layers.Dense(2, time_major=True)
    with pytest.raises(ValueError, match="`implementation` cannot be 9"):
        layers.Activation("relu", implementation=9)
    layers.Dense(2, dynamic=False, cache_enabled=True)
    assert ("Dense", "dynamic", "(left out)") in legacy_report()


def test_masks_of_dropout_are_drawn_for_cells():
    cell = layers.LSTMCell(2, dropout=0.5, recurrent_dropout=0.5)
    assert cell.get_dropout_mask_for_cell(X[:, 0], training=False) is None
    masks = cell.get_dropout_mask_for_cell(X[:, 0], training=True, count=4)
    assert [m.shape for m in masks] == [(2, 3)] * 4
    assert set(np.unique(masks)) <= {0.0, 2.0}
    assert cell.get_recurrent_dropout_mask_for_cell(X[:, 0], training=True).shape == (2, 2)
    layer = layers.LSTM(2, dropout=0.5)
    layer.reset_dropout_mask()
    assert layer.get_dropout_mask_for_cell(X[:, 0], True).shape == (2, 3)


@pytest.mark.parametrize(
    ("layer", "kernel"),
    [(layers.Conv2DTranspose(2, 1, activation="relu"), (1, 1, 2, 3)), (layers.DepthwiseConv2D(1), (1, 1, 3, 1))],
    ids=["transposed", "depthwise"],
)
def test_convolutions_take_another_kernel(layer, kernel):
    x = -np.ones((1, 2, 2, 3), "float32")
    before = layer(x)
    found = layer.convolution_op(x, np.ones(kernel, "float32"))
    np.testing.assert_allclose(found, -3 if kernel[2] == 2 else -1)
    np.testing.assert_allclose(layer(x), before)
    with pytest.raises(ValueError, match="it has two kernels"):
        layers.SeparableConv2D(2, 1).convolution_op(x)


def test_convolutional_recurrent_layers_convolve():
    layer = layers.ConvLSTM2D(2, 3, data_format="channels_last")
    x, w = np.ones((1, 5, 5, 1), "float32"), np.ones((3, 3, 1, 4), "float32")
    np.testing.assert_allclose(layer.input_conv(x, w, np.ones(4, "float32")), np.full((1, 3, 3, 4), 10.0))
    np.testing.assert_allclose(layer.conv_step(x, w, border_mode="valid"), np.full((1, 3, 3, 4), 9.0))
    assert layer.recurrent_conv(x, w).shape == layer.conv_step_hidden(x, w, "same").shape == (1, 5, 5, 4)


def test_layers_that_learn_before_training_take_part_of_the_data():
    data = np.arange(8.0).reshape(8, 1)
    layer = layers.Normalization()
    layer.compile(run_eagerly=True)
    layer.adapt(data, batch_size=2, steps=2)
    np.testing.assert_allclose(np.ravel(layer.mean), 1.5)
    step = layer.make_adapt_function()
    layer.reset_state()
    step(iter([data]))
    layer.finalize_state()
    np.testing.assert_allclose(np.ravel(layer.mean), 3.5)
    with pytest.raises(ValueError, match="one batch at a time"):
        layer.compile(steps_per_execution=4)
    words = layers.StringLookup()
    words.adapt([["a"], ["b"], ["b"]], batch_size=1, steps=2)
    assert words.vocab_size() == words.vocabulary_size() == 3


def test_weights_are_normalised_when_it_is_asked_for():
    layer = layers.SpectralNormalization(layers.Dense(2), power_iterations=30)
    layer(np.ones((1, 3), "float32"))
    layer.normalize_weights()
    np.testing.assert_allclose(np.linalg.svd(layer.kernel.numpy())[1].max(), 1, rtol=1e-4)


def test_signatures_have_shapes_and_dtypes():
    found = layers.Dense(2).compute_output_signature(keras.KerasTensor((None, 3), "float32"))
    assert (found.shape, found.dtype) == ((None, 2), "float32")
    assert layers.Dense(2).finalize_state() is None


class Shown(layers.Layer):
    def call(self, x):
        self.add_metric(K.sum(x, axis=-1), name="row", aggregation="mean")
        return x


def test_values_that_layers_and_models_show_are_in_the_logs():
    x = keras.Input((3,))
    hidden = layers.Dense(1, kernel_initializer="ones")(Shown()(x))
    model = keras.Model(x, hidden)
    model.add_metric(K.max(hidden), name="peak")
    model.compile("sgd", "mse")
    data = np.arange(12.0).reshape(4, 3).astype("float32")
    logs = model.evaluate(data, np.zeros(4), verbose=0, return_dict=True)
    assert logs["row"] == pytest.approx(data.sum(axis=1).mean())
    assert logs["peak"] == pytest.approx(30)
    history = model.fit(data, np.zeros(4), epochs=2, batch_size=2, verbose=0).history
    assert history["row"] == pytest.approx([data.sum(axis=1).mean()] * 2)
    with pytest.raises(ValueError, match="give the value a `name`"):
        model.add_metric(hidden)
    with pytest.raises(ValueError, match="must be 'mean' or None"):
        model.add_metric(hidden, "a", aggregation="sum")
    with pytest.raises(ValueError, match="made of such tensors alone"):
        layers.Dense(1).add_metric(hidden, "a")
