"""What recurrent layers and cells compute, step by step."""

import gc
import weakref

import jax
import numpy as np
import pytest

import keras
from keras import layers, ops

ONES = np.ones((2, 12, 3), "float32")


def assert_close(got, wanted, tolerance=1e-5):
    np.testing.assert_allclose(np.asarray(got), wanted, rtol=tolerance, atol=tolerance)


def steps(*values):
    """One sequence with one feature."""
    return np.array(values, "float32")[None, :, None]


def mask(*values):
    return np.array(values, bool)[None]


def summing(**kwargs):
    """A layer whose output is the sum of the steps so far: every weight is one, the activation changes nothing."""
    return layers.SimpleRNN(
        1, activation=None, kernel_initializer="ones", recurrent_initializer="ones", use_bias=False, **kwargs
    )


def summing_cell(**kwargs):
    return layers.RNN(summing().cell, **kwargs)


class Sum(layers.Layer):
    """A cell of a user's own, as short as it can be."""

    state_size = 1

    def call(self, inputs, states):
        total = states[0] + inputs
        return total, [total]


def summing_own_cell(**kwargs):
    return layers.RNN(Sum(), **kwargs)


EVERY_SUM = pytest.mark.parametrize("summing", [summing, summing_cell, summing_own_cell])


def flat(y):
    return np.asarray(y).ravel().tolist()


# --- what a step hands to the next


@EVERY_SUM
@pytest.mark.parametrize("unroll", [False, True])
def test_states_go_from_step_to_step(summing, unroll):
    assert flat(summing(unroll=unroll)(steps(1, 2, 4))) == [7]
    assert flat(summing(unroll=unroll, return_sequences=True)(steps(1, 2, 4))) == [1, 3, 7]
    assert flat(summing(unroll=unroll, return_sequences=True, go_backwards=True)(steps(1, 2, 4))) == [4, 6, 7]
    output, state = summing(unroll=unroll, return_sequences=True, return_state=True)(steps(1, 2, 4))
    assert (flat(output), flat(state)) == ([1, 3, 7], [7])


@EVERY_SUM
@pytest.mark.parametrize("unroll", [False, True])
def test_a_masked_step_keeps_state_and_output(summing, unroll):
    layer = summing(unroll=unroll, return_sequences=True, return_state=True)
    x, holes = steps(1, 2, 4, 8), mask(0, 1, 0, 1)
    output, state = layer(x, mask=holes)
    assert (flat(output), flat(state)) == ([0, 2, 2, 10], [10])
    output, state = layer(x, mask=holes, initial_state=[np.full((1, 1), 100.0)])
    assert (flat(output), flat(state)) == ([100, 102, 102, 110], [110])
    assert flat(summing(unroll=unroll)(x, mask=mask(1, 1, 0, 0))) == [3]
    assert flat(summing(unroll=unroll)(x, mask=mask(0, 0, 0, 0))) == [0]


@EVERY_SUM
def test_masks_go_backwards_with_their_sequence(summing):
    layer = summing(go_backwards=True, return_sequences=True)
    assert flat(layer(steps(1, 2, 4, 8), mask=mask(1, 1, 0, 1))) == [8, 8, 10, 11]


@EVERY_SUM
@pytest.mark.parametrize("unroll", [False, True])
def test_masked_outputs_are_zero_on_demand_and_states_are_not(summing, unroll):
    layer = summing(zero_output_for_mask=True, return_sequences=True, return_state=True, unroll=unroll)
    output, state = layer(steps(1, 2, 4, 8), mask=mask(0, 1, 1, 0))
    assert (flat(output), flat(state)) == ([0, 2, 6, 0], [6])
    assert flat(summing(zero_output_for_mask=True, unroll=unroll)(steps(1, 2), mask=mask(1, 0))) == [0]


def test_a_mask_may_be_numbers_and_have_a_last_axis_of_one():
    layer = summing()
    assert flat(layer(steps(1, 2, 4), mask=np.array([[1.0, 0.0, 1.0]]))) == [5]
    assert flat(layer(steps(1, 2, 4), mask=mask(1, 0, 1)[:, :, None])) == [5]
    with pytest.raises(ValueError, match=r"takes a mask of shape \(batch, time\), here \(1, 3\)"):
        layer(steps(1, 2, 4), mask=mask(1, 0))


