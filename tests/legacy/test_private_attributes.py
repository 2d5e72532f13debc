"""What layers written for Keras 3 read of their base class below its public names."""

import numpy as np
import pytest

import keras
from keras import layers, ops


class Stack(layers.Layer):
    """Calls its layers one after another, each with what it takes."""

    def __init__(self, inner, **kwargs):
        super().__init__(**kwargs)
        self.inner = inner

    def call(self, x, mask=None, training=None):
        for layer in self.inner:
            given = {"mask": mask} if layer._call_has_mask_arg else {}
            x = layer(x, **given, training=training) if layer._call_has_training_arg else layer(x, **given)
        return x


def test_a_layer_says_whether_its_call_takes_training_or_a_mask():
    said = [
        (layer._call_has_training_arg, layer._call_has_mask_arg)
        for layer in (layers.Dense(2), layers.Dropout(0.5), layers.LSTM(2), Stack([]))
    ]
    assert said == [(False, False), (True, False), (True, True), (True, True)]
    stack = Stack([layers.Dense(2, kernel_initializer="ones"), layers.Dropout(0.5)])
    np.testing.assert_allclose(stack(np.ones((1, 3), "float32"), training=False), [[3.0, 3.0]])


class Scaled(layers.Layer):
    def build(self, x_shape, scale_shape):
        self.scale = self.add_weight(shape=scale_shape[-1:], initializer="ones")
        self.seen = self.add_weight(shape=(), trainable=False)

    def call(self, x, scale):
        return x * self.scale * scale

    def load_own_variables(self, store):
        for i, variable in enumerate(self._trainable_variables + self._non_trainable_variables):
            variable.assign(store[str(i)])


def test_own_variables_by_what_they_were_made_for_also_of_a_frozen_layer(tmp_path):
    layer = Scaled(trainable=False)
    layer.build((None, 2), (2,))
    assert layer._trainable_variables == [layer.scale]
    assert layer._non_trainable_variables == [layer.seen]
    assert layer._build_shapes_dict == {"x_shape": (None, 2), "scale_shape": (2,)}
    assert layers.Dense(2)._build_shapes_dict is None
    x, scale = keras.Input((2,)), keras.Input((2,))
    model = keras.Model([x, scale], Scaled()(x, scale))
    model.set_weights([np.array([2.0, 3.0]), np.array(4.0)])
    model.save(tmp_path / "m.keras")
    again = keras.saving.load_model(tmp_path / "m.keras", custom_objects={"Scaled": Scaled})
    assert [w.tolist() for w in again.get_weights()] == [[2.0, 3.0], 4.0]


def test_the_single_shape_goes_by_the_name_that_build_gives_it():
    dense = layers.Dense(2)
    dense.build((None, 3))
    assert dense._build_shapes_dict == {"input_shape": (None, 3)}


def test_the_variable_below_a_change_of_low_rank():
    dense, embedding = layers.Dense(2), layers.Embedding(4, 3)
    dense.build((None, 3))
    embedding.build()
    dense._kernel.assign(np.ones((3, 2)))
    assert dense._kernel is dense.kernel
    dense.enable_lora(1, b_initializer="ones")
    embedding.enable_lora(1)
    assert isinstance(dense._kernel, keras.Variable)
    assert isinstance(embedding._embeddings, keras.Variable)
    np.testing.assert_allclose(dense._kernel, np.ones((3, 2)))
    np.testing.assert_allclose(dense.kernel, 1 + np.matmul(dense.lora_kernel_a, dense.lora_kernel_b), rtol=1e-6)
    with pytest.raises(AttributeError):
        layers.Dropout(0.5)._kernel  # noqa: B018


class Heads(layers.Layer):
    """Heads in dicts inside of a dict, filled after it was set."""

    def build(self, input_shape):
        self.heads = {}
        for name in ("mean", "spread"):
            head = layers.Dense(1)
            head.build(input_shape)
            self.heads[name] = {"head": self._tracker.track(head)}
        object.__setattr__(self, "aside", (lambda kept: lambda: kept)(self._tracker.track(layers.Dense(2))))
        self.aside().build(input_shape)

    def call(self, x):
        return ops.concatenate([self.aside()(x), *(head["head"](x) for head in self.heads.values())], -1)


def test_what_is_tracked_belongs_to_the_layer():
    layer = Heads()
    assert layer(np.ones((1, 3), "float32")).shape == (1, 4)
    assert sorted(tuple(w.shape) for w in layer.weights) == [(1,), (1,), (2,), (3, 1), (3, 1), (3, 2)]
    variable = keras.Variable(np.ones(2))
    assert layer._tracker.track(variable) is variable
    assert any(w is variable for w in layer.weights)


class Keeps(keras.Model):
    """Keeps something made from the weights until they are replaced."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.dense = layers.Dense(2)
        self.kept = None

    def call(self, x):
        return self.dense(x)

    def _post_quantize(self, mode, **kwargs):
        super()._post_quantize(mode, **kwargs)
        self.kept = mode


def test_subclasses_hear_that_their_weights_were_replaced():
    model = Keeps()
    model(np.ones((1, 3), "float32"))
    model.quantize("int8")
    assert model.kept == "int8"
