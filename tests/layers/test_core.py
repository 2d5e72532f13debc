"""Dense, Embedding and the other layers that most models begin with."""

import numpy as np
import pytest

import keras
from keras import layers, ops

from .contract import assert_close


def weighted(layer, *weights):
    """A layer with these weights, built for what they fit."""
    layer.set_weights([np.array(w, "float32") for w in weights])
    return layer


def test_dense_multiplies_adds_and_activates():
    layer = layers.Dense(2, activation="relu")
    layer.build((None, 3))
    weighted(layer, [[1, -1], [2, 0], [0, 1]], [0.5, -0.5])
    assert_close(layer(np.array([[1.0, 2.0, 3.0]])), [[5.5, 1.5]])
    assert_close(layer(np.array([[1.0, -2.0, 0.0]])), [[0.0, 0.0]])


def test_dense_works_on_the_last_axis_of_any_number_of_axes():
    layer = layers.Dense(2, use_bias=False)
    layer.build((None, 5, 3))
    weighted(layer, np.eye(3)[:, :2])
    x = np.arange(30.0).reshape(2, 5, 3)
    assert_close(layer(x), x[..., :2])


def test_dense_takes_lists_of_numbers():
    layer = layers.Dense(1, kernel_initializer="ones")
    assert_close(layer([[1.0, 2.0]]), [[3.0]])


@pytest.mark.parametrize("units", [0, -1, 2.5, "8", None, True])
def test_dense_says_what_is_wrong_with_units(units):
    with pytest.raises(ValueError, match=r"Dense: `units` must be a positive integer. Got"):
        layers.Dense(units)


def test_dense_says_which_inputs_it_takes():
    layer = layers.Dense(2, name="head")
    with pytest.raises(
        ValueError, match=r"head takes inputs with at least 2 axes. Got shape \(3,\)(?s:.*)x\[None, :\]"
    ):
        layer(np.ones(3))
    layer(np.ones((1, 3)))
    with pytest.raises(ValueError, match=r"head takes inputs whose axis -1 has size 3(?s:.*)Got shape \(1, 4\)"):
        layer(np.ones((1, 4)))


def test_dense_needs_a_last_axis_of_known_size():
    with pytest.raises(ValueError, match=r"head needs inputs whose axis -1 has a known size"):
        layers.Dense(2, name="head")(layers.Input((None,)))


def test_dense_puts_penalties_and_constraints_on_its_weights():
    layer = layers.Dense(
        1,
        kernel_initializer="ones",
        bias_initializer="ones",
        kernel_regularizer=keras.regularizers.L1(0.5),
        bias_regularizer=keras.regularizers.L2(2.0),
        kernel_constraint="non_neg",
        activity_regularizer=keras.regularizers.L1(1.0),
    )
    assert_close(layer(np.ones((2, 3))), [[4.0], [4.0]])
    # the activity is averaged over the batch: 8 / 2; three weights times 0.5; one bias
    assert_close(layer.losses, [4.0, 1.5, 2.0])
    assert type(layer.kernel.constraint).__name__ == "NonNeg"
    assert layer.bias.constraint is None


def test_only_the_last_call_counts_in_the_losses():
    layer = layers.Dense(1, kernel_initializer="ones", activity_regularizer=keras.regularizers.L1(1.0))
    layer(np.ones((1, 2)))
    layer(np.ones((1, 2)) * 10)
    assert_close(layer.losses, [20.0])


def test_activation_takes_names_and_functions():
    x = np.array([[-2.0, 2.0]])
    assert_close(layers.Activation("relu")(x), [[0.0, 2.0]])
    assert_close(layers.Activation(lambda x: x + 1)(x), [[-1.0, 3.0]])
    assert layers.Activation("relu").get_config()["activation"] == "relu"


def test_activation_names_the_nearest_known_one():
    with pytest.raises(ValueError, match=r"sigmoidd(?s:.*)Did you mean 'sigmoid'"):
        layers.Activation("sigmoidd")


def test_activity_regularization_adds_the_mean_over_the_batch():
    layer = layers.ActivityRegularization(l1=1.0, l2=0.5)
    x = np.array([[1.0, -2.0], [3.0, 0.0]])
    assert_close(layer(x), x)
    assert_close(layer.losses, [(6 + 0.5 * 14) / 2])


def test_identity_returns_structures_as_they_came():
    x = {"a": np.ones(2), "b": [np.zeros((1, 2))]}
    y = layers.Identity()(x)
    assert_close(y["a"], x["a"])
    assert_close(y["b"][0], x["b"][0])


