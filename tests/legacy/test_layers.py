"""Layers of former years, with the values that Keras 1.2.2 and 2.3.1 gave (tools/golden/keras1_legacy.py)."""

import numpy as np
import pytest

import keras
from keras import layers, models
from keras.legacy import era


def numbers(*shape):
    """-0.75, -0.5, ... 0.75, and again."""
    return ((np.arange(np.prod(shape)).reshape(shape) % 7 - 3) / 4.0).astype("float32")


def close(got, wanted):
    np.testing.assert_allclose(np.asarray(got), wanted, rtol=1e-5, atol=2e-6)


def with_weights(layer, shape, *weights):
    layer.build((None, *shape))
    layer.set_weights([np.asarray(w, "float32") for w in weights])
    return layer


# --- merging


def test_merge_takes_its_axes_by_both_names_that_were_written():
    x = numbers(2, 3)
    close(layers.Merge(mode="dot", dot_axis=1)([x, 2 * x]), layers.Merge(mode="dot", dot_axes=1)([x, 2 * x]))


A, B = numbers(2, 3), (numbers(2, 3)[::-1] * 0.5 + 0.1).astype("float32")
MERGED = {  # Keras 1.2.2
    "sum": [[-0.65, -0.275, 0.1], [-0.275, 0.1, 0.475]],
    "mul": [[-0.075, -0.1125, -0.0875], [0.0, -0.0375, -0.0125]],
    "ave": [[-0.325, -0.1375, 0.05], [-0.1375, 0.05, 0.2375]],
    "max": [[0.1, 0.225, 0.35], [0.0, 0.25, 0.5]],
    "concat": [[-0.75, -0.5, -0.25, 0.1, 0.225, 0.35], [0.0, 0.25, 0.5, -0.275, -0.15, -0.025]],
    "dot": [[-0.275], [-0.05]],
    "cos": [[-0.686997], [-0.284627]],
}


@pytest.mark.parametrize("mode", MERGED)
def test_merge_gives_what_1_2_2_gave(mode):
    x, y = keras.Input((3,)), keras.Input((3,))
    from keras.layers import Merge, merge

    merged = merge([x, y], mode=mode)
    assert merged.shape == (None, len(MERGED[mode][0]))
    close(Merge(mode=mode)([A, B]), MERGED[mode])


def test_merge_multiplies_matrices_along_axes():
    x, y = numbers(2, 3, 4), (numbers(2, 5, 4) * 0.5 + 0.1).astype("float32")
    for axes in (2, -1, (2, 2), [2, 2], ((2,), (2,))):
        found = layers.Merge(mode="dot", dot_axes=axes)([x, y])
        assert found.shape == (2, 3, 5)
        close(found[0, 0], [0.2875, -0.4625, 0.1, -0.43125, -0.0875])  # Keras 1.2.2


def test_merge_takes_functions_and_shapes():
    x, y = keras.Input((3, 4)), keras.Input((3, 4))
    twice = layers.merge([x, y], mode=lambda z: z[0] - 2 * z[1], output_shape=lambda shapes: shapes[0])
    assert twice.shape == (None, 3, 4)
    scaled = layers.Merge(mode=lambda z, k: (z[0] + z[1]) * k, arguments={"k": 3.0}, output_shape=(3,))
    close(scaled([A, A]), 6 * A)
    assert layers.merge([x, y], mode="concat", concat_axis=1).shape == (None, 6, 4)


@pytest.mark.parametrize("of_shapes", [None, (4,), lambda shapes: (shapes[0][0], 4)])
def test_a_merge_by_a_function_is_made_again_from_the_config_of_its_model(of_shapes):
    a, b = keras.Input((2,)), keras.Input((2,))
    merged = layers.Merge(mode=lambda x: keras.ops.concatenate(x), output_shape=of_shapes, output_mask=lambda m: m[0])
    model = keras.Model([a, b], merged([a, b]))
    again = keras.Model.from_config(model.get_config())
    given = [np.ones((3, 2)), np.zeros((3, 2))]
    np.testing.assert_array_equal(again.predict(given, verbose=0), model.predict(given, verbose=0))
    kept = again.layers[-1]
    assert (kept.merged_shape, kept.merged_mask) == (merged.merged_shape, merged.merged_mask)


