"""What packages of 1.x and 2.x reach for below the public names of models and layers."""

import keras
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
