"""What the table of cases cannot say: properties of factorizations, beam search, errors, unknown sizes."""

import itertools
import math

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import keras
from keras import KerasTensor, ops
from keras._jax import numpy_reductions

MATRIX = np.array([[4.0, 1.0, 0.5], [1.0, 3.0, -0.5], [0.5, -0.5, 2.0]], "float32")


def symbol(*shape, dtype="float32"):
    return keras.KerasTensor(shape, dtype)


# --- factorizations


@pytest.mark.parametrize("matrix", [MATRIX, MATRIX[:, :2], MATRIX[:2], np.stack([MATRIX, 2 * MATRIX])])
def test_factors_multiply_to_the_matrix(matrix):
    q, r = ops.qr(matrix)
    np.testing.assert_allclose(q @ r, matrix, atol=1e-5)
    u, s, v = ops.svd(matrix, full_matrices=False)
    np.testing.assert_allclose(u * s[..., None, :] @ v, matrix, atol=1e-5)


def test_complete_factors_are_square():
    assert [x.shape for x in ops.qr(MATRIX[:, :2], mode="complete")] == [(3, 3), (3, 2)]
    assert [x.shape for x in ops.svd(MATRIX[:, :2])] == [(3, 3), (2,), (2, 2)]
    with pytest.raises(ValueError, match="`mode` must be 'reduced' or 'complete'"):
        ops.qr(MATRIX, mode="raw")


def test_eigenvectors_are_stretched_by_eigenvalues():
    values, vectors = ops.eigh(MATRIX)
    assert list(values) == sorted(values)
    np.testing.assert_allclose(MATRIX @ vectors, values * vectors, atol=1e-5)
    values, vectors = ops.eig(np.array([[0.0, -1.0], [1.0, 0.0]]))
    np.testing.assert_allclose(sorted(np.imag(values)), [-1, 1], atol=1e-6)


def test_lu_factors_multiply_to_the_permuted_matrix():
    both, pivots = ops.lu_factor(MATRIX[[1, 0, 2]])
    rows = np.array([1, 0, 2])
    for i, j in enumerate(np.asarray(pivots)):
        rows[[i, j]] = rows[[j, i]]
    np.testing.assert_allclose((np.tril(both, -1) + np.eye(3)) @ np.triu(both), MATRIX[rows], atol=1e-5)


def test_cholesky_refuses_what_is_not_positive_definite():
    with pytest.raises(ValueError, match="must be symmetric and positive definite"):
        ops.cholesky(-MATRIX)
    assert np.isnan(jax.jit(ops.cholesky)(-MATRIX)).any()


@pytest.mark.parametrize("name", ["inv", "det", "cholesky", "eigh", "slogdet"])
def test_square_matrices_are_asked_for(name):
    with pytest.raises(ValueError, match=rf"{name}: takes square matrices .* Got shape \(3, 2\)"):
        getattr(ops, name)(MATRIX[:, :2])


# --- CTC


def best_labels(logits, blank):
    """All label sequences by their probability, from all paths."""
    p = np.exp(logits) / np.exp(logits).sum(-1, keepdims=True)
    found = {}
    for path in itertools.product(range(p.shape[1]), repeat=len(p)):
        labels = tuple(c for c, _ in itertools.groupby(path) if c != blank)
        found[labels] = found.get(labels, 0) + math.prod(p[t, c] for t, c in enumerate(path))
    return sorted(found.items(), key=lambda pair: -pair[1])


@pytest.mark.parametrize("blank", [0, 2])
def test_a_wide_beam_search_finds_the_most_likely_labels(blank):
    logits = np.random.RandomState(blank).normal(size=(2, 5, 3)).astype("float32")
    labels, scores = ops.ctc_decode(logits, [5, 4], "beam_search", beam_width=300, top_paths=6, mask_index=blank)
    assert (labels.shape, scores.shape) == ((6, 2, 5), (2, 6))
    for sample, frames in enumerate([5, 4]):
        for path, (best, chance) in enumerate(best_labels(logits[sample, :frames], blank)[:6]):
            assert tuple(c for c in np.asarray(labels[path, sample]) if c >= 0) == best
            assert float(scores[sample, path]) == pytest.approx(math.log(chance), abs=1e-4)