def test_masks_of_layers_before_are_seen_and_passed_on():
    masked = layers.Masking()(steps(1, 0, 4))
    sums = summing(return_sequences=True)(masked)
    assert flat(sums) == [1, 1, 5]
    assert np.asarray(sums._keras_mask).tolist() == [[True, False, True]]
    assert flat(summing()(sums)) == [6]
    assert getattr(summing()(masked), "_keras_mask", None) is None


@EVERY_SUM
def test_one_time_step_is_enough_and_none_is_an_error(summing):
    assert flat(summing(return_sequences=True)(steps(3))) == [3]
    with pytest.raises(ValueError, match="at least one time step"):
        summing()(np.zeros((2, 0, 1)))


# --- the formulas, in NumPy


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def lstm_step(x, h, c, w, u, b):
    i, f, g, o = np.split(x @ w + h @ u + b, 4, axis=-1)
    c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(c), c


def gru_step(x, h, w, u, b, reset_after):
    bx, bh = b if reset_after else (b, np.zeros_like(b))
    n = h.shape[-1]
    x = x @ w + bx
    z, r = (sigmoid(x[:, k] + h @ u[:, k] + bh[k]) for k in (slice(n), slice(n, 2 * n)))
    last = slice(2 * n, None)
    inner = r * (h @ u[:, last] + bh[last]) if reset_after else (r * h) @ u[:, last]
    return z * h + (1 - z) * np.tanh(x[:, last] + inner)


def with_random_weights(layer, shape=(2, 12, 3)):
    layer.build(shape)
    draw = np.random.default_rng(0)
    layer.set_weights([draw.normal(size=w.shape) for w in layer.weights])
    return layer


@pytest.mark.parametrize("length", [3, 12])
def test_lstm_follows_its_formula(length):
    layer = with_random_weights(layers.LSTM(4, return_sequences=True, return_state=True))
    x = np.random.default_rng(1).normal(size=(2, length, 3)).astype("float32")
    h = c = np.zeros((2, 4))
    wanted = []
    for t in range(length):
        h, c = lstm_step(x[:, t], h, c, *layer.get_weights())
        wanted.append(h)
    output, last_h, last_c = layer(x)
    assert_close(output, np.stack(wanted, 1))
    assert_close(last_h, h)
    assert_close(last_c, c)
    assert_close(layers.RNN(layer.cell)(x), h)


@pytest.mark.parametrize("reset_after", [True, False])
def test_gru_follows_its_formula(reset_after):
    layer = with_random_weights(layers.GRU(4, reset_after=reset_after))
    x = np.random.default_rng(1).normal(size=(2, 12, 3)).astype("float32")
    h = np.zeros((2, 4))
    for t in range(12):
        h = gru_step(x[:, t], h, *layer.get_weights(), reset_after)
    assert_close(layer(x), h)


def test_the_forget_gate_starts_open():
    layer = layers.LSTM(2)
    layer.build((1, 2, 3))
    assert flat(layer.cell.bias) == [0, 0, 1, 1, 0, 0, 0, 0]
    closed = layers.LSTM(2, unit_forget_bias=False)
    closed.build((1, 2, 3))
    assert flat(closed.cell.bias) == [0] * 8


# --- kernels and plain loops


class OwnLSTMCell(layers.LSTMCell):
    """The same computation through the loop for cells of a user's own."""

    def call(self, inputs, states, training=False):
        return super().call(inputs, states, training)


class OwnGRUCell(layers.GRUCell):
    def call(self, inputs, states, training=False):
        return super().call(inputs, states, training)


class OwnSimpleRNNCell(layers.SimpleRNNCell):
    def call(self, sequence, states, training=False):
        return super().call(sequence, states, training)


