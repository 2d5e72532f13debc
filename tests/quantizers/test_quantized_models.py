"""Quantised and adapted layers in models: what stays, what is saved, what is refused. Values: test_golden_bits.py."""

import numpy as np
import pytest

import keras
from keras import layers, quantizers

X = np.array([[1.0, -2.0, 0.5, 3.0], [0.0, 1.0, -1.0, 2.0]], "float32")


def two_layers():
    return keras.Sequential([keras.Input((4,)), layers.Dense(3, name="first"), layers.Dense(2, name="second")])


def built_dense(**options):
    layer = layers.Dense(2, **options)
    layer.build((None, 4))
    return layer


def test_int8_uses_127_for_the_largest_weight_of_an_output():
    layer = built_dense(use_bias=False)
    layer.set_weights([np.array([[1.0, 0.0], [3.0, 0.75], [-4.0, 1.0], [0.0, -0.25]])])
    layer.quantize("int8", config=quantizers.Int8QuantizationConfig(activation_quantizer=None))
    assert layer.kernel.numpy().tolist() == [[32, 0], [95, 95], [-127, 127], [0, -32]]
    np.testing.assert_allclose(layer.kernel_scale.numpy(), [127 / 4, 127.0], rtol=1e-6)
    np.testing.assert_allclose(layer(X), X @ np.array(layer.kernel) / [127 / 4, 127.0], rtol=1e-6)
    assert layer.dtype_policy.name == "int8_from_float32"
    assert layer.quantization_mode == "int8"


def test_a_filter_picks_layers_by_their_names():
    model = two_layers()
    model.quantize("int8", filters="^f")
    assert [layer.quantization_mode for layer in model.layers] == ["int8", None]
    model = two_layers()
    model.quantize("int8", filters=lambda layer: layer.units == 2)
    assert [layer.quantization_mode for layer in model.layers] == [None, "int8"]


def test_a_quantised_and_adapted_model_comes_back_from_a_file(tmp_path):
    model = two_layers()
    model.layers[1].enable_lora(1)
    model.layers[1].lora_kernel_b.assign([[1.0, -1.0]])
    model.quantize("int4", filters="first")
    model.save(tmp_path / "model.keras")
    again = keras.models.load_model(tmp_path / "model.keras")
    np.testing.assert_allclose(again.predict(X, verbose=0), model.predict(X, verbose=0), rtol=1e-5)
    assert again.layers[0].kernel.shape == (4, 3)
    assert again.layers[0].kernel.base.shape == (4, 2)  # two integers to a byte
    np.testing.assert_array_equal(again.layers[1].lora_kernel_b.numpy(), [[0.0, 0.0]])


def test_quantised_layers_inside_a_layer_come_back_from_its_config():
    inputs = keras.Input((3, 2))
    model = keras.Model(inputs, layers.MultiHeadAttention(1, 2, name="heads")(inputs, inputs))
    model.quantize("int8")
    layer = model.layers[-1]
    assert layer.get_config()["dtype"]["class_name"] == "DTypePolicyMap"
    again = layers.MultiHeadAttention.from_config(layer.get_config())
    again.build((None, 3, 2), (None, 3, 2))
    assert [w.dtype for w in again.weights] == [w.dtype for w in layer.weights]


def test_low_rank_training_changes_nothing_else():
    model = two_layers()
    model.layers[0].enable_lora(1, lora_alpha=2)
    before = model.layers[0].kernel.base.numpy()
    model.compile("sgd", "mse")
    model.fit(X, np.ones((2, 2)), epochs=2, verbose=0)
    np.testing.assert_array_equal(model.layers[0].kernel.base.numpy(), before)
    a, b = (getattr(model.layers[0], f"lora_kernel_{part}").numpy() for part in "ab")
    np.testing.assert_allclose(model.layers[0].kernel.numpy(), before + 2 * a @ b, rtol=1e-5, atol=1e-6)
    assert np.abs(b).max() > 0