def test_greedy_decoding_takes_the_best_class_of_every_frame():
    logits = np.eye(3, dtype="float32")[[[1, 1, 0, 1, 2, 2]]] * 5
    labels, scores = ops.ctc_decode(logits, [5])
    assert labels.tolist() == [[[1, 1, 2, -1, -1, -1]]]
    assert scores.tolist() == [[-25.0]]
    labels, _ = ops.ctc_decode(logits, [6], merge_repeated=False)
    assert labels.tolist() == [[[1, 1, 1, 2, 2, -1]]]


def test_ctc_loss_of_labels_that_do_not_fit_is_large_and_has_a_gradient():
    def cost(logits):
        return ops.sum(ops.ctc_loss([[1, 1, 1]], logits, [3], [2]))

    value, slope = jax.jit(jax.value_and_grad(cost))(np.zeros((1, 2, 3), "float32"))
    assert value > 9e4
    assert np.isfinite(slope).all()


# --- images


def test_elastic_transform_moves_pixels_and_keeps_the_range():
    images = np.tile(np.arange(16, dtype="float32"), (2, 16, 1))[..., None]
    moved = ops.image.elastic_transform(images, alpha=30.0, sigma=3.0, seed=1)
    assert moved.shape == images.shape
    assert 0.05 < np.abs(moved - images).mean() < 5
    assert np.abs(moved[0] - moved[1]).max() > 0.01
    assert (moved.min(), moved.max()) >= (0, 0)
    assert moved.max() <= 15
    np.testing.assert_array_equal(moved, ops.image.elastic_transform(images, alpha=30.0, sigma=3.0, seed=1))
    np.testing.assert_allclose(ops.image.elastic_transform(images, alpha=0.0, seed=1), images)


def test_resizing_whole_numbers_rounds_and_stays_in_range():
    pixels = np.array([0, 255, 0, 255], "uint8").reshape(1, 4, 1)
    found = ops.image.resize(pixels, (1, 7), interpolation="bicubic")
    assert found.dtype == "uint8"
    assert (found.min(), found.max()) == (0, 255)


def test_images_of_open_size_have_the_target_size_afterwards():
    images = KerasTensor((None, 3, None, None))
    grown = ops.image.pad_images(images, 1, None, None, 2, 9, 8, data_format="channels_first")
    assert grown.shape == (None, 3, 9, 8)
    cut = ops.image.crop_images(KerasTensor((None, 5, 3)), 1, 0, target_height=2000, target_width=4)
    assert cut.shape == (2000, 4, 3)


def test_windows_of_three_sizes_are_windows_of_volumes():
    volume = np.arange(32.0, dtype="float32").reshape(2, 4, 4, 1)
    found = ops.image.extract_patches(volume, (2, 2, 4))
    np.testing.assert_array_equal(found, ops.image.extract_patches_3d(volume, (2, 2, 4)))
    assert found.shape == (1, 2, 1, 16)
    with pytest.raises(TypeError, match="`size` must be an integer or 2 or 3 of them"):
        ops.image.extract_patches(volume, "2")


