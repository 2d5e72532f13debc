"""Arguments that are rare, and what Keras 3 makes of them."""

import numpy as np
import pytest

import keras
from keras import ops


@pytest.mark.parametrize(("subscripts", "sums"), [("ij->", 900), ("ii", 300), ("ij->i", [300, 300, 300])])
def test_einsum_sums_small_integers_in_32_bits(subscripts, sums):
    x = np.full((3, 3), 100, "int8")
    found = ops.einsum(subscripts, x)
    assert found.dtype == "int32"
    assert found.tolist() == sums
    assert ops.einsum(subscripts, keras.KerasTensor((3, 3), "int8")).dtype == "int32"


def test_unique_takes_no_two_nans_for_the_same():
    values, counts = ops.unique(np.array([np.nan, 1.0, np.nan], "float32"), return_counts=True)
    np.testing.assert_array_equal(values, [1, np.nan, np.nan])
    assert counts.tolist() == [1, 1, 1]


def test_a_vector_is_unravelled_by_its_length():
    (places,) = ops.unravel_index(np.array([0, 5]), 12)
    assert ops.unravel_index(np.array([5], "int8"), (2, 3))[0].dtype == "int8"  # as in Keras 3.15.1
    assert places.tolist() == [0, 5]


@pytest.mark.parametrize("shape", [(3,), (2, 3, 4)])
def test_categorical_takes_rows_of_classes(shape):
    with pytest.raises(ValueError, match=r"categorical: `logits` must have the shape \(batch, classes\)"):
        keras.random.categorical(np.ones(shape), 2)


def test_a_seed_generator_says_what_it_does_not_know():
    with pytest.raises(ValueError, match="SeedGenerator: unknown argument 'start"):
        keras.random.SeedGenerator(start=1)


@pytest.mark.parametrize(
    "make",
    [
        lambda: ops.cdist(np.ones((3, 4)), np.ones((2, 5))),
        lambda: ops.extract_sequences(np.ones(4), 2, 0),
        lambda: ops.extract_sequences(np.float32(1), 1, 1),
        lambda: ops.stft(np.ones(8), 4, 1.5, 4),
        lambda: ops.istft((np.ones((1, 3)), np.ones((1, 3))), 4, -1, 4),
        lambda: ops.istft((np.ones(3), np.ones(3)), 4, 1, 4),
        lambda: ops.unstack(np.ones((3, 4)), axis=2),
        lambda: ops.unstack(keras.KerasTensor((3, 4)), axis=-3),
    ],
)
def test_impossible_shapes_and_steps_are_value_errors(make):
    with pytest.raises(ValueError, match=r"must|have the shape|there is no axis"):
        make()


def test_a_slice_to_the_end_has_a_known_size_in_a_model():
    x = keras.Input((4,))
    y = ops.slice(x, (0, 1), (-1, -1))
    assert y.shape == (None, 3)
    found = keras.Model(x, y).predict(np.arange(8.0).reshape(2, 4), verbose=0)
    assert found.tolist() == [[1, 2, 3], [5, 6, 7]]
    start = keras.Input(batch_shape=(2,), dtype="int32")
    assert ops.slice(keras.KerasTensor((3, 3)), start, (-1, 2)).shape == (None, 2)


def test_a_tensor_as_a_numpy_array_belongs_to_the_caller():
    given = np.zeros(2, "float32")
    for x in (given, ops.zeros(2)):
        found = ops.convert_to_numpy(x)
        found[0] = 1.0
    assert given.tolist() == [0.0, 0.0]


def test_common_dtypes_of_tensors_are_those_of_names():
    flags, counts = ops.ones(1, "bool"), ops.ones(1, "int8")
    assert keras.backend.result_type(flags.dtype, counts.dtype) == "int8"
    assert keras.backend.result_type(np.dtype("float64"), "float32") == keras.backend.result_type("float64", "float32")


def test_numbers_beyond_the_range_of_32_bits_without_a_sign_become_its_ends():
    assert ops.saturate_cast(np.array([1e12, -1.0, 3.7]), "uint32").tolist() == [2**32 - 1, 0, 3]
    assert ops.saturate_cast(np.array([1, 2]), None).dtype == "float32"


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_sums_over_paths_of_16_bits_are_of_32(dtype):
    frames = ops.ones((1, 3, 3), dtype)
    assert ops.ctc_loss(np.array([[1, 2]]), frames, np.array([2]), np.array([3])).dtype == "float32"
    for strategy in ("greedy", "beam_search"):
        assert ops.ctc_decode(frames, np.array([3]), strategy)[1].dtype == "float32"


def test_a_shape_may_be_one_number():
    assert keras.random.normal(5).shape == keras.random.uniform(5).shape == (5,)
    assert keras.random.randint(5, 0, 9).shape == keras.random.gamma(5, 1.0).shape == (5,)
    assert keras.initializers.Zeros()(5).shape == keras.initializers.RandomNormal()(5).shape == (5,)


SQUARE = keras.KerasTensor((3, 3))


@pytest.mark.parametrize(
    "call",
    [
        lambda: ops.slice(SQUARE, (1, 1), (2, 2, 2)),
        lambda: ops.slice(SQUARE, (1,), (2, 2)),
        lambda: ops.slice(np.ones((3, 3)), (1, 1, 1), (2, 2)),
        lambda: ops.segment_sum(SQUARE, np.array([0, 1]), 2),
        lambda: ops.tile(SQUARE, (-1, 2)),
        lambda: ops.diagonal(SQUARE, axis1=1, axis2=-1),
        lambda: ops.diagonal(np.ones((3, 3)), axis1=0, axis2=0),
        lambda: ops.multi_hot(np.array([1]), None),
    ],
)
def test_what_does_not_fit_is_a_value_error_of_symbols_too(call):  # as in Keras 3.15
    with pytest.raises(ValueError):
        call()