def test_a_sequential_may_begin_with_a_merge_of_two_and_learns():
    left, right = (keras.Sequential([layers.Dense(4, input_dim=3)]) for _ in range(2))
    model = keras.Sequential()
    model.add(layers.Merge([left, right], mode="mul"))
    model.add(layers.Dense(1))
    assert [w.shape for w in model.get_weights()] == [(3, 4), (4,), (3, 4), (4,), (4, 1), (1,)]
    assert model.input_shape == [(None, 3), (None, 3)]
    assert model.output_shape == (None, 1)
    model.compile("sgd", "mse")
    before = model.get_weights()
    model.fit([A, B], np.ones((2, 1), "float32"), nb_epoch=1, verbose=0)
    assert all((b != a).any() for b, a in zip(before, model.get_weights()))
    close(model.predict([A, B]), model.layers[1](left.predict(A) * right.predict(B)))


def test_merged_masks_are_true_where_all_are():
    a, b = np.array([[True, False, True]]), np.array([[True, True, False]])
    assert layers.Merge(mode="sum").compute_mask(None, [a, b]).tolist() == [[True, False, False]]
    assert layers.Merge(mode="sum").compute_mask(None, [a, None]).tolist() == a.tolist()
    assert layers.Merge(mode="dot").compute_mask(None, [a, b]) is None
    given = layers.Merge(mode=lambda z: z[0], output_mask=lambda masks: masks[1])
    assert given.compute_mask(None, [a, b]) is b


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: layers.Merge(mode="plus"), "`mode` must be one of 'sum'"),
        (lambda: layers.Merge([layers.Dense(2)]), "at least two layers"),
        (lambda: layers.Merge([layers.Dense(2), layers.Dense(2)]), "is not known"),
        (lambda: layers.Merge(dot_axes=(1, 2, 3)), "an integer or a pair"),
        (lambda: layers.Merge(mode="dot")([A, A, A]), "takes two tensors"),
        (lambda: layers.Merge()([A]), "at least two tensors"),
    ],
)
def test_merge_says_what_is_wrong(make, message):
    with pytest.raises(ValueError, match=message):
        make()


# --- dense layers and activations


def test_highway_gives_what_2_3_1_gave():
    weights = (numbers(3, 3), numbers(3, 3)[::-1] * 0.3, [0.1, 0.2, 0.3], [1, -1, 0.0])
    layer = with_weights(layers.Highway(), (3,), *weights)
    close(layer(numbers(2, 3)), [[0.1177581, -0.1549043, 0.064861], [0.3364776, 0.1564653, 0.3375]])
    fresh = layers.Highway(input_dim=3)
    keras.Sequential([fresh])
    assert [w.tolist() for w in fresh.get_weights()[2:]] == [[0, 0, 0], [1, 1, 1]]


def test_maxout_gives_what_2_3_1_gave():
    layer = with_weights(layers.MaxoutDense(2, nb_feature=3), (3,), numbers(3, 3, 2), numbers(3, 2))
    close(layer(numbers(2, 3)), [[0.3125, 0.625], [-0.0625, 0.375]])


def test_rectifiers_give_what_1_2_2_gave():
    weights = ([-0.5, 0.1, 0.0], [0.1, 0.2, 0.3], [-0.4, 0.3, 1.0], [2.0, 3.0, 0.5])
    x = np.array([[-1, -0.2, 2.0], [0.3, 0.6, 0.9], [-0.3, 2, -1]], "float32")
    close(with_weights(layers.SReLU(), (3,), *weights)(x), [[-0.55, 0.04, 1.5], [0.7, 1.0, 0.9], [-0.3, 5.2, -0.3]])
    soft = layers.ParametricSoftplus(0.5, 2.0)
    close(soft(np.array([[-1, -0.2, 2.0]], "float32")), [[0.063464, 0.256508, 2.009075]])
    assert layers.ThresholdedReLU(0.5)(np.array([0.5, 0.75, -1], "float32")).tolist() == [0, 0.75, 0]
    assert layers.ThresholdedLinear(0.5)(np.array([0.25, 0.75, -1], "float32")).tolist() == [0, 0.75, -1]


