"""What `kernel` and `variables` of a quantised layer are, as in Keras 3.15."""

import numpy as np
import pytest

import keras
from keras import layers
from keras.quantizers import AWQConfig, GPTQConfig


def built(layer, rows=8):
    layer.build((None, rows))
    return layer


@pytest.mark.parametrize(
    "make",
    [lambda: layers.Dense(6, use_bias=False), lambda: layers.EinsumDense("ab,bc->ac", 6)],
    ids=["dense", "einsum"],
)
def test_policy_given_after_the_build_quantizes_in_blocks(make):
    layer = built(make())
    layer.dtype_policy = "int4_from_float32"
    names = ["kernel", "kernel_scale", "kernel_zero", "g_idx"]
    assert [v.name for v in layer.variables] == names
    assert tuple(layer.kernel_scale.shape) == (1, 6)
    again = built(type(layer).from_config(layer.get_config()))
    assert [v.name for v in again.variables] == names


def test_policy_given_to_the_constructor_quantizes_by_columns():
    layer = built(layers.Dense(6, use_bias=False, dtype="int4_from_float32"))
    assert [v.name for v in layer.variables] == ["kernel", "kernel_scale"]


@pytest.mark.parametrize(
    ("mode", "config"),
    [
        ("gptq", GPTQConfig(dataset=None, tokenizer=None, weight_bits=4, group_size=8)),
        ("gptq", GPTQConfig(dataset=None, tokenizer=None, weight_bits=8, group_size=8)),
        ("awq", AWQConfig(dataset=None, tokenizer=None, group_size=8)),
    ],
)
def test_kernel_is_the_float_one_until_the_calibration_and_the_integers_after_it(mode, config):
    layer = built(layers.Dense(6))
    before = np.array(layer.kernel)
    layer.quantize(mode, config=config)
    attribute = f"is_{mode}_calibrated"
    assert not getattr(layer, attribute)
    np.testing.assert_allclose(layer.kernel, before)
    setattr(layer, attribute, True)
    assert tuple(layer.kernel.shape) == (6, 8)
    assert layer.kernel.dtype == "uint8"
    assert not hasattr(layer, "is_awq_calibrated" if mode == "gptq" else "is_gptq_calibrated")


def test_floats_know_of_no_calibration():
    assert not hasattr(built(keras.layers.Dense(2)), "is_gptq_calibrated")


@pytest.mark.parametrize("policy", ["gptq/4/8_from_float32", "awq/4/8_from_float32"])
@pytest.mark.parametrize("layer", [layers.Dense(4), layers.Embedding(3, 8)], ids=["dense", "embedding"])
def test_policy_alone_does_not_calibrate_a_layer_that_has_weights(layer, policy):
    if not layer.built:
        layer.build((None, 8))
    with pytest.raises(ValueError, match="needs a `config`"):
        layer.dtype_policy = policy
    assert layer.quantization_mode is None


def test_zero_points_of_calibrated_layers_have_the_names_of_keras_3():
    names = ["kernel", "kernel_scale", "zero_point", "g_idx"]
    assert [v.name for v in built(layers.EinsumDense("ab,bc->ac", 6, dtype="gptq/4/8_from_float32")).variables] == names
    dense = built(layers.Dense(6, use_bias=False, dtype="awq/4/8_from_float32"))
    assert [v.name for v in dense.variables] == ["kernel", "kernel_scale", "kernel_zero", "awq_scales", "g_idx"]


def test_scales_of_float8_come_first_where_the_policy_does():
    first = built(layers.Dense(4, dtype="float8_from_float32"))
    after = built(layers.Dense(4))
    after.quantize("float8")
    assert [v.name for v in first.variables][-2:] == ["kernel", "bias"]
    assert [v.name for v in after.variables][:2] == ["kernel", "bias"]
    assert len(first.variables) == len(after.variables) == 8
