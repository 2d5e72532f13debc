"""Networks on tensors of the backend, as published ones are called in neural style transfer (`input_tensor=`)."""

import numpy as np

import keras
from keras import backend as K
from keras import layers
from keras.legacy import era


def test_a_network_begins_at_a_tensor_made_of_a_placeholder():
    era.set_era("2")
    try:
        content = K.variable(np.full((1, 5, 5, 3), 2.0))
        made = K.placeholder((1, 5, 5, 3))
        both = K.concatenate([content, made], axis=0)
        assert keras.utils.get_source_inputs(both) == [made]
        model = keras.Model(keras.utils.get_source_inputs(both), layers.Conv2D(2, 3, name="block1_conv1")(both))
        found = {layer.name: layer.output for layer in model.layers}["block1_conv1"]
        loss = K.sum(K.square(found[1] - found[0]))
        (gradient,) = K.gradients(loss, made)
        values = K.function([made], [loss, gradient, both])([np.full((1, 5, 5, 3), 2.0)])
        assert values[0] == 0.0
        assert not values[1].any()
        assert (values[2].shape, values[2].min()) == ((2, 5, 5, 3), 2.0)
        assert K.function([made], [loss])([np.zeros((1, 5, 5, 3))])[0] > 0
    finally:
        era.set_era(era.TODAY)
