"""Layers that several inputs share, as 0.x had them."""

import numpy as np
import pytest

import keras
from keras import layers
from keras.layers.core import LambdaMerge, Siamese, SiameseHead, add_shared_layer

X, Z = np.ones((2, 3), "float32"), np.full((2, 3), 2.0, "float32")


def branch():
    return keras.Sequential([layers.Activation("linear", input_shape=(3,))])


def test_one_layer_takes_several_inputs_at_the_beginning_of_a_sequence():
    shared = layers.Dense(2, kernel_initializer="ones")
    siamese = Siamese(shared, [branch(), branch()], merge_mode="sum")
    model = keras.Sequential()
    model.add(siamese)
    model.add(layers.Activation("linear"))
    np.testing.assert_allclose(model.predict([X, Z], verbose=0), np.full((2, 2), 9.0))
    assert [w.shape for w in model.weights] == [(3, 2), (2,)]
    assert siamese.get_output_shape(1) == (None, 2)
    assert siamese.get_output_concat().shape == (None, 4)
    assert siamese.get_output_at(0).shape == siamese.get_output_mul().shape == (None, 2)
    assert len(siamese.get_output_join()) == 2
    with pytest.raises(ValueError, match="add_shared_layer"):
        Siamese(shared, [branch(), branch()], merge_mode=None)
    with pytest.raises(ValueError, match="add_shared_node"):
        Siamese(shared, [branch(), branch()], is_graph=True)


def test_sequences_may_share_a_layer():
    shared, first, second = layers.Dense(2), branch(), branch()
    add_shared_layer(shared, [first, second])
    assert first.layers[-1] is second.layers[-1] is shared
    np.testing.assert_allclose(first.predict(X, verbose=0), second.predict(X, verbose=0))
    assert SiameseHead(1)([X, Z])[0, 0] == 2


def test_a_function_merges_branches():
    model = keras.Sequential()
    model.add(LambdaMerge([branch(), branch()], lambda inputs, k: inputs[0] - k * inputs[1], arguments={"k": 2}))
    np.testing.assert_allclose(model.predict([X, Z], verbose=0), np.full((2, 3), -3.0))
