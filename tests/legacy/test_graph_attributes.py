"""What packages of 1.x and 2.x reach for below the public names of models and layers."""

import numpy as np

import keras
from keras import backend as K
from keras import layers


def test_graphs_are_walked_by_packages_as_in_2_3():
    x, y = keras.Input((4,), name="x"), keras.Input((4,), name="y")
    shared = layers.Dense(4, name="shared")
    a, b = shared(x), shared(y)
    total = layers.Add(name="total")([a, b])
    model = keras.Model([x, y], [layers.Dense(2, name="z")(total), layers.Dense(2, name="w")(a)])
    # what 2.3.1 has, but for the order within a depth
    depths = {d: sorted(n.outbound_layer.name for n in nodes) for d, nodes in model._nodes_by_depth.items()}
    assert depths == {0: ["w", "z"], 1: ["total"], 2: ["shared", "shared"], 3: ["x", "y"]}
    assert {d: [one.name for one in found] for d, found in model._layers_by_depth.items()}[2] == ["shared"]
    assert model._network_nodes >= {"x_ib-0", "shared_ib-0", "shared_ib-1"}
    node = total._keras_history.operation._inbound_nodes[0]
    assert (node.node_indices, node.tensor_indices) == ([0, 1], [0, 0])
    assert (node.input_shapes, node.output_shapes) == ([(None, 4), (None, 4)], [(None, 4)])
    assert node.input_masks == [None, None]
    assert sorted(keras.Sequential([layers.Dense(3, input_dim=2)])._nodes_by_depth) == [0, 1]


def test_layers_may_say_that_they_use_the_learning_phase():
    layer = layers.Dense(2)
    assert not layer.uses_learning_phase
    layer.uses_learning_phase = True
    assert layer.uses_learning_phase


def test_losses_and_metrics_find_what_their_layer_was_given():
    # as conditional random fields of the years before 3 did: by the history of the output that they get
    class Field(layers.Dense):
        def compute_mask(self, inputs, mask=None):
            return None if mask is None else K.any(mask, axis=1)

    def inputs_of(y_pred):
        layer, index = y_pred._keras_history[:2]
        node = layer._inbound_nodes[index]
        return node.input_tensors[0], K.cast(node.input_masks[0], "float32")

    def loss(y_true, y_pred):
        x, mask = inputs_of(y_pred)
        return K.sum(K.square(K.sum(x, axis=-1) - y_true[:, :, 0]) * mask, axis=-1)

    def kept(y_true, y_pred):
        _, mask = inputs_of(y_pred)
        return K.mean(K.sum(mask, axis=-1))

    keras.config.set_era("2.2")
    try:
        words = keras.Input((None,))
        x = layers.Embedding(6, 3, mask_zero=True, embeddings_initializer="ones")(words)
        model = keras.Model(words, Field(1)(layers.TimeDistributed(layers.Activation("linear"))(x)))
        model.compile("sgd", loss, metrics=[kept])
        numbers = np.array([[1, 2, 0], [3, 1, 1]])
        assert model.evaluate(numbers, np.zeros((2, 3, 1)), verbose=0) == [22.5, 2.5]  # (2 * 9 + 3 * 9) / 2
        history = model.fit(numbers, np.zeros((2, 3, 1)), verbose=0).history
        assert (history["loss"], history["kept"]) == ([22.5], [2.5])
    finally:
        keras.config.set_era("3")
    assert not hasattr(keras.ops.ones((2,)), "_keras_history")