def test_embedding_looks_rows_up():
    layer = layers.Embedding(3, 2, weights=[np.array([[0.0, 1.0], [2.0, 3.0], [4.0, 5.0]])])
    assert_close(layer(np.array([[2, 0]])), [[[4.0, 5.0], [0.0, 1.0]]])
    assert_close(layer(np.array([[2.0, 0.9]])), [[[4.0, 5.0], [0.0, 1.0]]])  # floats are cut


def test_embedding_starts_from_weights_in_or_out_of_a_list():
    table = np.arange(6.0).reshape(3, 2)
    for weights in (table, [table]):
        layer = layers.Embedding(3, 2, weights=weights)
        assert layer.built
        assert_close(layer.get_weights(), [table])
        assert "weights" not in layer.get_config()
    with pytest.raises(ValueError, match=r"has shape \(3, 2\)"):
        layers.Embedding(3, 2, weights=table.T)


def test_embedding_outside_its_range_is_nan_above_and_from_the_end_below():
    layer = layers.Embedding(3, 1, weights=np.array([[0.0], [1.0], [2.0]]))
    assert_close(layer(np.array([-1])), [[2.0]])
    assert np.isnan(np.asarray(layer(np.array([3])))).all()


def test_embedding_keeps_large_integers_that_came_as_floats_apart_in_16_bits():
    layer = layers.Embedding(4100, 1, dtype="mixed_float16", weights=np.arange(4100.0)[:, None] % 7)
    # 4097 has no float16 of its own
    assert_close(layer(np.array([4096.0, 4097.0])), [[4096 % 7], [4097 % 7]])


def test_embedding_masks_zeros_when_asked():
    x = np.array([[1, 0, 2]])
    assert layers.Embedding(3, 2).compute_mask(x) is None
    assert not hasattr(layers.Embedding(3, 2)(x), "_keras_mask")
    np.testing.assert_array_equal(layers.Embedding(3, 2, mask_zero=True)(x)._keras_mask, [[True, False, True]])


@pytest.mark.parametrize("name", ["input_dim", "output_dim"])
def test_embedding_says_what_is_wrong_with_its_sizes(name):
    with pytest.raises(ValueError, match=f"Embedding: `{name}` must be a positive integer. Got 0"):
        layers.Embedding(**{"input_dim": 3, "output_dim": 3, name: 0})


def test_masking_hides_steps_that_hold_nothing_but_the_filler():
    x = np.array([[[5.0, 5.0], [5.0, 1.0], [0.0, 0.0]]])
    y = layers.Masking(5.0)(x)
    np.testing.assert_array_equal(y._keras_mask, [[False, True, True]])
    assert_close(y, [[[0.0, 0.0], [5.0, 1.0], [0.0, 0.0]]])


def test_einsum_dense_computes_what_its_equation_says():
    layer = layers.EinsumDense("abc,cd->adb", output_shape=(2, None), bias_axes="d")
    x = np.arange(12.0).reshape(2, 3, 2)
    layer.build(x.shape)
    kernel, bias = np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[10.0], [20.0]])
    weighted(layer, kernel, bias)
    assert_close(layer(x), np.einsum("abc,cd->adb", x, kernel) + bias)
    assert layer.compute_output_shape((None, 3, 2)) == (None, 2, 3)


def test_einsum_dense_counts_inputs_and_outputs_as_its_equation_says():
    # 32 inputs and 8 x 16 outputs: not the last two axes, as in a convolution
    layer = layers.EinsumDense("abc,cde->abde", output_shape=(None, 8, 16), kernel_initializer="lecun_uniform")
    layer.build((None, 5, 32))
    limit = (3 / 32) ** 0.5
    assert 0.95 * limit < np.abs(layer.kernel.numpy()).max() <= limit
    assert layer.kernel_initializer.input_axes is None
    back = layers.EinsumDense("abde,cde->abc", output_shape=(None, 32), kernel_initializer="lecun_uniform")
    back.build((None, 5, 8, 16))
    limit = (3 / 128) ** 0.5
    assert 0.95 * limit < np.abs(back.kernel.numpy()).max() <= limit


def test_einsum_dense_gives_the_bias_the_axes_named():
    layer = layers.EinsumDense("abc,cde->abde", output_shape=(None, 4, 3), bias_axes="be")
    layer.build((2, 5, 6))
    assert [w.shape for w in layer.weights] == [(6, 4, 3), (5, 1, 3)]