@pytest.mark.parametrize(
    ("cell", "own", "arguments"),
    [
        (layers.LSTMCell, OwnLSTMCell, {}),
        (layers.LSTMCell, OwnLSTMCell, {"recurrent_activation": "hard_sigmoid", "activation": "softmax"}),
        (layers.GRUCell, OwnGRUCell, {}),
        (layers.GRUCell, OwnGRUCell, {"reset_after": False, "recurrent_activation": "hard_sigmoid"}),
        (layers.GRUCell, OwnGRUCell, {"activation": "softsign"}),
        (layers.SimpleRNNCell, OwnSimpleRNNCell, {"activation": "softsign"}),
    ],
)
@pytest.mark.parametrize("length", [5, 12])
@pytest.mark.parametrize("rows", [2, 20])  # with more rows, inputs and outputs are multiplied at once
def test_kernels_have_values_and_gradients_of_the_plain_loop(cell, own, arguments, length, rows):
    arguments = {**arguments, "dropout": 0.3, "recurrent_dropout": 0.3, "seed": 5}
    kernel, plain = (with_random_weights(layers.RNN(c(4, **arguments), return_sequences=True)) for c in (cell, own))
    draw = np.random.default_rng(2)
    x, kept = draw.normal(size=(rows, length, 3)).astype("float32"), draw.random((rows, length)) < 0.7
    factor = draw.normal(size=(rows, length, 4)).astype("float32")

    def total(layer, weights, x):
        others = [v.value for v in layer.non_trainable_variables]
        y, _ = layer.stateless_call(weights, others, x, mask=kept, training=True)
        return (y * factor).sum()

    weights = [v.value for v in kernel.trainable_variables]
    assert kernel.cell.runs_whole
    assert not plain.cell.runs_whole
    found, wanted = (jax.value_and_grad(total, (1, 2))(layer, weights, x) for layer in (kernel, plain))
    for one, other in zip(jax.tree.leaves(found), jax.tree.leaves(wanted), strict=True):
        assert_close(one, np.asarray(other), 1e-4)
    assert_close(total(kernel, weights, x), np.asarray(wanted[0]), 1e-4)  # another loop where no gradient is wanted


class Scaled(layers.Layer):
    """A layer whose recurrent part uses an activation that reads a weight."""

    def __init__(self, recurrent):
        super().__init__()
        self.factor = self.add_weight(shape=(), initializer="ones")
        self.recurrent = recurrent(3, activation=lambda x: ops.tanh(x) * self.factor)

    def call(self, x):
        return self.recurrent(x)


@pytest.mark.parametrize("recurrent", [layers.LSTM, layers.GRU, layers.SimpleRNN])
def test_weights_that_an_activation_reads_get_gradients(recurrent):
    layer = Scaled(recurrent)
    layer(ONES)
    weights = [v.value for v in layer.trainable_variables]

    @jax.jit
    def total(weights):
        return layer.stateless_call(weights, [], ONES)[0].sum()

    assert layer.trainable_variables[0] is layer.factor
    slope = jax.grad(total)(weights)[0]
    above, below = (total([weights[0] + step, *weights[1:]]) for step in (1e-2, -1e-2))
    assert_close(slope, (above - below) / 2e-2, 1e-2)


def test_gradients_of_gradients_exist():
    layer = with_random_weights(layers.LSTM(2))

    def slope(x):
        return (jax.grad(lambda x: layer(x).sum())(x) ** 2).sum()

    x = np.random.default_rng(0).normal(size=(1, 10, 3)).astype("float32")
    direction = np.ones_like(x)
    found = float((jax.grad(slope)(x) * direction).sum())
    assert_close(found, (float(slope(x + 1e-2)) - float(slope(x - 1e-2))) / 2e-2, 2e-2)


@pytest.mark.parametrize("name", ["LSTM", "GRU", "SimpleRNN"])
def test_a_second_call_outside_of_compiled_code_compiles_nothing(name):
    layer = getattr(layers, name)(3)
    layer(ONES)
    compiled = []
    jax.monitoring.register_event_duration_secs_listener(
        lambda event, duration, **_: compiled.append(event) if "backend_compile" in event else None
    )
    layer(ONES)
    assert compiled == []


def test_a_compiled_kernel_keeps_no_layer_alive():
    layer = layers.LSTM(2, activation=lambda x: x)
    layer(ONES)
    gone = weakref.ref(layer)
    del layer
    gc.collect()
    assert gone() is None


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "mixed_float16", "mixed_bfloat16"])
@pytest.mark.parametrize("recurrent", [layers.LSTM, layers.GRU, layers.SimpleRNN])
def test_sixteen_bits_train(recurrent, dtype):
    masking = layers.Masking(dtype=dtype)
    layer = recurrent(4, recurrent_dropout=0.2, dtype=dtype)
    model = keras.Sequential([masking, layer, layers.Dense(1, dtype=dtype)])
    model.compile("sgd", "mse")
    history = model.fit(ONES, np.zeros((2, 1)), epochs=2, verbose=0)
    assert np.isfinite(history.history["loss"]).all()
    assert model(ONES).dtype.name == dtype.removeprefix("mixed_")
    assert layer.cell.kernel.dtype == ("float32" if "mixed" in dtype else dtype)


