"""Convolutions take a form of their own on a CPU by window, groups and axes: each is the sum that defines it."""

import itertools

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from keras import ops

# spatial axes, channels, groups, filters, window, stride, dilation, padding
CASES = {
    "one channel to a filter": (2, 3, 3, 3, 3, 1, 1, "same"),
    "one channel to two filters, with gaps": (2, 2, 2, 4, 3, 1, 2, "valid"),
    "one channel to a filter, in strides": (2, 3, 3, 3, 3, 2, 1, "same"),
    "signals, one channel to a filter": (1, 3, 3, 3, 2, 1, 1, "same"),
    "two groups": (2, 4, 2, 6, 3, 2, 1, "same"),
    "more groups than convolutions": (1, 36, 18, 18, 2, 1, 1, "valid"),
    "windows of one place, in strides": (2, 30, 1, 2, 1, 2, 1, "valid"),
    "in strides and with gaps": (2, 30, 1, 2, 2, 2, 2, "same"),
    "one channel to a filter, in strides and with gaps": (2, 3, 3, 3, 2, 2, 2, "same"),
    "one channel to two filters, in strides and with gaps": (2, 2, 2, 4, 2, 2, 2, "valid"),
    "few products, in strides and with gaps": (2, 1, 1, 2, 2, 2, 2, "same"),
    "volumes, in strides and with gaps": (3, 4, 1, 2, 2, 2, 2, "same"),
    "volumes": (3, 4, 1, 2, 3, 2, 1, "same"),
    "volumes in groups": (3, 4, 2, 2, 2, 1, 2, "valid"),
}


def summed(x, kernel, strides, dilation, zeros):
    """The sum itself, in NumPy, for one group."""
    x = np.pad(x, [(0, 0), *zeros, (0, 0)])
    window = kernel.shape[:-2]
    counts = [(n - (k - 1) * dilation - 1) // strides + 1 for n, k in zip(x.shape[1:], window)]
    y = np.zeros((len(x), *counts, kernel.shape[-1]))
    for at in itertools.product(*map(range, counts)):
        for place in itertools.product(*map(range, window)):
            met = tuple(a * strides + p * dilation for a, p in zip(at, place))
            y[(slice(None), *at)] += x[(slice(None), *met)] @ kernel[place]
    return y


def same_zeros(size, window, stride, dilation):
    covered = (window - 1) * dilation + 1
    both = max((-(-size // stride) - 1) * stride + covered - size, 0)
    return both // 2, both - both // 2


@pytest.mark.parametrize("name", CASES)
def test_every_form_of_a_convolution_is_its_sum_and_has_the_gradients_of_a_linear_map(name):
    spatial, channels, groups, filters, window, stride, dilation, padding = CASES[name]
    rng = np.random.default_rng(1)
    sizes = (5, 4, 5)[:spatial]
    with jax.enable_x64(True):
        x = rng.normal(size=(2, *sizes, channels))
        kernel = rng.normal(size=(*(window,) * spatial, channels // groups, filters))

        @jax.jit
        def f(x, kernel):
            return ops.conv(x, kernel, stride, padding, "channels_last", dilation)

        y = np.asarray(f(x, kernel))
        zeros = [(0, 0) if padding == "valid" else same_zeros(n, window, stride, dilation) for n in sizes]
        parts = zip(np.split(x, groups, -1), np.split(kernel, groups, -1))
        expected = np.concatenate([summed(a, b, stride, dilation, zeros) for a, b in parts], -1)
        np.testing.assert_allclose(y, expected, atol=1e-12)
        turned = ops.conv(np.moveaxis(x, -1, 1), kernel, stride, padding, "channels_first", dilation)
        np.testing.assert_allclose(np.moveaxis(np.asarray(turned), 1, -1), y, atol=1e-12)
        slope = rng.normal(size=y.shape)
        dx, dkernel = jax.jit(lambda *values: jax.vjp(f, *values)[1](jnp.asarray(slope)))(x, kernel)
        # linear in each: any other inputs and any other kernel give the inner product with the gradients
        other_x, other_kernel = rng.normal(size=x.shape), rng.normal(size=kernel.shape)
        assert np.isclose((dx * other_x).sum(), (f(other_x, kernel) * slope).sum())
        assert np.isclose((dkernel * other_kernel).sum(), (f(x, other_kernel) * slope).sum())


def test_the_kernels_gradient_of_half_precision_is_summed_in_single_precision():
    x = np.ones((1, 64, 64, 1), "float16")
    kernel = np.ones((1, 1, 1, 1), "float16")
    slope = np.full((1, 64, 64, 2), 0.5, "float16")
    found = jax.grad(lambda k: (ops.depthwise_conv(np.repeat(x, 2, -1), k) * slope).sum())(np.repeat(kernel, 2, -2))
    np.testing.assert_array_equal(found, np.full((1, 1, 2, 1), 2048.0, "float16"))


def test_second_derivatives_through_a_depthwise_convolution_are_finite_differences_of_the_first():
    rng = np.random.default_rng(2)
    with jax.enable_x64(True):
        x, kernel = rng.normal(size=(1, 4, 4, 2)), rng.normal(size=(3, 3, 2, 1))

        @jax.jit
        def steepness(kernel):
            dx, dkernel = jax.grad(lambda *a: (ops.depthwise_conv(*a, padding="same") ** 2).sum(), (0, 1))(x, kernel)
            return (dx**2).sum() + (dkernel**2).sum()

        direction = rng.normal(size=kernel.shape)
        exact = (jax.jit(jax.grad(steepness))(kernel) * direction).sum()
        ahead, behind = (steepness(kernel + sign * 1e-5 * direction) for sign in (1, -1))
        assert np.isclose(exact, (ahead - behind) / 2e-5, rtol=1e-6)