def test_resize_pads_to_the_aspect_ratio():
    image = np.ones((2, 4, 1), "float32")
    found = ops.image.resize(image, (4, 4), pad_to_aspect_ratio=True, fill_value=9.0, interpolation="nearest")
    np.testing.assert_array_equal(found[..., 0], np.repeat([9, 1, 1, 9], 4).reshape(4, 4))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: ops.image.resize(np.ones((4, 4)), (2, 2)), "takes one image, with 3 axes, or a batch"),
        (lambda: ops.image.resize(np.ones((4, 4, 1)), (2, 2), interpolation="best"), "`interpolation` must be one of"),
        (lambda: ops.image.crop_images(np.ones((4, 4, 1)), 1, 1), "give exactly two of top_cropping"),
        (lambda: ops.image.crop_images(np.ones((4, 4, 1)), 2, 0, 2, 0), "nothing is left"),
        (lambda: ops.image.pad_images(np.ones((4, 4, 1)), 0, 0, target_height=3, target_width=4), "do not fit an axis"),
        (lambda: ops.image.pad_images(KerasTensor((None, 4, 1)), 0, 0, 0, 0, target_height=9), "exactly two"),
        (lambda: ops.image.pad_images(KerasTensor((None, 4, 1)), -1, 0, 0, target_width=4), "do not fit"),
        (
            lambda: ops.image.crop_images(np.ones((4, 4, 1)), 0, 0, target_height=5, target_width=4),
            "do not fit an axis",
        ),
        (lambda: ops.image.crop_images(np.ones((4, 4, 1)), 0, 0, target_height=-1, target_width=4), "do not fit"),
        (lambda: ops.image.extract_patches(np.ones((4, 4, 1)), (1, 1, 1, 1)), "`size` must be"),
        (lambda: ops.image.rgb_to_hsv(np.ones((4, 4, 3), "uint8")), "takes floats from 0 to 1"),
        (lambda: ops.conv(np.ones((1, 4, 3)), np.ones((2, 2, 5))), "multiple of the kernel's"),
        (lambda: ops.depth_to_space(np.ones((1, 2, 2, 4)), 1), "integer of at least 2"),
        (lambda: ops.space_to_depth(np.ones((1, 2, 2, 4)), 1), "integer of at least 2"),
        (
            lambda: ops.batch_normalization(np.ones((2, 3)), np.ones(3), np.ones(2), -1),
            "`variance` must be a vector of 3",
        ),
        (
            lambda: ops.batch_normalization(symbol(None, 3), np.ones(3), np.ones(3), -1, offset=np.ones(2)),
            "`offset` must be a vector of 3",
        ),
        (lambda: ops.conv(np.ones((1, 4, 2)), np.ones((2, 2, 5)), padding="causal"), "`padding` must be one of"),
        (lambda: ops.max_pool(np.ones((4, 2)), 2), "between samples and channels|beside those of samples"),
        (lambda: ops.one_hot([1], 3, sparse=True), "sparse tensors do not exist"),
        (lambda: ops.convert_to_tensor([1], sparse=True), "sparse and ragged tensors do not exist"),
        (lambda: ops.convert_to_tensor(["text"]), "tensors hold numbers"),
        (lambda: ops.reshape(np.ones((2, 3)), (4, -1)), r"shape \(2, 3\) cannot become \(4, -1\)"),
        (lambda: ops.normalize(np.ones(3), order=0), "`order` must be a positive number"),
        (lambda: ops.categorical_crossentropy(np.ones((2, 3)), np.ones((2, 4))), "must have the same shape"),
        (lambda: ops.sparse_categorical_crossentropy(np.ones((3,)), np.ones((2, 4))), "an axis of classes"),
        (lambda: ops.rearrange(np.ones((4,)), "(a b) -> a b"), "give the size of all but one"),
        (lambda: ops.rearrange(np.ones((4,)), "a -> b"), "must name the same axes"),
        (lambda: ops.scatter_update(np.ones(3), [[0]], [1.0], "mean"), "`reduction` must be one of"),
        (lambda: ops.ctc_decode(np.ones((1, 2, 3)), [2], "beam_search", 2, 3), "at most `beam_width`"),
        (lambda: ops.where([True], [1]), "give both `x1` and `x2`, or neither"),
        (lambda: ops.unstack(np.ones((2, 3)), num=3), "`num` must be the size of axis 0"),
        (lambda: ops.unstack(symbol(None, 3)), "`num` is needed"),
        (lambda: ops.histogram(np.ones(3), 0), "`bins` must be a positive integer"),
        (lambda: ops.view_as_complex(np.ones((2, 3))), "the last axis must hold pairs"),
        (lambda: ops.stft(np.ones((1, 16)), 9, 4, 8), "`fft_length` must be at least"),
    ],
)
def test_errors_say_what_was_needed(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_a_fused_attention_kernel_that_is_not_there_is_not_replaced_silently():
    x = np.ones((1, 2, 1, 8), "float32")
    with pytest.raises(ValueError, match="`flash_attention=True` cannot be done here"):
        ops.dot_product_attention(x, x, x, flash_attention=True)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (ops.nonzero, "nonzero: the shape of the result depends on values"),
        (ops.unique, "give the number of results with `size`"),
        (lambda x: ops.bincount(ops.cast(x, "int32")), "give the length of the result with `minlength`"),
        (lambda x: ops.segment_sum(x, ops.cast(x, "int32")), "give `num_segments`"),
    ],
)
def test_results_whose_shape_depends_on_values_are_refused_in_compiled_code(call, message):
    with pytest.raises(ValueError, match=message):
        jax.jit(call)(np.ones(3, "float32"))


