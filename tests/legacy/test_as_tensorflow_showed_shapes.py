"""Shapes of tensors in years when they were objects with methods."""

import numpy as np

import keras
from keras import layers
from keras.legacy import era


def test_shapes_are_tuples_with_the_methods_of_tensorflow():
    seen = {}

    class Scaled(layers.Layer):
        def build(self, input_shape):
            seen["build"] = input_shape.as_list()
            self.scale = self.add_weight(shape=(input_shape[-1],), name="scale", initializer="ones")

        def call(self, inputs):
            seen["call"] = inputs.shape.as_list()[1:], inputs.shape.rank, inputs.shape[-1].value
            return inputs * self.scale

    era.set_era("tf2")
    try:
        x = keras.Input((4,))
        model = keras.Model(x, Scaled()(x))
        assert (x.shape.as_list(), x.shape.ndims, x.shape[1:].num_elements()) == ([None, 4], 2, 4)
        assert not x.shape.is_fully_defined()
        assert x.shape.is_compatible_with((2, 4))
        assert model.layers[-1].scale.shape.as_list() == [4]
        y = model.predict(np.ones((3, 4)), verbose=0)
        assert seen == {"build": [None, 4], "call": ([4], 2, 4)}
        assert keras.ops.convert_to_tensor(y).shape.concatenate((2,)) == (3, 4, 2)
        assert model.layers[-1].get_build_config() == {"input_shape": (None, 4)}
    finally:
        era.set_era("3")
    assert type(keras.ops.ones((2,)).shape) is tuple
    assert type(keras.Input((2,)).shape) is tuple
