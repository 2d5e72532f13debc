"""How metrics that are functions were counted before tf.keras, and what programs read of a model's graph."""

import numpy as np
import pytest

import keras
from keras import backend as K
from keras import layers, models, ops
from keras.legacy import era

ROWS = 5
X = np.arange(ROWS * 2, dtype="float32").reshape(ROWS, 2) / 4
Y = np.arange(ROWS, dtype="float32")[:, None] ** 2


def distance(y_true, y_pred):
    return ops.mean(ops.abs(y_true - y_pred))


def distance_and_largest(y_true, y_pred):
    return {"far": distance(y_true, y_pred), "farthest": ops.max(ops.abs(y_true - y_pred))}


def a_model(metric, outputs=1):
    x = layers.Input((2,))
    ends = [layers.Dense(1, kernel_initializer="ones", name=f"end{i}")(x) for i in range(outputs)]
    model = keras.Model(x, ends if outputs > 1 else ends[0])
    model.compile("sgd", "mse", metrics=[metric])
    return model


@pytest.mark.parametrize(("year", "by_rows"), [("1.2", True), ("2.2", True), ("2.3", False), ("3", False)])
def test_one_number_for_a_batch_counted_as_often_as_it_had_rows_before_2_3(year, by_rows):
    errors = np.abs(Y - X.sum(1, keepdims=True))
    means = [errors[:3].mean(), errors[3:].mean()]
    with era.during(year):
        found = a_model(distance).evaluate(X, Y, batch_size=3, verbose=0)[1]
    np.testing.assert_allclose(found, np.average(means, weights=[3, 2] if by_rows else [1, 1]), rtol=1e-6)


def test_a_metric_may_return_several_values_by_name_in_1_x():
    errors = np.abs(Y - X.sum(1, keepdims=True))
    farthest = np.average([errors[:3].max(), errors[3:].max()], weights=[3, 2])
    with era.during("1.2"):
        model = a_model(distance_and_largest)
        np.testing.assert_allclose(model.evaluate(X, Y, 3, verbose=0)[1:], [errors.mean(), farthest], rtol=1e-6)
        assert model.metrics_names == ["loss", "far", "farthest"]
        history = model.fit(X, Y, batch_size=3, nb_epoch=2, verbose=0, shuffle=False).history
        assert {name: len(values) for name, values in history.items()} == {"loss": 2, "far": 2, "farthest": 2}
        np.testing.assert_allclose(model.evaluate(X, Y, 5, verbose=0)[1], distance(Y, model.predict(X)), rtol=1e-5)
        two = a_model(distance_and_largest, outputs=2)
        assert len(two.train_on_batch(X, [Y, Y])) == 7
        assert "end1_farthest" in two.metrics_names


def test_the_ends_of_a_graph_are_known_by_layer_and_call():
    a, b = keras.Input((2,), name="a"), keras.Input((2,), name="b")
    shared = layers.Dense(3, name="shared")
    both = layers.add([shared(a), shared(b)], name="both")
    model = keras.Model([a, b], [both, shared.get_output_at(1)])
    assert [layer.name for layer in model.input_layers] == ["a", "b"]
    assert [layer.name for layer in model.output_layers] == ["both", "shared"]
    assert (model.output_layers_node_indices, model.output_layers_tensor_indices) == ([0, 1], [0, 0])
    assert model.input_layers_node_indices == model.input_layers_tensor_indices == [0, 0]
    depths = {layer.name: depth for depth, found in model.layers_by_depth.items() for layer in found}
    assert depths == {"a": 2, "b": 2, "shared": 1, "both": 0}
    assert model.container_nodes == {"a_ib-0", "b_ib-0", "shared_ib-0", "shared_ib-1", "both_ib-0"}
    with pytest.raises(AttributeError):
        _ = layers.Dense(2).input_layers


