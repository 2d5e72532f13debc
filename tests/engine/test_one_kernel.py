"""Loops over small steps are one kernel on a CPU, and compute what the operations of libraries compute."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import keras
from keras import layers
from keras._jax import compile as engine
from keras._jax import one_kernel

pytestmark = pytest.mark.skipif(jax.default_backend() != "cpu", reason="about XLA for CPUs")
RNG = np.random.default_rng(5)
X, Y = RNG.normal(size=(37, 6)).astype("float32"), RNG.normal(size=(37, 2)).astype("float32")


def is_one_kernel(program):
    return any(" call(" in line and "xla_cpu_small_call" in line for line in program.as_text().splitlines())


@pytest.fixture
def compiled(monkeypatch):
    """What was compiled for training: (how, program)."""
    engine.programs.clear()
    found = []
    compile_program = engine.compile_program

    def compile_it(name, function, args, donate=(), convolution=False, quickly=None):
        program = compile_program(name, function, args, donate, convolution, quickly)
        if name == "train_chunk":
            found.append((quickly, program))
        return program

    monkeypatch.setattr(engine, "compile_program", compile_it)
    return found


def network(*inner):
    return keras.Sequential([keras.Input((6,)), *inner, layers.Dense(2)])


def trained(model, optimizer, epochs=3):
    keras.utils.set_random_seed(2)
    model.compile(optimizer, "mse", metrics=["mae"])
    history = model.fit(X, Y, batch_size=8, epochs=epochs, verbose=0)
    return history.history, model.get_weights()


def check_the_same(made, compiled, monkeypatch):
    history, weights = trained(*made())
    assert [how for how, _ in compiled] == ["one kernel"]
    assert is_one_kernel(compiled[0][1])
    engine.programs.clear()
    monkeypatch.setattr(one_kernel, "LARGEST", 0)
    plain, expected = trained(*made())
    assert len(compiled) == 2
    assert not is_one_kernel(compiled[1][1])
    for name, values in plain.items():
        np.testing.assert_allclose(history[name], values, rtol=1e-5, err_msg=name)
    for ours, theirs in zip(weights, expected):
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-5)


LONG = [pytest.param(name, marks=pytest.mark.slow) for name in ("ftrl", "lamb", "muon")]


@pytest.mark.parametrize("optimizer", ["sgd", "rmsprop", "adam", *LONG])
def test_small_models_learn_the_same_in_one_kernel_as_with_libraries(optimizer, compiled, monkeypatch):
    def made():
        keras.utils.set_random_seed(1)
        model = network(layers.Dense(5, "tanh"), layers.BatchNormalization(), layers.Dropout(0.2))
        return model, optimizer

    check_the_same(made, compiled, monkeypatch)


RECURRENT = {
    "written out": lambda: [layers.Reshape((3, 2)), layers.LSTM(3, dropout=0.1)],
    "a loop": lambda: [
        layers.RepeatVector(12),
        layers.GRU(2, return_sequences=True, recurrent_dropout=0.1),
        layers.SimpleRNN(2),
    ],
    "backwards, with a mask": lambda: [
        layers.Reshape((6, 1)),
        layers.ZeroPadding1D(4),
        layers.Masking(),
        layers.Bidirectional(layers.LSTM(2, return_sequences=True)),
        layers.RNN(layers.GRUCell(2), go_backwards=True),
    ],
}


@pytest.mark.parametrize("inner", RECURRENT)
def test_small_recurrent_models_do_too(inner, compiled, monkeypatch):
    def made():
        keras.utils.set_random_seed(1)
        return network(*RECURRENT[inner]()), "adam"

    check_the_same(made, compiled, monkeypatch)


def test_what_is_large_or_convolves_is_left_to_libraries(compiled):
    trained(network(layers.Dense(300, "relu")), "sgd", 1)
    trained(network(layers.Reshape((3, 2)), layers.Conv1D(3, 2), layers.Flatten()), "sgd", 1)
    assert not any(is_one_kernel(program) for _, program in compiled)


def test_an_xla_that_cannot_make_the_kernel_makes_many():
    made = []

    def compile_it(as_one):
        made.append(as_one)
        if as_one:
            raise jax.errors.JaxRuntimeError("UNIMPLEMENTED: Fusion kind not implemented on CPU")
        return "many"

    assert one_kernel.made(compile_it, True) == "many"
    assert made == [True, False]


def test_steps_are_counted_in_the_type_of_the_last_also_where_64_bits_are_on():
    with jax.enable_x64(True):
        found = jax.jit(lambda last: one_kernel.loop(lambda i, s: s + i, 0, last, jnp.int32(0)))(np.int32(4))
    assert (found, found.dtype) == (6, "int32")


@pytest.mark.parametrize("read", [True, False])
def test_a_kernel_may_be_given_what_it_does_not_read(read):
    def step(i, state):
        count, values = state
        return count + 1, values * 2 + (X[0] * 0 if read else 0)

    def program(last, unread):
        return one_kernel.loop(lambda i, s: (*step(i, s[:2]), s[2]), 0, last, (jnp.zeros((1,), "int32"), X[1], unread))

    found = jax.jit(program)(3, jnp.ones((4,)))
    assert found[0].tolist() == [3]
    np.testing.assert_allclose(found[1], X[1] * 8)
    assert found[2].tolist() == [1, 1, 1, 1]


@pytest.mark.parametrize(
    ("equation", "shapes"),
    [("ab,bc->ac", ((3, 4), (4, 5))), ("abc,acd->abd", ((2, 3, 4), (2, 4, 5))), ("ab,ab->", ((3, 4), (3, 4))),
     ("abc,dc->abd", ((2, 3, 4), (5, 4))), ("abcd,cdb->ab", ((2, 3, 4, 5), (4, 5, 3)))],
)  # fmt: skip
@pytest.mark.parametrize("dtype", ["float32", "bfloat16", "int32"])
def test_products_are_the_sums_that_they_stand_for(equation, shapes, dtype):
    x, y = (jnp.asarray(RNG.integers(-3, 4, s), dtype) for s in shapes)
    closed, shape = jax.make_jaxpr(lambda x, y: jnp.einsum(equation, x, y), return_shape=True)(x, y)
    found = one_kernel.replay(closed, shape)(x, y)
    assert found.dtype == dtype
    np.testing.assert_array_equal(
        np.asarray(found, "float32"), np.einsum(equation, *(np.asarray(a, "float32") for a in (x, y)))
    )


def test_a_long_step_is_no_kernel(compiled):
    trained(network(*(layers.Dense(6, "relu") for _ in range(12))), "adam", 1)
    assert not is_one_kernel(compiled[-1][1])