# --- unknown sizes


@pytest.mark.parametrize(
    ("call", "shape"),
    [
        (lambda: symbol(None, 3) + symbol(5, 3), (5, 3)),
        (lambda: symbol(None, 3) * symbol(1, 3), (None, 3)),
        (lambda: symbol(None, 1) - symbol(1, None), (None, None)),
        (lambda: symbol(None, 3) / np.ones((5, 1), "float32"), (5, 3)),
        (lambda: ops.where(symbol(None, 1, dtype="bool"), symbol(5, 3), 0.0), (5, 3)),
        (lambda: symbol(None, None) @ symbol(3, 4), (None, 4)),
        (lambda: symbol(None, 2, None) @ symbol(5, 3, 4), (5, 2, 4)),
        (lambda: ops.dot(symbol(2, None), symbol(3, 4)), (2, 4)),
        (lambda: ops.einsum("...ij,jk->...ik", symbol(None, 2, None), symbol(3, 4)), (None, 2, 4)),
        (lambda: ops.tensordot(symbol(None, None), symbol(3, 4), 1), (None, 4)),
        (lambda: ops.reshape(symbol(None, 6), (-1, 3)), (None, 3)),
        (lambda: ops.reshape(symbol(None, 6), (4, -1)), (4, None)),
        (lambda: ops.reshape(symbol(None, 6), (None, 3, 2)), (None, 3, 2)),
        (lambda: ops.reshape(symbol(4, 6), (-1, 8)), (3, 8)),
        (lambda: symbol(2, 6).reshape((3, -1)), (3, 4)),
        (lambda: symbol(None, 1, 3).squeeze(), (None, 3)),
        (lambda: ops.squeeze(symbol(None, 3), axis=0), (3,)),
        (lambda: ops.concatenate([symbol(None, None, 3), symbol(None, 5, 4)], axis=-1), (None, 5, 7)),
        (lambda: ops.concatenate([symbol(None, 3), symbol(5, 3)], axis=0), (None, 3)),
        (lambda: ops.stack([symbol(None, 3), symbol(5, 3)]), (2, 5, 3)),
        (lambda: ops.split(symbol(None, 4), 3)[2], (None, 4)),
        (lambda: ops.unstack(symbol(None, 4), num=3)[0], (4,)),
        (lambda: ops.broadcast_to(symbol(None, 1), (5, 3)), (5, 3)),
        (lambda: symbol(None, 6)[:5], (5, 6)),
        (lambda: symbol(None, 6)[5:], (None, 6)),
        (lambda: symbol(None, 6)[0:1], (1, 6)),
        (lambda: symbol(None, 6)[..., None, ::2], (None, 1, 3)),
        (lambda: symbol(None, 6)[3], (6,)),
        (lambda: ops.max_pool(symbol(None, None, 8, 3), 2), (None, None, 4, 3)),
        (lambda: ops.conv(symbol(None, None, 8, 3), np.ones((3, 3, 3, 2)), 16, "same"), (None, None, 1, 2)),
        (lambda: ops.space_to_depth(symbol(None, None, 4, 2), 2), (None, None, 2, 8)),
        (lambda: ops.image.resize(symbol(None, None, None, 3), (4, 5)), (None, 4, 5, 3)),
        (lambda: ops.nonzero(symbol(2, 3))[1], (None,)),
        (lambda: ops.unique(symbol(2, 3)), (None,)),
        (lambda: ops.bincount(symbol(4, dtype="int32")), (None,)),
        (lambda: ops.segment_sum(symbol(None, 3), symbol(None, dtype="int32"), num_segments=4), (4, 3)),
        (lambda: ops.segment_sum(symbol(None, 3), symbol(None, dtype="int32")), (None, 3)),
        (lambda: ops.size(symbol(None, 3)), ()),
        (lambda: ops.linspace(symbol(None, 3), symbol(2, 3), 5, axis=1), (2, 5, 3)),
        (lambda: ops.logspace(symbol(2, None), symbol(None, 3), 5), (5, 2, 3)),
        (lambda: ops.geomspace(symbol(None, 3), symbol(2, 3), 5), (5, 2, 3)),
        (lambda: ops.inner(symbol(None), symbol(3)), ()),
        (lambda: ops.einsum(",ij", 2.0, symbol(None, 3)), (None, 3)),
        (lambda: ops.hstack([symbol(None, 3), symbol(2, None)]), (2, None)),
        (lambda: ops.vstack([symbol(None, None), symbol(None, 3)]), (None, 3)),
        (lambda: ops.vstack([symbol(None), symbol(3)]), (2, 3)),
        (lambda: ops.dstack([symbol(None, 3), symbol(2, None)]), (2, 3, 2)),
        (lambda: ops.dstack([symbol(None, 3, 1), symbol(2, None, 4)]), (2, 3, 5)),
        (lambda: ops.repeat(symbol(None, 3), [1, 2], axis=0), (3, 3)),
    ],
)
def test_unknown_sizes(call, shape):
    assert call().shape == shape