def test_the_mask_of_a_layer_that_was_called_twice_is_not_one(in_era):
    in_era("2.3")
    shared = layers.Dense(3)
    for _ in range(2):
        shared(keras.Input((2,)))
    assert shared.get_input_mask_at(1) is None
    for name in ("input_mask", "output_mask"):
        with pytest.raises(AttributeError, match="shared"):
            getattr(shared, name)


@pytest.mark.parametrize("kind", [RuntimeError, ValueError])  # before 3, and from 3 on
def test_training_before_compile_is_an_error_of_both_kinds(kind):
    model = keras.Sequential([layers.Input((2,)), layers.Dense(1)])
    with pytest.raises(kind, match="compile"):
        model.train_on_batch(X, Y)


def test_a_sequence_that_begins_with_a_merge_can_be_a_part_of_a_model_that_is_made_again():
    with era.during("1.2"):
        sides = [models.Sequential([layers.Dense(2, input_shape=(2,), name=f"side{i}")]) for i in range(2)]
        inner = models.Sequential([layers.Merge(sides, mode="concat")])
        inner.add(layers.Dense(1, name="last"))
        a, b = keras.Input((2,)), keras.Input((2,))
        model = keras.Model([a, b], inner([a, b]))
        again = keras.Model.from_config(model.get_config())
        again.set_weights(model.get_weights())
        given = [X, X + 1]
        np.testing.assert_allclose(again.predict(given), model.predict(given), rtol=1e-6)


def test_sparse_rows_are_fitted_in_programs_of_earlier_years():
    sparse = pytest.importorskip("scipy.sparse")
    with era.during("1.2"):
        x = layers.Input((2,), sparse=True)
        model = keras.Model(x, layers.Dense(1)(x))
        model.compile("sgd", "mse")
        history = model.fit(sparse.csr_matrix(X), Y, nb_epoch=1, batch_size=2, validation_split=0.4, verbose=0)
    assert len(history.history["val_loss"]) == 1


def test_a_graph_of_0_x_is_a_layer_of_a_sequence_and_evaluates_to_one_number():
    def a_graph(*ends):
        graph = models.Graph()
        graph.add_input(name="x", input_shape=(2,))
        for end in ends:
            graph.add_node(layers.Dense(1), name=end, input="x", create_output=True)
        return graph

    whole = models.Sequential([layers.Dense(2, input_shape=(2,)), a_graph("y"), layers.Dense(3)])
    assert (whole.output_shape, len(whole.trainable_weights)) == ((None, 3), 6)
    two = a_graph("y", "z")
    two.compile("sgd", {"y": "mse", "z": "mae"})
    found = two.evaluate({"x": X, "y": Y, "z": Y})
    with era.during("0.3"):
        assert two.evaluate({"x": X, "y": Y, "z": Y}) == found[0] == pytest.approx(sum(found[1:]))


def test_a_layer_gives_values_for_an_input_with_values():
    layer = layers.Dense(1, input_shape=(2,))
    layer.input = keras.Variable(X)
    for train in (False, True):
        np.testing.assert_allclose(layer.get_output(train), X @ layer.get_weights()[0], rtol=1e-5, atol=1e-6)
    assert layer.get_output_mask() is None
    other = layers.Dropout(0.5)
    with pytest.raises(AttributeError):
        _ = other.output
    other.set_input(keras.Variable(X), shape=X.shape)
    np.testing.assert_array_equal(other.output, X)
    assert not np.array_equal(other.get_output(train=True), X)


def test_a_layer_that_was_told_its_input_takes_a_placeholder_of_unknown_sizes():
    layer = layers.Dense(3, input_dim=2)
    x = K.placeholder(ndim=2)
    y = layer(x)
    assert (layer.kernel.shape, y.shape[-1]) == ((2, 3), 3)
    np.testing.assert_allclose(K.function([x], [y])([X])[0], X @ layer.get_weights()[0], rtol=1e-5, atol=1e-6)