@pytest.mark.parametrize("mode", ["gptq", "awq"])
def test_calibrated_weights_are_close_and_come_back_from_a_file(mode, tmp_path):
    tokens = np.random.default_rng(0).integers(0, 9, (20, 3))
    embedding = layers.Embedding(9, 4)
    block = keras.Sequential([keras.Input((3, 4)), layers.Dense(8, "relu"), layers.Dense(4)])
    inputs = keras.Input((3,), dtype="int32")
    model = keras.Model(inputs, block(embedding(inputs)))
    exact = model.predict(tokens, verbose=0)
    config = {"gptq": quantizers.GPTQConfig, "awq": quantizers.AWQConfig}[mode](
        list(tokens), None, sequence_length=3, group_size=2,
        quantization_layer_structure={"pre_block_layers": [embedding], "sequential_blocks": [block]},
    )  # fmt: skip
    model.quantize(config=config)
    found = model.predict(tokens, verbose=0)
    assert 0 < np.abs(found - exact).max() < 0.2 * np.abs(exact).max()
    assert block.layers[0].dtype_policy.name == f"{mode}/4/2_from_float32"
    model.save(tmp_path / "model.keras")
    again = keras.models.load_model(tmp_path / "model.keras")
    np.testing.assert_allclose(again.predict(tokens, verbose=0), found, rtol=1e-5, atol=1e-7)


def calibrated_on(data):
    embedding, block = layers.Embedding(9, 2), keras.Sequential([keras.Input((3, 2)), layers.Dense(2)])
    inputs = keras.Input((3,), dtype="int32")
    model = keras.Model(inputs, block(embedding(inputs)))
    before = model(np.array([[1, 2, 1]]))
    structure = {"pre_block_layers": [embedding], "sequential_blocks": [block]}
    model.quantize(config=quantizers.AWQConfig(data, None, sequence_length=3, quantization_layer_structure=structure))
    return np.abs(np.asarray(model(np.array([[1, 2, 1]])) - before)).max()


def test_calibration_repeats_data_too_short_for_one_row():
    assert 0 < calibrated_on([[1, 2]]) < 0.1


def test_calibration_wants_data():
    with pytest.raises(ValueError, match="`dataset` has no tokens"):
        calibrated_on([])


def test_what_cannot_be_quantised_or_adapted_says_so():
    with pytest.raises(ValueError, match="is not built yet"):
        layers.Dense(2).quantize("int8")
    with pytest.raises(ValueError, match="pass `mode` or `config`"):
        built_dense().quantize()
    with pytest.raises(ValueError, match="but `config` is for 'int4'"):
        built_dense().quantize("int8", config=quantizers.Int4QuantizationConfig())
    with pytest.raises(NotImplementedError, match="ReLU cannot be quantised"):
        layers.ReLU().quantize("int8")
    twice = built_dense()
    twice.quantize("int8")
    with pytest.raises(ValueError, match="is quantised already"):
        twice.quantize("int8")
    with pytest.raises(ValueError, match="`kernel_constraint` cannot hold"):
        built_dense(kernel_constraint="non_neg").enable_lora(2)
    with pytest.raises(ValueError, match="needs a GPTQConfig"):
        two_layers().quantize("gptq")
    with pytest.raises(ValueError, match="must know what the model is made of"):
        two_layers().quantize(config=quantizers.GPTQConfig(["a"], None))


def test_float8_adds_the_bias_in_16_bits():
    dense = layers.Dense(1, bias_initializer=keras.initializers.Constant(1.001))
    dense.build((None, 1))
    dense.quantize("float8")
    assert float(dense(np.zeros((1, 1)))[0, 0]) == 1.0  # bfloat16 has no number between 1 and 1.0078


def test_a_quantised_layer_names_what_makes_integers_of_its_inputs():
    mine = quantizers.AbsMaxQuantizer(axis=-1, value_range=(-100, 100))
    weights = quantizers.AbsMaxQuantizer(axis=0)
    layer = built_dense()
    assert layer.inputs_quantizer is None
    layer.quantize("int8", config=quantizers.Int8QuantizationConfig(weights, mine))
    assert layer.inputs_quantizer is mine
    by_default, floats = built_dense(), built_dense()
    by_default.quantize("int8")
    assert isinstance(by_default.inputs_quantizer, quantizers.AbsMaxQuantizer)
    floats.quantize("int4")
    assert floats.inputs_quantizer is None


def test_unknown_modes_are_not_there_to_build_or_to_call():
    dense = layers.Dense(2)
    for mode in ("int7", None):
        with pytest.raises(NotImplementedError, match="Known modes: int8, float8, int4, gptq, awq"):
            dense.quantized_build((None, 2), mode)
    assert not dense.built
    dense.build((None, 2))
    with pytest.raises(NotImplementedError, match="is not quantised"):
        dense.quantized_call(np.ones((1, 2)))


def test_packed_vectors_tell_what_makes_integers_of_the_inputs():
    layer, of_inputs = layers.ReversibleEmbedding(5, 4), quantizers.AbsMaxQuantizer(axis=-1)
    layer.build((None,))
    layer.quantize("int4", config=quantizers.Int4QuantizationConfig(activation_quantizer=of_inputs, block_size=None))
    assert layer.inputs_quantizer is of_inputs
