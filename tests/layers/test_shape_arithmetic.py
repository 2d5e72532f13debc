"""Sizes of outputs, counted by hand, promised, and found by tracing; and what masks mean, for any sizes and masks.

Sizes are counted by laying windows one after the other, so no formula of the package is used. Runs are traced without
computing, so that hundreds of sizes stay cheap.
"""

import math

import jax
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keras import layers, ops

from .contract import assert_close

few = settings(max_examples=25, deadline=None, derandomize=True, database=None)
fewer = settings(few, max_examples=6)

RANKS = st.integers(1, 3)
ORDERS = st.sampled_from(["channels_last", "channels_first"])
CONVOLUTIONS = {1: layers.Conv1D, 2: layers.Conv2D, 3: layers.Conv3D}
TRANSPOSED = {1: layers.Conv1DTranspose, 2: layers.Conv2DTranspose, 3: layers.Conv3DTranspose}
MAX = {1: layers.MaxPooling1D, 2: layers.MaxPooling2D, 3: layers.MaxPooling3D}
MEAN = {1: layers.AveragePooling1D, 2: layers.AveragePooling2D, 3: layers.AveragePooling3D}
ADAPTIVE = {1: layers.AdaptiveMaxPooling1D, 2: layers.AdaptiveAveragePooling2D, 3: layers.AdaptiveMaxPooling3D}
PADDED = {1: layers.ZeroPadding1D, 2: layers.ZeroPadding2D, 3: layers.ZeroPadding3D}
CROPPED = {1: layers.Cropping1D, 2: layers.Cropping2D, 3: layers.Cropping3D}


def several(data, rank, low, high):
    return tuple(data.draw(st.lists(st.integers(low, high), min_size=rank, max_size=rank)))


def arranged(sizes, channels, order, batch=2):
    return (batch, *sizes, channels) if order == "channels_last" else (batch, channels, *sizes)


def windows(size, span, stride, padding):
    """How many windows there are when they are laid one after the other."""
    starts = range(0, size, stride)
    return len(starts) if padding in ("same", "causal") else sum(start + span <= size for start in starts)


def traced(layer, shape):
    """The shape of what the layer returns, computing nothing."""
    return jax.eval_shape(layer, jax.ShapeDtypeStruct(shape, "float32")).shape


def assert_shape(layer, shape, wanted):
    """It is promised, for any batch too, and it is what the layer returns."""
    assert tuple(layer.compute_output_shape(shape)) == wanted
    assert tuple(layer.compute_output_shape((None, *shape[1:]))) == (None, *wanted[1:])
    assert traced(layer, shape) == wanted
    first = getattr(layer, "data_format", "channels_last") == "channels_first"
    open_sizes = (None, shape[1]) + (None,) * (len(shape) - 2) if first else (None,) * (len(shape) - 1) + shape[-1:]
    assert all(a in (None, b) for a, b in zip(layer.compute_output_shape(open_sizes), wanted, strict=True))


def assert_refused(layer, shape):
    for ask in (lambda: layer.compute_output_shape(shape), lambda: traced(layer, shape)):
        with pytest.raises(ValueError, match="do not fit into inputs"):
            ask()


# --- convolution


@few
@given(st.data(), RANKS, ORDERS)
def test_a_convolution_has_an_output_for_every_window(data, rank, order):
    sizes, kernel = several(data, rank, 1, 9), several(data, rank, 1, 4)
    spread = data.draw(st.booleans())
    steps = several(data, rank, 1, 3)
    strides, dilation = ((1,) * rank, steps) if spread else (steps, (1,) * rank)
    padding = data.draw(st.sampled_from(["valid", "same", "causal"] if rank == 1 else ["valid", "same"]))
    groups = data.draw(st.sampled_from([1, 2]))
    layer = CONVOLUTIONS[rank](
        4, kernel, strides=strides, dilation_rate=dilation, padding=padding, data_format=order, groups=groups
    )
    spans = [(k - 1) * d + 1 for k, d in zip(kernel, dilation)]
    counts = [windows(n, span, s, padding) for n, span, s in zip(sizes, spans, strides)]
    shape = arranged(sizes, 2, order)
    if 0 in counts:
        assert_refused(layer, shape)
    else:
        assert_shape(layer, shape, arranged(counts, 4, order))


@few
@given(st.data(), ORDERS, st.sampled_from(["valid", "same"]))
def test_depthwise_and_separable_convolutions_count_as_plain_ones(data, order, padding):
    sizes, width, stride = several(data, 2, 4, 9), data.draw(st.integers(1, 4)), data.draw(st.integers(1, 3))
    counts = [windows(n, width, stride, padding) for n in sizes]
    settings = {"strides": stride, "padding": padding, "data_format": order}
    depthwise = layers.DepthwiseConv2D(width, depth_multiplier=3, **settings)
    assert_shape(depthwise, arranged(sizes, 2, order), arranged(counts, 6, order))
    assert_shape(layers.SeparableConv2D(5, width, **settings), arranged(sizes, 2, order), arranged(counts, 5, order))