# --- dropout


def passing_cell(dropout=0.5, **kwargs):
    """Returns its inputs, less what dropout leaves out."""
    return layers.SimpleRNNCell(
        3, activation=None, use_bias=False, kernel_initializer=keras.initializers.Identity(),
        recurrent_initializer="zeros", dropout=dropout, **kwargs,
    )  # fmt: skip


class Around(layers.Layer):
    """A cell around another."""

    def __init__(self, cell):
        super().__init__()
        self.cell, self.state_size = cell, cell.state_size

    def build(self, input_shape):
        self.cell.build(input_shape)

    def call(self, inputs, states, training=False):
        return self.cell(inputs, states, training=training)


@pytest.mark.parametrize(
    "cell",
    [
        lambda: passing_cell(),
        lambda: Around(passing_cell()),
        lambda: [passing_cell(0.0), passing_cell()],
        lambda: [Around(passing_cell()), passing_cell(0.0)],
        lambda: Around(Around(passing_cell())),
    ],
)
@pytest.mark.parametrize("unroll", [False, True])
def test_one_dropout_mask_serves_all_steps_of_a_call(cell, unroll):
    layer = layers.RNN(cell(), return_sequences=True, unroll=unroll)
    one, other = np.asarray(layer(ONES, training=True)), np.asarray(layer(ONES, training=True))
    for y in (one, other):
        assert (y == y[:, :1]).all()
        assert set(y.ravel()) == {0.0, 2.0}
    assert (one != other).any()
    assert (np.asarray(layer(ONES)) == 1).all()


def test_a_cell_called_alone_draws_a_new_mask_each_time():
    cell, state = passing_cell(seed=1), [np.zeros((2, 3), "float32")]
    drawn = {tuple(flat(cell(ONES[:, 0], state, training=True)[0])) for _ in range(5)}
    assert len(drawn) > 1
    assert flat(cell(ONES[:, 0], state)[0]) == [1] * 6


def test_dropout_keeps_the_mean():
    x = np.ones((200, 1, 50), "float32")
    cell = layers.SimpleRNNCell(
        1, activation=None, kernel_initializer="ones", dropout=0.4, recurrent_dropout=0.4, seed=2
    )
    y = np.asarray(layers.RNN(cell)(x, training=True))
    assert abs(y.mean() - 50) < 2
    again = layers.RNN(passing_cell(0.0, recurrent_dropout=0.5))
    again.build((200, 2, 3))
    again.cell.recurrent_kernel.assign(np.eye(3))
    y = np.asarray(again(np.ones((200, 2, 3)), training=True))
    assert set(y.ravel()) == {1.0, 3.0}
    assert abs(y.mean() - 2) < 0.2


def test_a_dropout_layer_in_a_cell_draws_at_each_step():
    class Dropping(layers.Layer):
        def __init__(self):
            super().__init__()
            self.state_size, self.dropout = 3, layers.Dropout(0.5)

        def call(self, inputs, states):
            return self.dropout(inputs), states

    layer = layers.RNN(Dropping(), return_sequences=True)
    y = np.asarray(layer(ONES, training=True))
    assert (y != y[:, :1]).any()
    assert (np.asarray(layer(ONES)) == 1).all()


# --- states


def test_initial_states_come_as_lists_or_alone():
    layer = summing()
    for state in ([np.full((1, 1), 5.0)], np.full((1, 1), 5.0), (ops.full((1, 1), 5.0),)):
        assert flat(layer(steps(1, 2), initial_state=state)) == [8]


def test_wrong_initial_states_are_refused():
    layer = layers.LSTM(3)
    with pytest.raises(ValueError, match=r"must hold 2 states of shape \(2, 3\), \(2, 3\). Got \(2, 3\)"):
        layer(ONES, initial_state=[np.zeros((2, 3))])
    with pytest.raises(ValueError, match=r"must hold 2 states of shape \(2, 3\), \(2, 3\). Got \(2, 3\), \(1, 3\)"):
        layer(ONES, initial_state=[np.zeros((2, 3)), np.zeros((1, 3))])