def test_shapes_of_segments_and_blocks_may_be_open():
    assert ops.segment_sum(keras.KerasTensor((None, 2)), keras.KerasTensor((None,), "int32"), 3).shape == (3, 2)
    assert ops.slice(keras.KerasTensor((3, None)), keras.KerasTensor((2,), "int32"), (2, 2)).shape == (2, 2)
    assert ops.tile(keras.KerasTensor((None, 2)), (2, 3)).shape == (None, 6)


def test_channels_that_are_not_known_are_those_of_the_kernel():
    x, kernel = keras.KerasTensor((2, 10, None)), np.ones((3, 5, 4), "float32")
    assert ops.conv(x, kernel).shape == (2, 8, 4)
    assert ops.conv(keras.KerasTensor((2, None, 10)), kernel, data_format="channels_first").shape == (2, 4, 8)
    assert ops.depthwise_conv(x, np.ones((3, 5, 2))).shape == (2, 8, 10)
    assert ops.separable_conv(x, np.ones((3, 5, 1)), np.ones((1, 5, 4))).shape == (2, 8, 4)
    assert ops.conv_transpose(x, np.ones((3, 4, 5)), 2).shape == (2, 21, 4)
    with pytest.raises(ValueError, match="channels"):
        ops.conv(keras.KerasTensor((2, 10, 3)), kernel)


def test_derivatives_along_a_direction_are_operations_on_symbols():
    x = keras.Input((7,))
    y, change = ops.jvp(ops.square, (x,), (x,))
    assert y.shape == change.shape == (None, 7)
    found = keras.Model(x, change).predict(np.full((2, 7), 3.0), verbose=0)
    np.testing.assert_array_equal(found, np.full((2, 7), 18.0))


@pytest.mark.parametrize("key", [2, -3, (0, 3), (..., 3), (slice(None), None, 7)], ids=str)
def test_get_item_refuses_places_that_an_axis_does_not_have(key):
    with pytest.raises(IndexError, match="get_item: place"):
        ops.get_item(ops.ones((2, 3)), key)
    with pytest.raises(ValueError, match="get_item: place"):
        ops.get_item(keras.KerasTensor((2, 3)), key)


def test_get_item_says_that_a_tensor_cannot_say_where_a_part_ends():
    x, size = keras.Input((5,)), keras.Input((), dtype="int32")
    with pytest.raises(ValueError, match="a tensor says where it begins or ends"):
        x[:, : size[0]]


def test_get_item_takes_any_place_of_an_axis_of_unknown_size():
    x = keras.KerasTensor((None, 3))
    assert x[5].shape == (3,)
    assert x[1500, ..., 2].shape == ()
    assert x[:, None, -1].shape == (None, 1)
    with pytest.raises(ValueError, match="place 3"):
        x[..., 3]


def test_squeeze_and_average_refuse_axes_that_are_not_there():
    with pytest.raises(ValueError, match="squeeze: `axis`"):
        ops.squeeze(keras.KerasTensor((1, 3, 1)), -4)
    for x in (ops.ones((2, 3)), keras.KerasTensor((2, 3))):
        with pytest.raises(ValueError, match="out of bounds"):
            ops.average(x, axis=2)


def test_concatenate_refuses_symbols_of_different_ranks_by_a_value_error():
    with pytest.raises(ValueError, match="dimensions"):
        ops.concatenate([keras.KerasTensor((2, 3)), keras.KerasTensor((2,))])


def test_scale_and_translate_keeps_sizes_that_are_none():
    arguments = ([2.0, 2.0], [0.0, 0.0], (1, 2), "linear")
    of_unknown = keras.KerasTensor((None, 4, 4, 1))
    assert ops.image.scale_and_translate(of_unknown, (None, 8, 8, 1), *arguments).shape == (None, 8, 8, 1)
    assert ops.image.scale_and_translate(of_unknown, (3, 8, 8, 1), *arguments).shape == (3, 8, 8, 1)
    assert ops.image.scale_and_translate(ops.ones((3, 4, 4, 1)), (None, 8, 8, 1), *arguments).shape == (3, 8, 8, 1)


@pytest.mark.parametrize("axis", [None, -1])
def test_fake_quant_takes_symbols(axis):
    x = keras.KerasTensor((2, 3, 4), "float16")
    y = keras.quantizers.fake_quant_with_min_max_vars(x, -3.0, 3.0, axis=axis)
    assert (y.shape, y.dtype) == ((2, 3, 4), "float16")


@pytest.mark.parametrize("form", [tuple, np.array, ops.array])
def test_gaussian_blur_takes_the_width_first(form):
    spot = np.zeros((5, 5, 1), "float32")
    spot[2, 2] = 1
    found = np.asarray(ops.image.gaussian_blur(spot, form((3, 1)), form((1.0, 2.0))))[..., 0]
    np.testing.assert_allclose(found[2], [0, 0.27407, 0.45186, 0.27407, 0], atol=1e-4)  # as in Keras 3.15.1
    assert (found[[0, 1, 3, 4]] == 0).all()
