"""How published packages use layers and models beside their public names."""

import numpy as np
import pytest

import keras
from keras import layers, ops


def test_training_is_left_out_for_layers_that_do_not_take_it():
    x = np.ones((2, 8, 8, 3), "float32")
    assert layers.Conv2D(2, 3)(x, training=None).shape == (2, 6, 6, 2)
    assert layers.Dense(2)(x, training=True).shape == (2, 8, 8, 2)
    with pytest.raises(TypeError, match="mask"):
        layers.Dense(2)(x, mask=None)


class Frozen(layers.BatchNormalization):
    def __init__(self, freeze, *args, **kwargs):
        self.freeze = freeze
        super().__init__(*args, **kwargs)

    def call(self, *args, **kwargs):
        if self.freeze:
            kwargs["training"] = False
        return super().call(*args, **kwargs)


def test_a_call_that_passes_everything_on_takes_what_the_one_behind_it_takes():
    x = np.random.default_rng(0).normal(3, 2, (64, 2)).astype("float32")
    assert abs(float(ops.mean(Frozen(False)(x, training=True)))) < 1e-3
    model = keras.Sequential([keras.Input((2,)), Frozen(False), Frozen(True)])
    model.compile("sgd", "mse")
    model.fit(x, x, verbose=0)
    assert float(ops.max(ops.abs(model.layers[0].moving_mean))) > 0
    assert float(ops.max(ops.abs(model.layers[1].moving_mean))) == 0


def test_symbolic_tensors_have_no_length_and_gradients_go_into_functions_of_numpy():
    assert not hasattr(keras.Input((2,)), "__len__")
    x = keras.Variable([1.0, 2.0])
    with keras.GradientTape() as tape:
        y = ops.sum(x * x)
    found = tape.gradient(y, x)
    np.testing.assert_allclose(np.multiply(found, np.ones(2)), [2, 4])
    np.testing.assert_allclose(np.sqrt(y), np.sqrt(5))
    assert not hasattr(keras.callbacks.History(), "state_dict")
    layer = layers.Dense(1)
    layer.seen = keras.metrics.Mean()
    assert layer._metrics == [layer.seen]


class Block(layers.Layer):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.first, self.second = layers.Dense(2), layers.Dense(2)

    def call(self, x):
        return self.first(x) + self.second(x)

    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], 2)


def test_layers_inside_are_built_by_a_symbolic_call_also_where_the_shape_is_declared():
    inputs = keras.Input((3,))
    assert keras.Model(inputs, Block()(inputs)).count_params() == 16


def test_a_layer_made_trainable_after_those_around_it_were_frozen_is_trained():
    inputs = keras.Input((3,))
    block = Block()
    model = keras.Model(inputs, block(inputs))
    block.trainable = False
    assert model.trainable_variables == []
    block.second.trainable = True
    assert [v.path for v in model.trainable_variables] == [v.path for v in block.second.weights]
    assert block.trainable_variables == []
    block.trainable = False
    assert model.trainable_variables == []
    frozen = Block(trainable=False)
    assert keras.Model(inputs, frozen(inputs)).trainable_variables == []


def test_before_keras_3_a_frozen_layer_freezes_all_inside():
    inputs = keras.Input((3,))
    keras.config.set_era("2.3.1")
    try:
        block = Block()
        model = keras.Model(inputs, block(inputs))
        block.trainable = False
        block.second.trainable = True
        assert model.trainable_weights == []
    finally:
        keras.config.set_era("3")


def test_an_argument_without_meaning_for_a_model_of_tensors_is_left_out_with_a_warning():
    inputs = keras.Input((3,))
    with pytest.warns(UserWarning, match="image_shape has no meaning"):
        keras.Model(inputs, layers.Dense(1)(inputs), image_shape=(3, 3))


class Halved(layers.MultiHeadAttention):
    """Attention of its own, as subclasses for caches have it."""

    def _compute_attention(self, query, key, value, attention_mask=None, training=None, **kwargs):
        scores = ops.einsum(self._dot_product_equation, key, query * self._inverse_sqrt_key_dim)
        shares = self._dropout_layer(self._masked_softmax(scores, attention_mask), training=training)
        return ops.einsum(self._combine_equation, shares, value) / 2, shares