@EVERY_SUM
def test_a_stateful_layer_goes_on_until_it_is_reset(summing):
    layer = summing(stateful=True)
    assert layer.states is None
    assert [flat(layer(steps(1, 2))) for _ in range(3)] == [[3], [6], [9]]
    assert flat(layer.states[0]) == [9]
    layer.reset_state()
    assert flat(layer(steps(1, 2))) == [3]
    layer.reset_states()
    assert flat(layer(steps(1), initial_state=[np.full((1, 1), 10.0)])) == [11]
    assert flat(layer(steps(1))) == [12]


def test_resetting_goes_back_to_the_states_of_the_cell():
    class FromTen(Sum):
        def get_initial_state(self, batch_size=None):
            return [ops.full((batch_size, 1), 10.0)]

    layer = layers.RNN(FromTen(), stateful=True)
    assert [flat(layer(steps(1, 2))) for _ in range(2)] == [[13], [16]]
    layer.reset_states()
    assert flat(layer(steps(1, 2))) == [13]


def test_states_are_no_weights():
    layer = layers.LSTM(2, stateful=True, name="memory")
    layer(ONES)
    assert [w.path for w in layer.weights] == [f"memory/lstm_cell/{n}" for n in ("kernel", "recurrent_kernel", "bias")]
    assert [s.path for s in layer.states] == ["memory/rnn_state"] * 2
    assert layer.count_params() == 4 * (3 * 2 + 2 * 2 + 2)


def test_a_layer_without_states_has_nothing_to_reset():
    layer = summing()
    layer.reset_state()
    assert flat(layer(steps(1, 2))) == [3]


def test_a_stateful_layer_says_what_batch_it_needs():
    layer = layers.LSTM(2, stateful=True)
    with pytest.raises(ValueError, match=r"needs a fixed batch size.\n.*batch_shape=\(batch, time, features\)"):
        layer(keras.Input((5, 3)))
    layer = layers.LSTM(2, stateful=True)
    layer(ONES)
    with pytest.raises(ValueError, match=r"stateful with batch size 2. Got a batch of 1"):
        layer(ONES[:1])


def test_a_stateful_model_goes_on_through_fit_and_predict():
    model = keras.Sequential([keras.Input(batch_shape=(1, 2, 1)), summing(stateful=True)])
    x = np.concatenate([steps(1, 2), steps(3, 4)])
    assert flat(model.predict(x, batch_size=1, verbose=0)) == [3, 10]
    assert flat(model.predict(x, batch_size=1, verbose=0)) == [13, 20]
    model.reset_states()
    model.compile(keras.optimizers.SGD(0.0), "mae")
    history = model.fit(x, np.zeros((2, 1)), batch_size=1, epochs=2, shuffle=False, verbose=0)
    assert history.history["loss"] == [6.5, 16.5]
    assert flat(model.layers[-1].states[0]) == [20]
    model.reset_states()
    assert flat(model.predict(x[:1], batch_size=1, verbose=0)) == [3]


# --- cells of a user's own


def test_a_cell_may_be_any_object():
    class Plain:
        state_size = 1
        output_size = 1

        def call(self, inputs, states):
            return 2 * inputs, [states[0] + inputs]

    output, state = layers.RNN(Plain(), return_sequences=True, return_state=True)(steps(1, 2))
    assert (flat(output), flat(state)) == ([2, 4], [3])


def test_a_cell_may_say_whether_it_is_trained():
    class Louder(Sum):
        def call(self, inputs, states, training=False):
            return (inputs + 100 if training else inputs), states

    layer = layers.RNN(Louder())
    assert [flat(layer(steps(1, 2), training=t)) for t in (False, True)] == [[2], [102]]
    model = keras.Sequential([layers.RNN([Louder(), Louder()])])
    assert [flat(model(steps(1, 2), training=t)) for t in (False, True)] == [[2], [202]]