def test_shape_of_a_symbolic_tensor_has_none_for_what_is_not_known():
    assert ops.shape(symbol(None, 3)) == (None, 3)
    assert ops.size(symbol(2, 3)) == 6
    assert ops.ndim(symbol(None, 3)) == 2


def test_symbolic_tensors_have_arithmetic():
    x, y = symbol(None, 3), symbol(None, 3)
    for z in (x + 1, 1 - x, x * y, 2 / x, x // 2, 7 % x, x**2, 2**x, -x, abs(x), round(x), x @ np.ones((3, 3))):
        assert (z.shape, z.dtype) == ((None, 3), "float32")
    for z in (x < 1, x <= y, x > y, x <= 1, x != y, ~(x < y), (x < y) & True, True | (x < y), (x < y) ^ (x > y)):
        assert (z.shape, z.dtype) == ((None, 3), "bool")
    assert x == x
    assert x in {x}


def test_a_mismatch_of_symbolic_shapes_explains_the_sizes_in_the_message():
    with pytest.raises(TypeError) as caught:
        symbol(None, 3) @ symbol(4, 5)
    assert any("stand for sizes that are not known yet" in note for note in caught.value.__notes__)


@pytest.mark.parametrize(
    "call",
    [
        lambda: symbol(2, 3) @ symbol(4, 5),
        lambda: symbol(2, 3) + symbol(4, 3),
        lambda: ops.concatenate([symbol(2, 3), symbol(2, 4)]),
        lambda: ops.swapaxes(symbol(2, 3), 0, 4),
        lambda: ops.concatenate([symbol(2, 3), symbol(2, 3)], axis=4),
    ],
)
def test_shapes_that_do_not_fit_are_value_errors(call):
    with pytest.raises(ValueError):
        call()


def test_integers_round_to_tens():
    y = ops.round(np.array([14, 15, 25, -26, 105], "int16"), -1)
    np.testing.assert_array_equal(y, [10, 20, 20, -30, 100])
    assert y.dtype == "int16"


@pytest.mark.parametrize("axes", [(0, 0), (0, 2), (1,)])
def test_transpose_names_each_axis_once(axes):
    with pytest.raises(ValueError, match="each of the 2 axes once"):
        ops.transpose(np.ones((2, 3)), axes)


def test_numbers_stand_in_einsum():
    np.testing.assert_array_equal(ops.einsum(",ij", 5, [[1, 2]]), [[5, 10]])


def test_variables_and_nested_lists_are_tensors():
    v = keras.Variable([1.0, 2.0])
    np.testing.assert_array_equal(ops.add(v, [1, 1]), [2, 3])
    np.testing.assert_array_equal(ops.concatenate([v, [7.0]]), [1, 2, 7])
    np.testing.assert_array_equal(ops.stack([v[0], v[1]]), [1, 2])
    assert ops.convert_to_tensor([v[0], 3.0]).shape == (2,)


def test_the_first_of_equal_largest_elements_gets_the_gradient_of_pooling():
    row = np.array([3, 3, 1, 3], "float32").reshape(1, 4, 1)
    slope = jax.grad(lambda a: ops.sum(ops.max_pool(a, 2)))(row)
    np.testing.assert_array_equal(slope.ravel(), [1, 0, 0, 1])
    wide = np.array([1, 3, 3, 3], "float32").reshape(1, 2, 2, 1)
    slope = jax.grad(lambda a: ops.sum(ops.max_pool(a, 2)))(wide)
    np.testing.assert_array_equal(slope.ravel(), [0, 1, 0, 0])
    many = np.ones((1, 100, 1), "float32")  # a window of more elements than are compared one by one
    slope = jax.grad(lambda a: ops.sum(ops.max_pool(a, 100)))(many)
    np.testing.assert_array_equal(np.flatnonzero(slope), [0])


def test_top_k_and_sort_work_on_whole_numbers_and_floats():
    values, places = ops.top_k(np.array([[3, 9, 5]]), 2)
    assert (values.tolist(), places.tolist()) == ([[9, 5]], [[1, 2]])
    np.testing.assert_array_equal(ops.take([10, 20], [1, -1]), [20, 20])


def test_argpartition_puts_smaller_elements_before_and_larger_ones_after():
    x = np.array([[3.0, 1.0, 2.0, 0.0], [7.0, 5.0, 6.0, 8.0]])
    found = np.take_along_axis(x, np.asarray(ops.argpartition(x, 2)), -1)
    np.testing.assert_array_equal(found[:, 2], np.sort(x)[:, 2])
    np.testing.assert_array_equal(np.sort(found[:, :2]), np.sort(x)[:, :2])
    found = x.reshape(-1)[np.asarray(ops.argpartition(x, 3, axis=None))]
    assert (set(found[:3]), found[3]) == ({0.0, 1.0, 2.0}, 3.0)
    assert ops.argpartition(KerasTensor((2, 4)), 3, axis=None).shape == (8,)


def test_one_number_stands_first_in_order():
    assert np.asarray(ops.argsort(np.array(3.0))).tolist() == [0]
    assert ops.argsort(KerasTensor(())).shape == (1,)
    assert np.asarray(ops.argsort([[3, 1], [2, 0]], axis=None)).tolist() == [3, 1, 2, 0]


def test_splitting_symbols_along_an_axis_that_is_not_there_is_a_value_error():
    with pytest.raises(ValueError, match="out of range"):
        ops.split(KerasTensor((2, 4)), 2, axis=5)


@pytest.mark.parametrize("narrow", ["float16", "bfloat16"])
def test_cross_entropies_of_16_bits_keep_the_width_of_the_targets(narrow):
    chances = ops.cast([[0.25, 0.75]], narrow)  # exact in 16 bits
    for wide in ("float32", narrow, "int32"):
        target, dtype = ops.cast([[0.0, 1.0]], wide), narrow if wide == "int32" else wide
        for cost, expected in ((ops.categorical_crossentropy, [0.28768]), (ops.binary_crossentropy, [[0.28768] * 2])):
            found = cost(target, chances)
            assert found.dtype == dtype
            assert cost(symbol(1, 2, dtype=wide), symbol(1, 2, dtype=narrow)).dtype == dtype
            np.testing.assert_allclose(ops.cast(found, "float32"), expected, atol=1e-5 if dtype == "float32" else 2e-3)
    found = ops.sparse_categorical_crossentropy([1], chances)
    assert found.dtype == "float32"
    np.testing.assert_allclose(found, [0.28768], atol=1e-5)


def test_normalizations_take_factors_of_each_sample():
    x = np.array([[[1.0, 3.0]], [[2.0, 6.0]]], "float32")
    factors = np.array([[[10.0, 1.0]], [[1.0, 100.0]]], "float32")  # (samples, 1, features)
    y = ops.layer_normalization(x, factors, factors + 1, epsilon=0.0)
    np.testing.assert_allclose(y, [[[1.0, 3.0]], [[1.0, 201.0]]], rtol=1e-6)
    y = ops.rms_normalization(x, factors, epsilon=0.0)
    np.testing.assert_allclose(y, x / np.sqrt([[[5.0]], [[20.0]]]) * factors, rtol=1e-6)
    np.testing.assert_allclose(
        ops.layer_normalization(x, np.float32(2), epsilon=0.0), [[[-2, 2]], [[-2, 2]]], rtol=1e-6
    )


@pytest.mark.parametrize("axis", [-1, (1, 2)])
def test_normalizations_take_a_number_as_factor(axis):
    x = np.array([[[1.0, 3.0]], [[2.0, 6.0]]], "float32")
    np.testing.assert_allclose(ops.layer_normalization(x, 2, 1.0, axis=axis, epsilon=0.0), [[[-1, 3]], [[-1, 3]]])
    np.testing.assert_allclose(ops.rms_normalization(x, 3, axis=axis) / ops.rms_normalization(x, axis=axis), 3 + 0 * x)
    symbol = KerasTensor((None, 1, 2))
    assert ops.layer_normalization(symbol, gamma=2).shape == ops.rms_normalization(symbol, 2).shape == (None, 1, 2)


@pytest.mark.parametrize("error", [TypeError, ValueError])  # Keras 3.15.1 on JAX and on the others
def test_text_is_a_value_of_the_wrong_type(error):
    with pytest.raises(error, match="tensors hold numbers"):
        ops.exp("three")


def test_rms_scaling_divides_by_the_deviation_without_centring():
    x = np.array([[1.0, 3.0]], "float32")  # variance 1
    gamma = np.array([1.0, 2.0], "float32")
    np.testing.assert_allclose(
        ops.layer_normalization(x, gamma, epsilon=3.0, rms_scaling=True), [[0.5, 3.0]], rtol=1e-6
    )


def test_the_gradient_of_an_extreme_is_shared_by_equals_and_finite_where_nothing_equals_it(monkeypatch):
    x = np.array([[1.0, 3.0, 3.0], [2.0, 0.0, 2.0]], "float32")
    for find, shares in ((ops.max, [[0, 0.5, 0.5], [0.5, 0, 0.5]]), (ops.amin, [[1, 0, 0], [0, 1, 0]])):
        found = jax.grad(lambda x, find=find: find(x, axis=1).sum())(x)
        np.testing.assert_array_equal(found, shares)
    largest = numpy_reductions._extreme_of_floats
    # what a compiler may do: the largest element, rounded in another way than the elements it is compared with
    monkeypatch.setattr(numpy_reductions, "_extreme_of_floats", lambda *args: largest(*args) * 1.0000002)
    (slopes,) = jax.jvp(lambda x: largest(jnp.max, 1, False, x), (x,), (np.ones_like(x),))[1:]
    assert np.isfinite(slopes).all()