@few
@given(st.data(), RANKS, ORDERS, st.sampled_from(["valid", "same"]))
def test_a_transposed_convolution_is_as_long_as_what_its_windows_cover(data, rank, order, padding):
    sizes, kernel, strides = several(data, rank, 1, 6), several(data, rank, 1, 4), several(data, rank, 1, 3)
    layer = TRANSPOSED[rank](3, kernel, strides=strides, padding=padding, data_format=order)
    if padding == "same":
        lengths = [len(range(n * s)) for n, s in zip(sizes, strides)]
    else:  # every input covers a window, and at least the way to the next one
        lengths = [max(i * s + max(k, s) for i in range(n)) for n, k, s in zip(sizes, kernel, strides)]
    shape, wanted = arranged(sizes, 2, order), arranged(lengths, 3, order)
    assert_shape(layer, shape, wanted)
    # the convolution of which it is the gradient leads back
    back = CONVOLUTIONS[rank](2, kernel, strides=strides, padding=padding, data_format=order)
    assert tuple(back.compute_output_shape(wanted)) == shape


@few
@given(st.data(), st.sampled_from(["valid", "same"]))
def test_output_padding_says_how_much_longer_a_transposed_convolution_is(data, padding):
    size, width, stride = data.draw(st.integers(1, 6)), data.draw(st.integers(1, 5)), data.draw(st.integers(1, 3))
    extra = data.draw(st.integers(0, stride - 1))
    covered = (size - 1) * stride + width
    cut = 2 * (width // 2) if padding == "same" else 0  # half a window on both sides
    if covered - cut + extra <= 0:
        return
    layer = layers.Conv1DTranspose(3, width, strides=stride, padding=padding, output_padding=extra)
    assert_shape(layer, (2, size, 2), (2, covered - cut + extra, 3))


# --- pooling


@few
@given(st.data(), RANKS, ORDERS, st.sampled_from([MAX, MEAN]))
def test_pooling_has_an_output_for_every_window(data, rank, order, kinds):
    sizes, width = several(data, rank, 1, 9), several(data, rank, 1, 4)
    strides = data.draw(st.sampled_from([None, several(data, rank, 1, 4)]))
    padding = data.draw(st.sampled_from(["valid", "same"]))
    layer = kinds[rank](width, strides=strides, padding=padding, data_format=order)
    counts = [windows(n, w, s, padding) for n, w, s in zip(sizes, width, strides or width)]
    if 0 in counts:
        with pytest.raises(ValueError, match="do not fit into inputs"):
            layer.compute_output_shape(arranged(sizes, 2, order))
    else:
        assert_shape(layer, arranged(sizes, 2, order), arranged(counts, 2, order))


@few
@given(st.data(), RANKS, ORDERS)
def test_adaptive_pooling_has_as_many_outputs_as_it_was_told(data, rank, order):
    sizes, wanted = several(data, rank, 1, 9), several(data, rank, 1, 5)
    kept = [data.draw(st.booleans()) for _ in range(rank)]
    layer = ADAPTIVE[rank]([None if keep else n for keep, n in zip(kept, wanted)], data_format=order)
    counts = [size if keep else n for keep, size, n in zip(kept, sizes, wanted)]
    assert_shape(layer, arranged(sizes, 2, order), arranged(counts, 2, order))


@fewer
@given(st.integers(1, 12), st.integers(1, 12))
def test_adaptive_windows_reach_from_share_to_share(size, count):
    x = np.arange(size, dtype="float32")
    seen = [x[i * size // count : math.ceil((i + 1) * size / count)] for i in range(count)]
    assert_close(layers.AdaptiveMaxPooling1D(count)(x[None, :, None])[0, :, 0], [float(w.max()) for w in seen])
    assert_close(layers.AdaptiveAveragePooling1D(count)(x[None, :, None])[0, :, 0], [float(w.mean()) for w in seen])


# --- padding, cropping, up-sampling


@few
@given(st.data(), RANKS, ORDERS)
def test_cropping_takes_away_what_padding_adds(data, rank, order):
    sizes = several(data, rank, 1, 5)
    pairs = [several(data, 2, 0, 3) for _ in range(rank)]
    amounts = pairs[0] if rank == 1 else pairs
    larger = [a + n + b for n, (a, b) in zip(sizes, pairs)]
    order = order if rank > 1 else "channels_last"  # Cropping1D knows one order
    options = {"data_format": order} if rank > 1 else {}
    small, large = arranged(sizes, 2, order), arranged(larger, 2, order)
    assert_shape(PADDED[rank](amounts, **options), small, large)
    assert_shape(CROPPED[rank](amounts, **options), large, small)


@few
@given(st.data(), RANKS, ORDERS)
def test_up_sampling_multiplies_sizes(data, rank, order):
    sizes, times = several(data, rank, 1, 5), several(data, rank, 1, 4)
    kind = {1: layers.UpSampling1D, 2: layers.UpSampling2D, 3: layers.UpSampling3D}[rank]
    order = order if rank > 1 else "channels_last"
    layer = kind(times[0] if rank == 1 else times, **({"data_format": order} if rank > 1 else {}))
    assert_shape(layer, arranged(sizes, 2, order), arranged([n * t for n, t in zip(sizes, times)], 2, order))


# --- shapes


@few
@given(st.lists(st.integers(1, 5), min_size=1, max_size=4), st.randoms(use_true_random=False))
def test_reshape_finds_the_size_that_is_left_out(sizes, random):
    count, target = math.prod(sizes), []
    while count > 1 and len(target) < 3:
        factor = random.choice([n for n in range(1, count + 1) if count % n == 0])
        target.append(factor)
        count //= factor
    target.append(count)
    place = random.randrange(len(target))
    hidden = [-1 if i == place else n for i, n in enumerate(target)]
    for asked in (target, hidden):
        layer = layers.Reshape(asked)
        assert tuple(layer.compute_output_shape((2, *sizes))) == (2, *target)
        assert traced(layer, (2, *sizes)) == (2, *target)
    assert traced(layers.Flatten(), (2, *sizes)) == (2, math.prod(sizes))
    with pytest.raises(ValueError, match="they have"):
        layers.Reshape([*target, 2]).compute_output_shape((2, *sizes))


@few
@given(st.permutations(range(1, 5)), st.lists(st.integers(1, 5), min_size=4, max_size=4))
def test_permute_moves_sizes_to_their_places(order, sizes):
    assert_shape(layers.Permute(tuple(order)), (2, *sizes), (2, *(sizes[i - 1] for i in order)))


@few
@given(st.data(), st.integers(1, 3))
def test_merging_broadcasts_as_numpy_does_and_concatenation_adds_up(data, rank):
    sizes = several(data, rank, 1, 4)
    other = [data.draw(st.sampled_from([n, 1])) for n in sizes]
    shapes = [(2, *sizes), (2, *other)]
    found = jax.eval_shape(layers.Add(), [jax.ShapeDtypeStruct(s, "float32") for s in shapes]).shape
    assert found == np.broadcast_shapes(*shapes) == tuple(layers.Add().compute_output_shape(shapes))
    axis = data.draw(st.integers(1, rank))
    uneven = list(sizes)
    uneven[axis - 1] = data.draw(st.integers(1, 4))
    wanted = [2, *sizes]
    wanted[axis] += uneven[axis - 1]
    layer = layers.Concatenate(axis=axis)
    assert list(layer.compute_output_shape([(2, *sizes), (2, *uneven)])) == wanted


# --- masks: fixed sizes, so that each layer is compiled once

DRAW = np.random.default_rng(0)
X, V = DRAW.normal(size=(2, 5, 3)).astype("float32"), DRAW.normal(size=(2, 5, 3)).astype("float32")
MASKS = st.lists(st.booleans(), min_size=10, max_size=10).map(lambda bits: np.array(bits).reshape(2, 5))


@fewer
@given(MASKS)
def test_what_is_masked_changes_nothing(mask):
    """A recurrent layer, attention, a mean: all as if the masked steps were not there."""
    for row in range(2):
        kept = np.flatnonzero(mask[row])
        if not len(kept):
            continue
        mean = layers.GlobalAveragePooling1D()(X, mask=mask)
        assert_close(mean[row], X[row, kept].mean(axis=0))
        mixed = np.asarray(layers.Attention()([X, V], mask=[None, mask]))[row]
        scores = np.exp(X[row] @ V[row, kept].T)
        assert_close(mixed, scores / scores.sum(axis=1, keepdims=True) @ V[row, kept], rtol=1e-4)
    outputs = np.asarray(SEQUENCES(X, mask=mask))
    noisy = np.asarray(SEQUENCES(np.where(mask[..., None], X, 7), mask=mask))
    assert_close(noisy, outputs)
    for row in range(2):
        last = np.zeros(2)
        for step in range(5):
            if not mask[row, step]:
                assert_close(outputs[row, step], last)
            last = outputs[row, step]


SEQUENCES = layers.SimpleRNN(2, return_sequences=True, seed=1)


@fewer
@given(MASKS, MASKS)
def test_masks_come_from_values_and_are_joined(one, other):
    x = np.where(one[..., None], X, 0)
    y = np.where(other[..., None], V, 0)
    masked, also = layers.Masking()(x), layers.Masking()(y)
    np.testing.assert_array_equal(masked._keras_mask, one)
    np.testing.assert_array_equal(layers.Dropout(0.5)(masked)._keras_mask, one)
    np.testing.assert_array_equal(layers.Concatenate()([masked, also])._keras_mask, one | other)
    in_time = layers.Concatenate(axis=1)([masked, also])._keras_mask
    np.testing.assert_array_equal(in_time, np.concatenate([one, other], axis=1))
    for merge in (layers.Add(), layers.Multiply(), layers.Maximum()):
        np.testing.assert_array_equal(ops.convert_to_numpy(merge([masked, also])._keras_mask), one | other)
    heads = layers.MultiHeadAttention(1, 2)(masked, also)
    np.testing.assert_array_equal(heads._keras_mask, one)
    words = layers.Embedding(4, 2, mask_zero=True)(one.astype("int32") * 3)
    np.testing.assert_array_equal(words._keras_mask, one)