def test_a_cell_may_hold_layers_that_build_themselves():
    class OfLayers(layers.Layer):
        def __init__(self, units):
            super().__init__()
            self.state_size = units
            self.inside, self.back = layers.Dense(units), layers.Dense(units, use_bias=False)

        def call(self, inputs, states):
            h = ops.tanh(self.inside(inputs) + self.back(states[0]))
            return h, [h]

    layer = layers.RNN(OfLayers(4))
    assert layer(ONES).shape == (2, 4)
    assert [w.shape for w in layer.weights] == [(3, 4), (4,), (4, 4)]
    model = keras.Sequential([layers.RNN(OfLayers(4)), layers.Dense(1)])
    model.compile("adam", "mse")
    before = None
    for _ in range(2):
        loss = model.fit(ONES, np.ones((2, 1)), epochs=3, verbose=0).history["loss"]
        assert before is None or loss[-1] < before
        before = loss[-1]


def test_states_may_nest():
    class Counting(layers.Layer):
        state_size = [1, (1, 1)]  # noqa: RUF012
        output_size = 1

        def get_initial_state(self, batch_size=None):
            zeros = ops.zeros((batch_size, 1))
            return [zeros, (zeros, zeros + 5)]

        def call(self, inputs, states):
            total, (count, five) = states
            return inputs + five, [total + inputs, (count + 1, five)]

    layer = layers.RNN(Counting(), return_state=True)
    output, total, (count, five) = layer(steps(1, 2, 4))
    assert [flat(a) for a in (output, total, count, five)] == [[9], [7], [3], [5]]
    shapes = layer.compute_output_shape((None, 3, 1))
    assert shapes == ((None, 1), (None, 1), ((None, 1), (None, 1)))


def test_outputs_need_not_be_states():
    class Wide(Sum):
        output_size = (2, 2)

        def call(self, inputs, states):
            total = states[0] + inputs
            return ops.tile(ops.reshape(total, (-1, 1, 1)), (1, 2, 2)), [total]

    layer = layers.RNN(Wide(), return_sequences=True)
    assert np.asarray(layer(steps(1, 2), mask=mask(0, 1)))[0, :, 0, 1].tolist() == [0, 2]
    assert layer(keras.Input((5, 1))).shape == (None, 5, 2, 2)


def test_losses_that_a_cell_adds_are_summed_over_the_steps():
    class Costly(Sum):
        def call(self, inputs, states):
            self.add_loss(ops.sum(inputs))
            return super().call(inputs, states)

    layer = layers.RNN(Costly())
    layer(steps(1, 2, 4))
    assert [float(loss) for loss in layer.losses] == [7]
    losses = jax.jit(lambda x: layer.stateless_call([], [], x, return_losses=True)[2])(steps(1, 2, 4))
    assert flat(losses) == [7]


def test_what_is_no_cell_is_refused():
    for cell in (3, layers.Dense(2), [layers.LSTMCell(2), layers.Dense(2)]):
        with pytest.raises(ValueError, match=r"a cell needs a `call\(inputs, states\)` method and a `state_size`"):
            layers.RNN(cell)
    with pytest.raises(ValueError, match="at least one cell"):
        layers.RNN([])


# --- cells alone, and stacked


def test_a_cell_takes_its_state_in_a_list_or_alone():
    cell, state = summing().cell, np.full((1, 1), 5.0, "float32")
    output, states = cell(np.ones((1, 1), "float32"), [state])
    assert isinstance(states, list)
    assert flat(output) == flat(states[0]) == [6]
    output, states = cell(np.ones((1, 1), "float32"), state)
    assert flat(output) == flat(states) == [6]


def test_cells_say_their_sizes_and_first_states():
    for cell, size in ((layers.LSTMCell(3), [3, 3]), (layers.GRUCell(3), 3), (layers.SimpleRNNCell(3), 3)):
        assert (cell.state_size, cell.output_size) == (size, 3)
        start = cell.get_initial_state(batch_size=2)
        assert [s.shape for s in start] == [(2, 3)] * len(start)
        assert len(start) == (2 if size == [3, 3] else 1)
    assert (layers.GRU(3).state_size, layers.GRU(3).single_state) == ([3], True)
    assert (layers.LSTM(3).state_size, layers.LSTM(3).single_state) == ([3, 3], False)