NORMALISED = {  # Keras 1.2.2
    1: [[-1.053505, 0, 1.053505], [-1.053505, 0, 1.053505], [1.360557, -0.865809, -0.494748], [-1.053505, 0, 1.053505]],
    2: [[-1.249033, -0.613139, -0.613139], [0.113548, 1.226279, 1.226279], [1.47613, -1.226278, -1.226279],
        [-0.340645, 0.613139, 0.613139]],
}  # fmt: skip


@pytest.mark.parametrize("mode", NORMALISED)
def test_modes_of_batch_normalization_give_what_1_2_2_gave(mode):
    layer = layers.BatchNormalization(epsilon=1e-2, mode=mode)
    close(layer(numbers(4, 3)), NORMALISED[mode])
    assert [w.shape for w in layer.get_weights()] == [(3,)] * 4


def test_embedding_drops_whole_vectors():
    layer = layers.Embedding(50, 4, dropout=0.5)
    x = np.arange(50, dtype="int32")[None]
    plain, dropped = np.asarray(layer(x))[0], np.asarray(layer(x, training=True))[0]
    gone = (dropped == 0).all(axis=1)
    assert 5 < gone.sum() < 45
    close(dropped[~gone], 2 * plain[~gone])


# --- layers of steps and pixels


def test_locally_connected_layers_give_what_2_3_1_gave():
    one = with_weights(layers.LocallyConnected1D(2, 2), (4, 3), numbers(3, 6, 2), numbers(3, 2))
    close(one(numbers(1, 4, 3)), [[[-0.25, -0.1875], [-0.6875, 0.9375], [0.5, 0.1875]]])
    two = with_weights(layers.LocallyConnected2D(2, (2, 2)), (3, 3, 2), numbers(4, 8, 2), numbers(2, 2, 2))
    close(two(numbers(1, 3, 3, 2)), [[[[-0.5625, -0.875], [-0.4375, -0.625]], [[-0.125, 1.25], [1.25, 0.125]]]])
    first = layers.LocallyConnected2D(2, (2, 1), strides=(1, 2), data_format="channels_first")
    with_weights(first, (2, 3, 3), numbers(4, 4, 2), numbers(2, 2, 2))
    close(first(numbers(1, 2, 3, 3)), [[[[0.125, 0.3125], [0.5625, 0.3125]], [[0.125, 1.25], [0.875, -0.625]]]])
    with pytest.raises(ValueError, match="`padding` must be one of 'valid'"):
        layers.LocallyConnected1D(2, 2, padding="same")


def test_time_distributed_layers():
    layer = layers.TimeDistributedDense(output_dim=2, input_shape=(5, 3))
    assert keras.Sequential([layer]).output_shape == (None, 5, 2)
    x = numbers(1, 2, 3)
    close(layers.TimeDistributedMerge("ave")(x), x.mean(axis=1))


def test_pairs_of_words_are_as_near_as_their_vectors():
    layer = layers.WordContextProduct(4, proj_dim=2, activation="linear")
    model = keras.Sequential([layer])
    assert (model.output_shape, [w.shape for w in layer.get_weights()]) == ((None, 1), [(4, 2), (4, 2)])
    layer.set_weights([[[0, 0], [1, 2], [0, 1], [5, 5]], [[3, 4], [0, 0], [7, 0], [1, 1]]])
    close(model.predict(np.array([[1, 0], [2, 0], [3, 1], [1, 2]]), verbose=0), [[11], [4], [0], [7]])
    close(layers.WordContextProduct(4, 2, weights=layer.get_weights())(np.array([[1, 1]])), [[0.5]])


def test_dilated_and_transposed_convolutions():
    layer = layers.AtrousConvolution2D(2, 2, 2, atrous_rate=(2, 2))
    assert (layer.kernel_size, layer.dilation_rate, layer.strides) == ((2, 2), (2, 2), (1, 1))
    up = layers.Deconvolution2D(3, 3, 3, (None, 14, 14, 3), subsample=(2, 2), border_mode="same", input_shape=(7, 7, 2))
    assert keras.Sequential([up]).output_shape == (None, 14, 14, 3)
    wrong = layers.Deconvolution2D(3, 3, 3, (None, 20, 20, 3), subsample=(2, 2), input_shape=(7, 7, 2))
    with pytest.raises(ValueError, match="do not become 20 along axis 0"):
        keras.Sequential([wrong])


