"""What becomes of the arrays, lists, frames and files that people pass."""

import types

import h5py
import jax.numpy as jnp
import numpy as np
import pandas as pd
import pytest
import scipy.sparse

from keras import config
from keras._data import ArraySource, make_source


def x_of(x):
    return make_source(x).data[0]


def assert_array(found, wanted, dtype):
    assert isinstance(found, np.ndarray)
    assert found.dtype == dtype
    np.testing.assert_array_equal(found, np.asarray(wanted, dtype))


# --- dtypes


@pytest.mark.parametrize("dtype", ["float16", "float32", "uint8", "int8", "int16", "uint16", "int32", "uint32", "bool"])
def test_arrays_of_these_dtypes_are_taken_as_they_are_without_a_copy(dtype):
    x = np.ones((3, 2), dtype)
    assert x_of(x) is x


def test_float64_becomes_the_default_float_type():
    assert_array(x_of(np.array([[0.5]])), [[0.5]], "float32")
    config.set_floatx("float16")
    try:
        assert x_of(np.array([[0.5]])).dtype == "float16"
    finally:
        config.set_floatx("float32")


def test_int64_becomes_int32_where_it_fits_and_a_float_where_not():
    assert_array(x_of(np.array([-(2**31), 2**31 - 1])), [-(2**31), 2**31 - 1], "int32")
    assert_array(x_of(np.array([2**31])), [2.0**31], "float32")
    assert_array(x_of(np.array([2**63], "uint64")), [2.0**63], "float32")


@pytest.mark.parametrize("dtype", [">f4", ">f8", ">i2", ">i4", ">i8"])
def test_numbers_of_another_byte_order_keep_their_values(dtype):
    found = x_of(np.array([1, 2, 3], dtype))
    assert found.dtype.isnative
    assert found.tolist() == [1, 2, 3]


def test_complex_numbers_are_halved_and_bfloat16_stays():
    assert_array(x_of(np.array([1 + 2j])), [1 + 2j], "complex64")
    assert x_of(np.asarray(jnp.ones(2, "bfloat16"))).dtype == "bfloat16"


@pytest.mark.parametrize(
    "x", [np.array(["a", "b"]), ["a", "b"], [["a"], ["b"]], np.array(["a"], object), "text", [b"a"]]
)
def test_text_is_an_error_that_says_what_to_do(x):
    with pytest.raises(TypeError, match=r"fit: `x` holds text(?s:.*)keras.layers.TextVectorization"):
        make_source(x)


def test_where_the_text_is_is_told():
    with pytest.raises(ValueError, match=r"fit: `y` holds text"):  # as in Keras 3 and tf.keras
        make_source(np.ones((2, 1)), ["a", "b"])
    with pytest.raises(TypeError, match=r"fit: `x`\['name'\] holds text"):
        make_source({"age": np.ones(2), "name": ["a", "b"]})
    with pytest.raises(TypeError, match=r"predict: `x`\[1\] holds text"):
        make_source([np.ones(2), np.array(["a", "b"])], phase="predict")


def test_dates_are_an_error_that_says_what_to_do():
    with pytest.raises(TypeError, match=r"`x` holds dates or times \(datetime64\[D\]\)"):
        make_source(np.array(["2020-01-01"], "datetime64[D]"))


def test_objects_that_are_numbers_become_floats():
    assert_array(x_of(np.array([1, 2.5, True], object)), [1, 2.5, 1], "float32")


@pytest.mark.parametrize(
    ("x", "message"),
    [
        (np.array([1, None], object), "holds None, which is not a number"),
        ([1, None], "holds None, which is not a number"),
        (np.array([1, {}], object), "holds an object of type dict, which is not a number"),
    ],
)
def test_objects_that_are_no_numbers_are_named(x, message):
    with pytest.raises(TypeError, match=message):
        make_source(x)


def test_an_array_of_arrays_says_how_to_join_them():
    x = np.empty(2, object)
    x[:] = [np.ones(3), np.ones(3)]
    with pytest.raises(TypeError, match=r"objects that are arrays themselves, shape \(2,\)(?s:.*)np.stack"):
        make_source(x)