@pytest.mark.parametrize("unroll", [False, True])
def test_stacked_cells_are_layers_on_top_of_each_other(unroll):
    stack = with_random_weights(
        layers.RNN([layers.LSTMCell(3), layers.GRUCell(4)], return_sequences=True, return_state=True, unroll=unroll)
    )
    one, other = (
        layers.LSTM(3, return_sequences=True, return_state=True),
        layers.GRU(4, return_sequences=True, return_state=True),
    )
    one.build((2, 12, 3))
    other.build((2, 12, 3))
    one.set_weights(stack.get_weights()[:3])
    other.set_weights(stack.get_weights()[3:])
    x = np.random.default_rng(0).normal(size=(2, 12, 3)).astype("float32")
    holes = np.random.default_rng(0).random((2, 12)) < 0.5
    y, (h, c), s = stack(x, mask=holes)
    below, wanted_h, wanted_c = one(x, mask=holes)
    wanted, wanted_s = other(below, mask=holes)
    for got, right in ((y, wanted), (h, wanted_h), (c, wanted_c), (s, wanted_s)):
        assert_close(got, np.asarray(right))
    again = stack(x, initial_state=[[h, c], s])
    assert_close(again[0], np.asarray(other(one(x, initial_state=[h, c])[0], initial_state=s)[0]))


def test_stacked_cells_in_a_graph_have_the_states_they_have_in_a_call():
    layer = layers.RNN([layers.LSTMCell(3, name="one"), layers.GRUCell(4, name="two")], return_state=True, name="both")
    symbols, arrays = layer(keras.Input((5, 3))), layer(ONES)
    assert jax.tree.map(lambda a: (None, *a.shape[1:]), arrays) == jax.tree.map(lambda s: s.shape, symbols)
    paths = [w.path.split("/") for w in layer.weights][::3]
    assert [(p[0], *p[2:]) for p in paths] == [("both", "one", "kernel"), ("both", "two", "kernel")]


# --- models


def test_an_encoder_hands_its_states_to_a_decoder():
    source, target = keras.Input((None, 3)), keras.Input((None, 3))
    _, h, c = layers.LSTM(4, return_state=True)(source)
    outputs = layers.LSTM(4, return_sequences=True)(target, initial_state=[h, c])
    model = keras.Model([source, target], outputs)
    other = keras.Model.from_config(model.get_config())
    other.set_weights(model.get_weights())
    assert model.output_shape == (None, None, 4)
    encoder, decoder = (layer for layer in model.layers if isinstance(layer, layers.LSTM))
    _, h, c = encoder(ONES)
    wanted = np.asarray(decoder(ONES, initial_state=[h, c]))
    for m in (model, other):
        assert_close(m([ONES, ONES]), wanted)
        assert_close(m.predict([ONES, ONES], verbose=0), wanted)
    assert (wanted != np.asarray(decoder(ONES))).any()


def test_masks_in_a_model_reach_the_recurrent_layers():
    inputs = keras.Input((None,), dtype="int32")
    x = layers.Embedding(5, 3, mask_zero=True)(inputs)
    model = keras.Model(inputs, layers.GRU(4)(layers.LSTM(4, return_sequences=True)(x)))
    short, padded = np.array([[1, 2, 3]]), np.array([[1, 2, 3, 0, 0]])
    assert_close(model(padded), np.asarray(model(short)))
    assert_close(model.predict(padded, verbose=0), np.asarray(model(short)))


def test_an_rnn_of_a_registered_cell_goes_through_its_config():
    @keras.saving.register_keras_serializable("tests")
    class Doubling(Sum):
        def __init__(self, factor=2, **kwargs):
            super().__init__(**kwargs)
            self.factor = factor

        def call(self, inputs, states):
            return self.factor * inputs, states

    layer = layers.RNN([Doubling(3), Sum()], return_sequences=True, name="two")
    with keras.saving.custom_object_scope({"Sum": Sum}):
        other = layers.RNN.from_config(layer.get_config())
    assert other.name == "two"
    assert flat(other(steps(1, 2))) == flat(layer(steps(1, 2))) == [3, 9]


def test_inner_loop_gives_last_output_outputs_and_states():
    layer = summing(return_sequences=True)
    layer.build((1, 3, 1))
    last, outputs, states = layer.inner_loop(steps(1, 2, 4), [np.full((1, 1), 1.0, "float32")], mask(1, 0, 1))
    assert (flat(last), flat(outputs), flat(states[0])) == ([6], [2, 2, 6], [6])


# --- errors