def test_cudnn_layers_are_the_plain_ones_with_their_settings():
    lstm, gru = layers.CuDNNLSTM(3), layers.CuDNNGRU(3)
    assert lstm.recurrent_activation is keras.activations.sigmoid
    assert gru.cell.reset_after is True
    with era.during("1.2"):
        assert layers.CuDNNLSTM(3).recurrent_activation is keras.activations.sigmoid
    assert lstm(numbers(2, 4, 5)).shape == gru(numbers(2, 4, 5)).shape == (2, 3)


# --- Graph


def test_a_graph_has_named_inputs_nodes_and_outputs():
    graph = models.Graph()
    graph.add_input("a", input_shape=(3,))
    graph.add_input("b", input_shape=(3,))
    graph.add_node(layers.Dense(4, activation="tanh"), "hidden", input="a")
    graph.add_shared_node(layers.Dense(4), "shared", inputs=["a", "b"], merge_mode="sum")
    graph.add_node(layers.Dense(2), "last", inputs=["hidden", "shared"], merge_mode="concat")
    graph.add_output("y", input="last")
    graph.compile("sgd", {"y": "mse"})
    data = {"a": A, "b": B, "y": np.ones((2, 2), "float32")}
    history = graph.fit(data, nb_epoch=3, verbose=0)
    assert len(history.history["loss"]) == 3
    assert history.history["loss"][-1] < history.history["loss"][0]
    found = graph.predict({"a": A, "b": B})
    assert list(found) == ["y"]
    assert found["y"].shape == (2, 2)
    close(graph.evaluate(data), np.mean((found["y"] - 1) ** 2))
    assert graph.train_on_batch(data) > 0
    with pytest.raises(ValueError, match="there is no node called 'no'"):
        graph.add_node(layers.Dense(2), "more", input="no")
    with pytest.raises(ValueError, match="the data miss 'b'"):
        graph.predict({"a": A})


# --- configs


@pytest.mark.parametrize(
    ("layer", "shape"),
    [
        (lambda: layers.Highway(activation="relu"), (3,)),
        (lambda: layers.MaxoutDense(2), (3,)),
        (lambda: layers.SReLU(), (3,)),
        (lambda: layers.ParametricSoftplus(), (3,)),
        (lambda: layers.ThresholdedReLU(0.5), (3,)),
        (lambda: layers.LocallyConnected1D(2, 2), (4, 3)),
        (lambda: layers.Convolution2D(2, 3, 3, border_mode="same"), (5, 5, 2)),
        (lambda: layers.AtrousConvolution1D(2, 3, atrous_rate=2), (9, 2)),
        (lambda: layers.CuDNNGRU(2), (4, 3)),
        (lambda: layers.TimeDistributedDense(2), (4, 3)),
        (lambda: layers.BatchNormalization(mode=1), (3,)),
        (lambda: layers.Merge(mode="max"), None),
    ],
)
def test_a_config_gives_the_same_layer_back(layer, shape):
    made = layer()
    again = layers.deserialize(layers.serialize(made))
    assert type(again) is type(made)
    assert again.get_config() == made.get_config()
    if shape is not None:
        x = numbers(2, *shape)
        y = made(x)
        again.build((None, *shape))
        again.set_weights(made.get_weights())
        close(again(x), y)


def test_a_penalty_on_outputs_is_a_sum_over_the_batch_until_tf_keras():
    x, y = np.ones((4, 2)), np.zeros((4, 2))

    def loss():
        model = keras.Sequential([keras.Input((2,)), keras.layers.ActivityRegularization(l1=0.25)])
        model.compile("sgd", lambda y_true, y_pred: 0.0 * y_pred)
        return model.test_on_batch(x, y)

    assert loss() == pytest.approx(0.5)
    for year in ("1.2", "2.2", "2.3"):
        with era.during(year):
            assert loss() == pytest.approx(2.0)
    with era.during("tf2.0"):
        assert loss() == pytest.approx(0.5)
