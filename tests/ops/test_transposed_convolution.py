"""Transposed convolutions: every form that computes them, and their gradients of all orders and directions."""

import itertools

import jax
import numpy as np
import pytest

from keras import ops

# spatial axes, window, stride, padding, dilation, output_padding, filters
CASES = (
    (1, 3, 2, "same", 1, None, 4),
    (1, 3, 1, "valid", 2, None, 4),
    (1, 5, 2, "valid", 1, 1, 40),
    (2, 2, 2, "same", 1, None, 40),
    (2, 3, 2, "same", 1, 0, 4),
    (2, 3, 2, "valid", 1, None, 40),
    (2, 1, 3, "same", 1, None, 4),
    (3, 2, 2, "valid", 1, None, 4),
)
IDS = ["-".join(map(str, case)) for case in CASES]


def spread(x, kernel, stride, dilation, before, sizes):
    """Every input laid over the window's places, `before` of the result cut off."""
    window = kernel.shape[:-2]
    y = np.zeros((len(x), *(n + 2 * sum(window) * stride * dilation for n in sizes), kernel.shape[-2]))
    for at in itertools.product(*map(range, x.shape[1:-1])):
        for place in itertools.product(*map(range, window)):
            to = tuple(a * stride + p * dilation for a, p in zip(at, place))
            y[(slice(None), *to)] += x[(slice(None), *at)] @ kernel[place].T
    return y[(slice(None), *[slice(before, before + n) for n in sizes])]


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_a_transposed_convolution_spreads_inputs_and_its_gradients_are_those_of_a_linear_map(case):
    spatial, window, stride, padding, dilation, extra, filters = case
    rng = np.random.default_rng(3)
    with jax.enable_x64(True):
        x = rng.normal(size=(2, *(5, 4, 3)[:spatial], 3))
        kernel = rng.normal(size=(*(window,) * spatial, filters, 3))

        @jax.jit
        def f(x, kernel):
            return ops.conv_transpose(x, kernel, stride, padding, extra, "channels_last", dilation)

        y = np.asarray(f(x, kernel))
        covered = (window - 1) * dilation + 1
        zeros = covered - stride if extra is None else 2 * (covered // 2) - extra
        before = max(zeros, 0) // 2 if padding == "same" else 0
        np.testing.assert_allclose(y, spread(x, kernel, stride, dilation, before, y.shape[1:-1]), atol=1e-12)
        turned = ops.conv_transpose(np.moveaxis(x, -1, 1), kernel, stride, padding, extra, "channels_first", dilation)
        np.testing.assert_allclose(np.moveaxis(np.asarray(turned), 1, -1), y, atol=1e-12)

        def total(x, kernel):
            return (f(x, kernel) ** 2).sum() / 2

        dx, dkernel = jax.jit(jax.grad(total, (0, 1)))(x, kernel)
        # a form that is linear in each argument: its square grows with twice the square of each
        assert np.isclose((dx * x).sum(), (y**2).sum())
        assert np.isclose((dkernel * kernel).sum(), (y**2).sum())
        step = rng.normal(size=x.shape), rng.normal(size=kernel.shape)
        along = jax.jit(lambda *a: jax.jvp(total, a, step)[1])(x, kernel)
        assert np.isclose(along, (dx * step[0]).sum() + (dkernel * step[1]).sum())
        small = 1e-5
        ahead, behind = (total(*(a + sign * small * d for a, d in zip((x, kernel), step))) for sign in (1, -1))
        assert np.isclose(along, (ahead - behind) / (2 * small), rtol=1e-6)


def test_second_derivatives_of_a_transposed_convolution_are_finite_differences_of_the_first():
    rng = np.random.default_rng(4)
    with jax.enable_x64(True):
        x, kernel = rng.normal(size=(1, 4, 4, 2)), rng.normal(size=(3, 3, 3, 2))

        @jax.jit
        def slope(kernel):
            gradient = jax.grad(lambda x: (ops.conv_transpose(x, kernel, 2, "same") ** 2).sum())(x)
            return (gradient**2).sum()

        direction = rng.normal(size=kernel.shape)
        exact = (jax.jit(jax.grad(slope))(kernel) * direction).sum()
        ahead, behind = (slope(kernel + sign * 1e-5 * direction) for sign in (1, -1))
        assert np.isclose(exact, (ahead - behind) / 2e-5, rtol=1e-6)


def test_a_transposed_convolution_inside_a_loop_is_the_one_outside():
    rng = np.random.default_rng(5)
    x, kernel = rng.normal(size=(3, 1, 4, 4, 2)).astype("float32"), rng.normal(size=(3, 3, 3, 2)).astype("float32")
    looped = ops.map(lambda one: ops.conv_transpose(one, kernel, 2, "same"), x)
    apart = np.stack([ops.conv_transpose(one, kernel, 2, "same") for one in x])
    np.testing.assert_allclose(looped, apart, rtol=1e-5, atol=1e-5)