def test_ragged_rows_say_how_to_pad_them():
    with pytest.raises(ValueError, match=r"rows of different lengths(?s:.*)keras.utils.pad_sequences"):
        make_source([[1, 2], [3]])


def test_records_and_masked_values_are_errors():
    with pytest.raises(TypeError, match="array of records with the fields a, b"):
        make_source(np.zeros(2, [("a", "f4"), ("b", "f4")]))
    with pytest.raises(TypeError, match="masked values"):
        make_source(np.ma.masked_equal([1.0, 2.0], 2.0))
    assert_array(x_of(np.ma.array([1.0, 2.0])), [1, 2], "float32")


# --- lists and structures


@pytest.mark.parametrize(
    ("x", "wanted", "dtype"),
    [
        ([[1, 2], [3, 4]], [[1, 2], [3, 4]], "int32"),
        ([0, 1, 1], [0, 1, 1], "int32"),
        ((1.5, 2.5), [1.5, 2.5], "float32"),
        ([True, False], [True, False], "bool"),
        ([[[1.0], [2.0]]], [[[1.0], [2.0]]], "float32"),
        ([np.float32(1), np.float32(2)], [1, 2], "float32"),
        (range(3), [0, 1, 2], "int32"),
        ([(1, 2), (3, 4)], [[1, 2], [3, 4]], "int32"),
    ],
)
def test_nested_lists_of_numbers_are_one_array(x, wanted, dtype):
    assert_array(x_of(x), wanted, dtype)


def test_a_list_of_arrays_is_several_inputs():
    a, b = np.ones((3, 2), "float32"), np.ones((3, 5), "float32")
    found = x_of([a, b])
    assert isinstance(found, list)
    assert found[0] is a
    assert found[1] is b
    found = x_of((a, [b, a]))
    assert isinstance(found, tuple)
    assert found[1] == [b, a]


def test_a_dict_keeps_its_names_and_lists_in_it_become_arrays():
    found = x_of({"b": [[1.0], [2.0]], "a": pd.Series([3, 4])})
    assert list(found) == ["b", "a"]
    assert_array(found["b"], [[1], [2]], "float32")
    assert_array(found["a"], [3, 4], "int32")


def test_an_output_without_targets_stays_none():
    y = np.ones(2, "float32")
    assert make_source(np.ones((2, 1)), [y, None]).data[1] == [y, None]
    found = make_source(np.ones((2, 1)), [None, [1, 2]]).data[1]
    assert found[0] is None
    assert_array(found[1], [1, 2], "int32")


def test_targets_of_one_axis_stay_so():
    assert make_source(np.ones((3, 2)), np.zeros(3)).data[1].shape == (3,)


# --- other people's arrays


def test_arrays_on_a_device_are_left_there():
    x = jnp.ones((3, 2))
    assert x_of(x) is x
    assert make_source(x, jnp.zeros(3)).rows == 3


def test_frames_and_columns_by_their_protocol():
    frame = pd.DataFrame({"a": [1.0, 2.0], "b": [3, 4]})
    assert_array(x_of(frame), [[1, 3], [2, 4]], "float32")
    assert_array(x_of(frame["b"]), [3, 4], "int32")
    assert_array(x_of(frame.assign(c=[True, False])), [[1, 3, 1], [2, 4, 0]], "float32")
    assert_array(x_of(pd.Series([1, None], dtype="Int64")), [1, np.nan], "float32")
    polars_like = types.SimpleNamespace(to_numpy=lambda: np.array([[1.0]]))
    assert_array(x_of(polars_like), [[1]], "float32")


def test_columns_of_text_are_named():
    frame = pd.DataFrame({"age": [1, 2], "city": ["a", "b"], "name": ["c", "d"]})
    with pytest.raises(TypeError, match=r"`x` \(columns 'city', 'name'\) holds text"):
        make_source(frame)


