"""Convolutions by the library inside jaxlib: the same numbers and gradients as XLA's own, and only where it helps."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import export

import keras
from keras._jax import compile as engine
from keras._jax import cost, steps
from keras._jax.kernels import convolution_shapes, onednn
from keras._jax.kernels.convolution import convolve_transposed

pytestmark = pytest.mark.skipif(not onednn.may_work(), reason="not tried on this system, jaxlib or processor")

# samples, sizes, channels, filters, window, strides, zeros, dilation
CASES = [
    (16, (9, 8), 3, 4, (3, 3), (1, 1), ((1, 1), (1, 1)), (1, 1)),
    (17, (9, 8), 2, 5, (3, 2), (2, 2), ((0, 1), (0, 0)), (1, 1)),
    (2, (7, 7), 3, 2, (5, 3), (2, 1), ((2, 2), (1, 1)), (1, 1)),
    (16, (8, 11), 1, 3, (3, 3), (1, 1), ((2, 2), (0, 0)), (2, 3)),
    (16, (9, 9), 2, 3, (1, 1), (3, 3), ((0, 0), (0, 0)), (1, 1)),
    (20, (12, 5), 2, 3, (2, 2), (3, 2), ((0, 0), (1, 0)), (2, 1)),
    (16, (6, 6), 2, 2, (2, 2), (1, 1), ((3, 2), (2, 3)), (1, 1)),
    (33, (9, 8), 17, 3, (3, 2), (1, 1), ((1, 1), (1, 0)), (1, 1)),  # few filters: the inputs are the window
    (18, (6, 7), 16, 2, (3, 3), (1, 1), ((0, 2), (0, 0)), (1, 1)),
    (17, (6, 7), 16, 2, (3, 3), (1, 1), ((3, 0), (0, 0)), (1, 1)),
    (2, (9, 8), 16, 4, (3, 3), (2, 2), ((0, 1), (1, 1)), (1, 1)),  # the way back by phases of the strides
    (2, (13, 11), 17, 2, (5, 3), (3, 2), ((1, 4), (0, 0)), (1, 1)),
    (2, (12, 12), 16, 2, (3, 4), (2, 3), ((2, 2), (3, 3)), (1, 1)),
]


def made(case, seed=0):
    samples, sizes, channels, filters, window, *_ = case
    draw = np.random.default_rng(seed)
    x = draw.standard_normal((samples, *sizes, channels), dtype="float32")
    kernel = draw.standard_normal((*window, channels, filters), dtype="float32")
    return jnp.asarray(x), jnp.asarray(kernel)


def both(case):
    strides, zeros, dilation = case[5:]
    by_library = lambda x, kernel: onednn.convolve(x, kernel, strides, zeros, dilation)
    by_xla = lambda x, kernel: convolution_shapes.whole(x, kernel, strides, zeros, False, dilation)
    return by_library, by_xla


def close(found, expected):
    for a, b in zip(jax.tree.leaves(found), jax.tree.leaves(expected), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-5 * float(jnp.abs(b).max()))


@pytest.fixture(autouse=True)
def everything_is_worth_it(monkeypatch):
    monkeypatch.setattr(onednn, "_WORTH", 1)


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("cached", [3 << 20, 3000])
def test_results_and_gradients_equal_those_of_xla(case, cached, monkeypatch):
    monkeypatch.setattr(onednn, "_CACHED", cached)  # the second: a part of the samples and rows at a time
    library, xla = both(case)
    x, kernel = made(case)
    assert onednn.suits(x, kernel, *case[5:])
    y = xla(x, kernel)
    close(library(x, kernel), y)
    slope = jnp.cos(jnp.arange(y.size, dtype="float32")).reshape(y.shape)
    close(jax.vjp(jax.jit(library), x, kernel)[1](slope), jax.vjp(xla, x, kernel)[1](slope))


@pytest.mark.parametrize("case", [CASES[0], CASES[1], CASES[7]])
def test_many_parts_are_a_loop(case, monkeypatch):
    monkeypatch.setattr(onednn, "_CACHED", 3000)
    monkeypatch.setattr(onednn, "_ENOUGH_SAMPLES", 4)
    library, xla = both(case)
    x, kernel = made(case)
    slope = lambda f: jax.jit(jax.grad(lambda kernel: (f(x, kernel) ** 2).sum() / 2))
    close(slope(library)(kernel), slope(xla)(kernel))
    calls = []
    for few in (0, 1000):
        monkeypatch.setattr(onednn, "_FEW_CALLS", few)
        jax.clear_caches()
        calls.append(slope(library).lower(kernel).as_text().count("__onednn$"))
    assert calls[0] < calls[1]


@pytest.mark.parametrize("case", [CASES[0], CASES[1]])
def test_forward_mode_and_gradients_of_gradients(case):
    library, xla = both(case)
    x, kernel = made(case)
    close(jax.jvp(library, (x, kernel), made(case, 1))[1], jax.jvp(xla, (x, kernel), made(case, 1))[1])

    def of_gradients(convolve):
        slopes = jax.grad(lambda x, kernel: (convolve(x, kernel) ** 3).sum() / 100, (0, 1))
        return jax.grad(lambda *args: sum((slope**2).mean() for slope in slopes(*args)), (0, 1))(x, kernel)

    close(of_gradients(library), of_gradients(xla))


def test_many_at_once():
    library, xla = both(CASES[0])
    x, kernel = made(CASES[0])
    several = jnp.stack([x, x + 1])
    loss = lambda convolve: lambda kernel, x: (convolve(x, kernel) ** 2).mean()
    for axes, args in [((None, 0), (kernel, several)), ((0, 0), (jnp.stack([kernel, -kernel]), several))]:
        found, expected = (jax.jit(jax.vmap(jax.grad(loss(f)), axes))(*args) for f in (library, xla))
        close(found, expected)


@pytest.mark.parametrize(
    ("strides", "padding", "extra"), [(2, "same", None), (2, "valid", None), (3, "same", 1), (1, "same", None)]
)
def test_transposed(strides, padding, extra):
    draw = np.random.default_rng(3)
    x, kernel = (
        draw.standard_normal((16, 5, 6, 3)).astype("float32"),
        draw.standard_normal((3, 4, 2, 3)).astype("float32"),
    )

    def value_and_slopes():
        f = lambda x, kernel: convolve_transposed(x, kernel, strides, padding, extra, False, 1)
        y, back = jax.vjp(f, jnp.asarray(x), jnp.asarray(kernel))
        return y, back(jnp.cos(y))

    assert "onednn_convolve_back" in str(jax.make_jaxpr(value_and_slopes)())
    found = value_and_slopes()
    with onednn.avoided():
        close(found, value_and_slopes())


def test_what_is_exported_or_read_does_not_call_it():
    library, _ = both(CASES[0])
    places = [jax.ShapeDtypeStruct(x.shape, x.dtype) for x in made(CASES[0])]
    assert "__onednn$" in jax.jit(library).lower(*places).as_text()
    exported = export.export(jax.jit(library), platforms=["cpu", "cuda"])(*places)
    assert "__onednn$" not in exported.mlir_module()
    close(exported.call(*made(CASES[0])), library(*made(CASES[0])))
    layer = keras.layers.Conv2D(4, 3)
    layer.build((16, 9, 8, 5))
    read = steps.steps_of(lambda tensors: layer(*tensors), [((16, 9, 8, 5), "float32")], [None])
    assert "conv_general_dilated" in str(read.jaxpr)
    assert "onednn" not in str(read.jaxpr)


def test_only_large_convolutions_of_float32(monkeypatch):
    monkeypatch.undo()
    how = ((1, 1), ((1, 1), (1, 1)), (1, 1))
    x, kernel = jnp.zeros((16, 32, 32, 16)), jnp.zeros((3, 3, 16, 16))
    assert onednn.suits(x, kernel, *how)
    assert not onednn.suits(x[:2], kernel, *how)
    assert not onednn.suits(x.astype("bfloat16"), kernel.astype("bfloat16"), *how)
    assert not onednn.suits(x, kernel[:, :, :8], *how)  # groups
    assert not onednn.suits(x, kernel, (1, 1), ((-1, 1), (1, 1)), (1, 1))
    assert not onednn.suits(x[:0], kernel, *how)


def test_programs_know_what_it_costs():
    library, _ = both(CASES[0])
    slopes = jax.grad(lambda x, kernel: library(x, kernel).sum(), (0, 1))
    traced = jax.make_jaxpr(lambda *args: (library(*args), slopes(*args)))(*made(CASES[0]))
    assert engine.has_convolution(traced)
    products = 2 * 16 * 9 * 8 * 4 * 3 * 3 * 3
    assert 3 * products <= cost.operations_in(traced) < 4.2 * products


def test_programs_that_end_soon_stay_on_disk():
    """A few steps are left to XLA, whose programs are stored; long training is not."""
    images = np.zeros((64, 24, 24, 8), "float32")

    def calls_of(batch_size):
        model = keras.Sequential([keras.Input((24, 24, 8)), keras.layers.Conv2D(8, 3), keras.layers.Flatten()])
        model.add(keras.layers.Dense(1))
        model.compile("sgd", "mse")
        with engine.counting() as seen:
            model.fit(images, np.zeros((64, 1)), batch_size=batch_size, verbose=0)
        return seen.traces["train_step"]

    assert calls_of(32) == 2  # traced for the library, then without