@pytest.mark.parametrize("layer", [layers.LSTM(3), layers.GRU(3), layers.SimpleRNN(3)])
def test_wrong_inputs_are_explained(layer):
    with pytest.raises(
        ValueError, match=r"takes sequences with 3 axes: \(batch, time, features\). Got shape \(2, 12\)"
    ):
        layer(ONES[:, :, 0])
    layer(ONES)
    with pytest.raises(ValueError, match=r"axis -1 has size 3.*Got shape \(2, 12, 2\)"):
        layer(ONES[:, :, :2])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"units": 0}, "`units` must be a positive integer. Got 0."),
        ({"units": 2, "dropout": 1.5}, "`dropout` must be a number from 0 to 1. Got 1.5."),
        ({"units": 2, "recurrent_dropout": "a"}, "`recurrent_dropout` must be a number from 0 to 1. Got 'a'."),
        ({"units": 2, "use_cudnn": 3}, "`use_cudnn` must be 'auto', True or False. Got 3."),
        ({"units": 2, "implementation": 3}, "`implementation` must be one of 0, 1, 2. Got 3."),
        ({"units": 2, "activation": "tahn"}, "tanh"),
    ],
)
def test_wrong_arguments_are_explained(arguments, message):
    with pytest.raises(ValueError, match=message.replace("(", r"\(")):
        layers.LSTM(**arguments)


def test_a_demand_for_cudnn_is_refused_when_the_layer_is_called():
    layer = layers.LSTM(2, use_cudnn=True)
    assert layer.use_cudnn is True
    with pytest.raises(ValueError, match="`use_cudnn=True` demands cuDNN's kernel"):
        layer(ONES)
    with pytest.raises(ValueError, match="`use_cudnn=True` demands cuDNN's kernel"):
        layers.Bidirectional(layers.LSTM(2, use_cudnn=True))(ONES)


@pytest.mark.parametrize("merge_mode", ["concat", None])
def test_bidirectional_answers_in_the_dtype_it_computes_in_whatever_the_layers_inside_do(merge_mode):
    layer = layers.Bidirectional(layers.SimpleRNN(2), merge_mode=merge_mode, dtype="mixed_float16")
    for y in keras.tree.flatten(layer(np.ones((1, 3, 2)))):
        assert y.dtype == "float16"


def test_rnn_and_time_distributed_answer_in_the_dtype_they_compute_in():
    x = np.ones((1, 3, 2))
    cells = layers.StackedRNNCells([layers.SimpleRNNCell(2), layers.GRUCell(2)])
    for layer in (
        layers.RNN(cells, return_state=True, dtype="mixed_float16"),
        layers.TimeDistributed(layers.Dense(2), dtype="mixed_float16"),
    ):
        for y in keras.tree.flatten(layer(x)):
            assert y.dtype == "float16"


def test_time_distributed_takes_a_mask_with_further_axes():
    layer = layers.TimeDistributed(layers.Dense(2))
    assert layer(np.ones((4, 5, 3)), mask=np.ones((4, 5, 2), bool)).shape == (4, 5, 2)
    with pytest.raises(ValueError, match="takes a mask of shape"):
        layer(np.ones((4, 5, 3)), mask=np.ones((4, 6, 2), bool))


def test_bidirectional_turns_a_layer_that_goes_backwards_around():
    """As in every release from 1.0 to 3.15: the copy of such a layer goes forwards."""
    inner = layers.SimpleRNN(2, go_backwards=True)
    layer = layers.Bidirectional(inner, merge_mode=None)
    x = np.linspace(-1, 1, 12, dtype="float32").reshape(1, 4, 3)
    one, other = layer(x)
    assert (layer.forward_layer.go_backwards, layer.backward_layer.go_backwards) == (True, False)
    kernel, recurrent, bias = layer.forward_layer.get_weights()
    expected = np.zeros((1, 2), "float32")
    for step in reversed(range(4)):
        expected = np.tanh(x[:, step] @ kernel + expected @ recurrent + bias)
    np.testing.assert_allclose(one, expected, rtol=1e-5)
    again = layers.Bidirectional.from_config(layer.get_config())
    again.build((None, 4, 3))
    again.set_weights(layer.get_weights())
    np.testing.assert_array_equal(again(x)[1], other)
    with pytest.raises(ValueError, match="one of `layer` and `backward_layer` must go backwards"):
        layers.Bidirectional(inner, backward_layer=layers.SimpleRNN(2, go_backwards=True))
