"""Input and InputLayer."""

import numpy as np
import pytest
import scipy.sparse

import keras
from keras import layers

from .contract import assert_close


def test_input_is_a_symbolic_tensor_with_an_open_batch():
    x = layers.Input((3, None), name="pictures", dtype="uint8")
    assert (x.shape, x.dtype, x.name) == ((None, 3, None), "uint8", "pictures")
    assert layers.Input(shape=()).shape == (None,)
    assert layers.Input([3], batch_size=2).shape == (2, 3)
    assert layers.Input(batch_shape=(4, 3)).shape == (4, 3)
    assert layers.Input((3,)).dtype == keras.config.floatx()


def test_the_layer_behind_an_input():
    layer = layers.InputLayer((3,), name="start")
    assert layer.output.shape == (None, 3)
    assert (layer.batch_shape, layer.dtype, layer.built, layer.weights) == ((None, 3), "float32", True, [])
    assert layer.get_config() == {
        "batch_shape": (None, 3),
        "dtype": "float32",
        "sparse": False,
        "ragged": False,
        "name": "start",
        "optional": False,
    }
    other = layers.InputLayer.from_config(layer.get_config())
    assert other.output.shape == (None, 3)
    with pytest.raises(TypeError, match="start stands for a model's input and cannot be called"):
        layer(np.ones((1, 3)))


def test_input_around_a_tensor_that_is_there():
    tensor = keras.KerasTensor((2, 3), "int32")
    assert layers.Input(tensor=tensor) is tensor
    with pytest.raises(ValueError, match="`dtype` is 'float32', but `tensor` has dtype 'int32'"):
        layers.Input(tensor=keras.KerasTensor((2, 3), "int32"), dtype="float32")


def test_one_number_is_the_size_of_vectors():
    assert layers.Input(5).shape == layers.Input(shape=5).shape == (None, 5)
    assert layers.Input(shape=5, batch_size=2).shape == (2, 5)


def test_sizes_may_be_arrays_of_one_whole_number():
    x = layers.Input((keras.ops.prod((2, 3)), np.array(4)))
    assert layers.Dense(keras.ops.prod((2, 3)))(x).shape == (None, 6, 6)
    assert layers.Conv1D(np.int64(2), np.array(3))(x).shape == (None, 4, 2)
    for units in (np.array(3.0), np.array([3]), np.bool_(True)):
        with pytest.raises(ValueError, match=r"`units` must be a positive integer\. Got"):
            layers.Dense(units)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({}, "`shape` is missing"),
        ({"batch_shape": 5}, "`batch_shape` must be a tuple of integers and None. Got 5"),
        ({"shape": "ab"}, "`shape` must be a tuple of integers and None. Got 'ab'"),
        ({"shape": (3, -1)}, "must not hold negative sizes"),
        ({"shape": (3,), "batch_shape": (2, 3)}, "give `shape` or `batch_shape`, not both"),
        ({"shape": (3,), "batch_size": 0}, "`batch_size` must be a positive integer. Got 0"),
        ({"shape": (3,), "ragged": True}, "`ragged` must not be True: tensors are dense here"),
        ({"tensor": np.ones(3)}, "`tensor` must be a symbolic tensor. Got a ndarray"),
        ({"shape": (3,), "dtype": "float31"}, "'float31'"),
    ],
)
def test_input_says_what_is_wrong(arguments, message):
    with pytest.raises(ValueError, match=message):
        layers.Input(**arguments)


def test_an_input_for_sparse_rows_takes_them():
    rows = np.array([[0, 1, 2], [3, 0, 0], [0, 0, 4]], "float32")
    x = layers.Input((3,), sparse=True)
    model = keras.Model(x, layers.Dense(1, kernel_initializer="ones")(x))
    model.compile(keras.optimizers.SGD(0.0), "mae")
    for matrix in (scipy.sparse.csr_matrix(rows), scipy.sparse.dok_matrix(rows), rows):
        np.testing.assert_allclose(model.predict(matrix, verbose=0), [[3], [3], [4]])
        np.testing.assert_allclose(model.evaluate(matrix, np.zeros(3), verbose=0), 10 / 3, rtol=1e-6)
        history = model.fit(matrix, np.zeros(3), batch_size=2, validation_data=(matrix, np.zeros(3)), verbose=0).history
        np.testing.assert_allclose([*history["loss"], *history["val_loss"]], [10 / 3] * 2, rtol=1e-6)
        np.testing.assert_allclose(model.train_on_batch(matrix, np.zeros(3), class_weight={0: 2.0}), 20 / 3, rtol=1e-6)
    assert model.layers[0].get_config()["sparse"] is True


def test_a_symbolic_tensor_has_no_value():
    with pytest.raises(TypeError, match="has no value yet, so it cannot decide an `if`"):
        bool(layers.Input((3,)))
    with pytest.raises(ValueError, match="has no value yet, so NumPy cannot use it"):
        np.asarray(layers.Input((3,)))


def test_layers_know_their_symbolic_inputs_and_outputs():
    x = layers.Input((3,))
    dense = layers.Dense(2)
    y = dense(x)
    assert dense.input is x
    assert dense.output is y
    assert (dense.input_shape, dense.output_shape) == ((None, 3), (None, 2))
    second = dense(layers.Input((3,)))
    assert dense.get_output_at(1) is second
    assert dense.output is y  # of the first call, as in Keras 3.15.1
    assert_close(dense(np.zeros((1, 3))), np.zeros((1, 2)))


@pytest.mark.parametrize("wrong", [{"shape": (4,)}, {"batch_size": 5}, {"batch_shape": (2, 4)}, {"shape": (3, 1)}])
def test_sizes_that_are_not_those_of_the_given_tensor_are_refused(wrong):
    tensor = keras.KerasTensor((2, 3))
    assert layers.InputLayer(shape=(3,), batch_size=2, input_tensor=tensor).output is tensor
    assert layers.InputLayer(shape=(None,), input_tensor=tensor).batch_shape == (2, 3)  # None is any size
    with pytest.raises(ValueError, match=f"Input: `{next(iter(wrong))}` is .* of `tensor` there are"):
        layers.InputLayer(input_tensor=tensor, **wrong)


def test_a_tensor_of_dense_data_is_not_declared_sparse():
    with pytest.raises(ValueError, match="`sparse` is True, but `tensor` stands for dense data"):
        layers.InputLayer(input_tensor=keras.KerasTensor((2, 3)), sparse=True)


def test_a_batch_size_beside_all_sizes_is_refused():
    with pytest.raises(ValueError, match="give `batch_size` or `batch_shape`, not both"):
        layers.InputLayer(batch_size=4, batch_shape=(4, 3))