def test_sparse_matrices_are_made_dense():
    assert_array(x_of(scipy.sparse.csr_matrix([[0, 1.5], [2, 0]])), [[0, 1.5], [2, 0]], "float32")
    assert_array(x_of(scipy.sparse.coo_array([[0, 1]])), [[0, 1]], "int32")


def test_tensors_of_other_libraries_by_what_they_can_do():
    class Torch:
        shape = (2,)

        def __array__(self, dtype=None, copy=None):
            raise AssertionError("not while it requires a gradient")

        def detach(self):
            return self

        def cpu(self):
            return self

        def numpy(self):
            return np.array([1.0, 2.0])

    class TensorFlow:
        def __array__(self, dtype=None, copy=None):
            raise AssertionError("numpy() is meant")

        def numpy(self):
            return np.array([1, 2])

    assert_array(x_of(Torch()), [1, 2], "float32")
    assert_array(x_of([Torch()])[0], [1, 2], "float32")
    assert_array(x_of(TensorFlow()), [1, 2], "int32")


def test_a_real_torch_tensor():
    torch = pytest.importorskip("torch")
    assert_array(x_of(torch.ones(2, 1, requires_grad=True)), [[1], [1]], "float32")
    assert_array(x_of(torch.ones(2, 1, dtype=torch.bfloat16)), [[1], [1]], "float32")


def test_something_else_is_named():
    with pytest.raises(TypeError, match=r"must be an array, .* Got an object of type object"):
        make_source(object())


# --- files


@pytest.fixture
def hdf5(tmp_path):
    with h5py.File(tmp_path / "data.h5", "w") as file:
        file["x"] = np.arange(20.0).reshape(10, 2)
        file["y"] = np.arange(10)
        file["big"] = np.array([2**40] * 10)
        file["names"] = np.array([b"a"] * 10, object)
        yield file


def test_hdf5_data_sets_are_read_by_rows(hdf5):
    source = make_source(hdf5["x"], hdf5["y"], batch_size=4)
    assert isinstance(source, ArraySource)
    assert not source.in_memory
    assert (source.rows, source.steps()) == (10, 3)
    x, y, weight = source.take(np.array([7, 2, 7]))
    assert_array(x, [[14, 15], [4, 5], [14, 15]], "float32")
    assert_array(y, [7, 2, 7], "int32")
    assert weight is None
    assert_array(source.take(slice(8, 12))[1], [8, 9], "int32")
    assert_array(np.asarray(source.data[0]), np.arange(20).reshape(10, 2), "float32")
    assert source.data[0].shape == (10, 2)
    assert source.data[0].dtype == "float32"
    assert len(source.data[0]) == 10


def test_a_file_is_a_dict_of_its_data_sets(hdf5):
    del hdf5["names"], hdf5["big"]
    assert sorted(x_of(hdf5)) == ["x", "y"]


def test_data_sets_of_text_or_of_too_large_integers_are_errors(hdf5):
    with pytest.raises(TypeError, match="holds text"):
        make_source(hdf5["names"])
    with pytest.raises(ValueError, match="integers of more than 32 bits"):
        make_source(hdf5["big"]).take(slice(0, 2))


def test_data_sets_can_be_shuffled_and_split(hdf5):
    source = make_source(hdf5["x"], hdf5["y"], batch_size=4, shuffle=True)
    train, held_out = source.split(0.2)
    assert_array(np.asarray(held_out.data[1]), [8, 9], "int32")
    seen = np.concatenate([y for _, y, _ in train.batches()])
    assert sorted(seen) == list(range(8))


def test_memory_maps_are_not_read_before_they_are_needed(tmp_path):
    x = np.memmap(tmp_path / "x", "float32", "w+", shape=(4, 2))
    assert x_of(x) is x
    assert not make_source(x).in_memory
    wide = np.memmap(tmp_path / "wide", "float64", "w+", shape=(4, 2))
    wide[:] = 1.5
    source = make_source(wide)
    assert not isinstance(source.data[0], np.ndarray)
    assert_array(source.take(np.array([0, 3]))[0], np.full((2, 2), 1.5), "float32")