def test_attention_of_a_subclass_is_used():
    x = np.random.default_rng(0).normal(size=(2, 5, 6)).astype("float32")
    mask = np.tril(np.ones((2, 5, 5), bool))
    own, base = Halved(2, 3, use_bias=False), layers.MultiHeadAttention(2, 3, use_bias=False)
    base(x, x)
    own(x, x)
    own.set_weights(base.get_weights())
    np.testing.assert_allclose(
        own(x, x, attention_mask=mask), base(x, x, attention_mask=mask) / 2, rtol=1e-5, atol=1e-6
    )
    np.testing.assert_allclose(own(x, x, use_causal_mask=True), own(x, x, attention_mask=mask), rtol=1e-5, atol=1e-6)
    assert own._num_heads == 2
    assert own._query_dense is own.query_dense
    assert own._get_common_kwargs_for_sublayer()["dtype"] is own.dtype_policy
    seen = own._compute_attention_mask(x, x, value_mask=np.array([[True] * 3 + [False] * 2] * 2), use_causal_mask=True)
    assert ops.convert_to_numpy(seen)[0].sum(1).tolist() == [1, 2, 3, 3, 3]


def test_the_weights_file_keeps_the_names_of_the_projections(tmp_path):
    attention = layers.MultiHeadAttention(1, 2)
    attention.build((1, 3, 4), (1, 3, 4))
    inputs = keras.Input((3, 4))
    keras.Model(inputs, attention(inputs, inputs)).save_weights(tmp_path / "a.weights.h5")
    import h5py

    with h5py.File(tmp_path / "a.weights.h5") as file:
        assert {"query_dense", "key_dense", "value_dense", "output_dense"} <= set(file["layers/multi_head_attention"])


def test_a_variable_shows_its_stored_value():
    variable = keras.Variable([1.0, 2.0])
    assert variable._value.tolist() == [1.0, 2.0]


def test_strings_name_the_objects_of_a_module():
    def greedy():
        return None

    def get(name):
        return keras.saving.deserialize_keras_object(name, module_objects={"block": Block, "greedy": greedy})

    assert isinstance(get("block"), Block)
    assert get("greedy") is greedy
    assert get("other") == "other"
    with pytest.raises(ValueError, match="Unknown object: 'Other'") as caught:
        keras.saving.deserialize_keras_object(
            {"class_name": "Other", "config": {}}, module_objects={}, printable_module_name="sampler"
        )
    assert "sampler" in "".join(caught.value.__notes__)
    assert isinstance(caught.value, TypeError)  # which Keras 3.15.1 raises; releases before it a ValueError


def test_weights_without_those_of_some_layers(tmp_path):
    model = keras.Sequential([keras.Input((3,)), layers.Dense(2), layers.Dense(1)])
    keras.saving.save_weights(model, tmp_path / "a.weights.h5", objects_to_skip=[model.layers[1]])
    before = [w + 1 for w in model.get_weights()]
    saved = model.get_weights()
    model.set_weights(before)
    with pytest.raises(ValueError, match="dense"):
        model.load_weights(tmp_path / "a.weights.h5")
    keras.saving.load_weights(model, tmp_path / "a.weights.h5", objects_to_skip=[model.layers[1]])
    for found, wanted in zip(model.get_weights(), [*saved[:2], *before[2:]]):
        np.testing.assert_array_equal(found, wanted)
    with pytest.raises(ValueError, match="objects_to_skip"):
        model.save_weights(tmp_path / "a.h5", objects_to_skip=[model.layers[1]])
    model.save(tmp_path / "b.h5")
    with pytest.raises(ValueError, match="nothing is left out by `objects_to_skip`"):
        model.load_weights(tmp_path / "b.h5", objects_to_skip=[model.layers[1]])


def test_a_layer_with_a_build_of_its_own_is_not_traced_by_the_base_class():
    class Looked(layers.Layer):
        def __init__(self):
            super().__init__()
            self.table = layers.Embedding(4, 3)

        def build(self, input_shape):
            super().build(input_shape)  # which knows no dtypes

        def call(self, x):
            return self.table(keras.ops.take(x, [0], axis=1)) if x.dtype.name == "int32" else 1 / 0

    assert Looked()(keras.Input((4,), dtype="int32")).shape == (None, 1, 3)