@pytest.mark.parametrize(
    ("equation", "bias_axes", "message"),
    [
        ("ab->ac", None, "`equation` must look like"),
        ("a...c,cd->a...d", None, "`equation` must look like"),
        ("...ab,bc->ac", None, "`equation` must look like"),
        ("ab,bc->ad", None, "'d' is in the outputs"),
        ("ab,bcd->ac", None, "'d' is in the kernel of 'ab,bcd->ac' alone"),
        ("ab,bc->ac", "b", "`bias_axes` must be letters of the outputs 'ac'. Got 'b'"),
    ],
)
def test_einsum_dense_says_what_is_wrong_with_the_equation(equation, bias_axes, message):
    with pytest.raises(ValueError, match=message):
        layers.EinsumDense(equation, output_shape=3, bias_axes=bias_axes)


def test_einsum_dense_says_which_sizes_do_not_fit():
    with pytest.raises(ValueError, match="axis 'b' has size 5 in the inputs, but 7 in `output_shape`"):
        layers.EinsumDense("abc,cd->abd", output_shape=(7, 2)).build((2, 5, 3))
    with pytest.raises(ValueError, match=r"takes inputs with 3 axes. Got shape \(2, 5\)"):
        layers.EinsumDense("abc,cd->abd", output_shape=(None, 2)).build((2, 5))
    with pytest.raises(ValueError, match=r"`output_shape` must give a size for each of 'bd'. Got \(2,\)"):
        layers.EinsumDense("abc,cd->abd", output_shape=2).build((2, 5, 3))


def test_wrapper_holds_a_layer_and_goes_through_its_config():
    class Twice(layers.Wrapper):
        def call(self, x):
            return self.layer(self.layer(x))

    wrapped = Twice(layers.Dense(3, kernel_initializer="ones", use_bias=False))
    assert_close(wrapped(np.ones((1, 3))), [[9.0] * 3])
    assert [w.name for w in wrapped.weights] == ["kernel"]
    other = Twice.from_config(wrapped.get_config())
    assert isinstance(other.layer, layers.Dense)
    assert other.layer is not wrapped.layer
    with pytest.raises(ValueError, match=r"Twice: `layer` must be a layer. Got 3"):
        Twice(3)


def test_layers_are_described_and_made_again_by_name():
    config = layers.serialize(layers.Dense(3, activation="relu", name="first"))
    assert (config["module"], config["class_name"], config["registered_name"]) == ("keras.layers", "Dense", None)
    layer = layers.deserialize({"class_name": "Dense", "config": {"units": 4}})
    assert layer.units == 4
    with pytest.raises(ValueError, match=r"'Dnse'(?s:.*)Did you mean 'Dense'"):
        layers.deserialize({"class_name": "Dnse", "config": {"units": 4}})


def test_a_layer_of_ones_own_is_made_again_when_passed_along():
    class Doubling(layers.Layer):
        def __init__(self, times=1, **kwargs):
            super().__init__(**kwargs)
            self.times = times

        def call(self, x):
            return x * 2**self.times

    config = layers.serialize(Doubling(times=3, name="mine"))
    layer = layers.deserialize(config, custom_objects={"Doubling": Doubling})
    assert_close(layer(np.ones(2)), [8.0, 8.0])
    with pytest.raises(ValueError, match=r"'Doubling'(?s:.*)custom_objects"):
        layers.deserialize(config)


def test_other_names_are_the_same_classes():
    assert issubclass(layers.Convolution2D, layers.Conv2D)  # with its own order of arguments
    assert layers.MaxPool2D is layers.MaxPooling2D
    assert layers.GlobalAvgPool1D is layers.GlobalAveragePooling1D
    assert layers.deserialize(layers.serialize(layers.AvgPool2D(2))).__class__ is layers.AveragePooling2D


def test_operations_on_symbols_and_layers_mix():
    x = layers.Input((3,))
    y = ops.relu(layers.Dense(2)(x) * 2 + 1)
    assert y.shape == (None, 2)


def test_a_reversible_embedding_masks_integers_only():
    layer = layers.ReversibleEmbedding(3, 2, mask_zero=True)
    assert_close(layer(np.array([[2, 0]]))._keras_mask, [[True, False]])
    assert getattr(layer(np.array([[[1.0, 2.0], [0.0, 0.0]]]), reverse=True), "_keras_mask", None) is None


def test_einsum_dense_reads_no_size_beyond_the_letters_of_its_outputs():
    layer = layers.EinsumDense("ab,ab->a", (2,), kernel_initializer="ones")  # Keras 3.15.1 computes it
    np.testing.assert_array_equal(layer(np.ones((2, 4))), [4.0, 4.0])
