"""Dtype policies: names, maps by path, configs."""

import pytest

import keras
from keras import dtype_policies


@pytest.mark.parametrize(
    ("name", "kind", "compute", "mode"),
    [
        ("mixed_float16", "DTypePolicy", "float16", None),
        ("int8_from_mixed_bfloat16", "QuantizedDTypePolicy", "bfloat16", "int8"),
        ("int4/64_from_float32", "Int4DTypePolicy", "float32", "int4"),
        ("float8_from_mixed_bfloat16", "QuantizedFloat8DTypePolicy", "bfloat16", "float8"),
        ("gptq/4/128_from_float32", "GPTQDTypePolicy", "float32", "gptq"),
        ("awq/4/-1_from_float32", "AWQDTypePolicy", "float32", "awq"),
    ],
)
def test_a_name_means_a_policy_and_its_config_makes_it_again(name, kind, compute, mode):
    policy = dtype_policies.get(name)
    assert (type(policy).__name__, policy.compute_dtype, policy.quantization_mode) == (kind, compute, mode)
    assert policy.variable_dtype == "float32"
    assert policy.name == name
    assert dtype_policies.deserialize(dtype_policies.serialize(policy)) == policy


@pytest.mark.parametrize(
    "name",
    ["int8", "int4/0_from_float32", "gptq/5/128_from_float32", "awq/8/1_from_float32", "x", dtype_policies.DTypePolicy],
)
def test_a_name_that_means_no_policy_is_refused(name):
    with pytest.raises(ValueError):
        dtype_policies.get(name)


def test_a_map_gives_each_layer_the_policy_of_its_path():
    policies = dtype_policies.DTypePolicyMap("float32", {"half": "mixed_bfloat16", "few/.*": "int8_from_float32"})
    assert policies["few/dense"].name == "int8_from_float32"
    assert policies["other"].name == "float32"
    half, other = (keras.layers.Dense(1, dtype=policies, name=name) for name in ("half", "other"))
    for layer in (half, other):
        layer.build((None, 2))
    assert (half.compute_dtype, other.compute_dtype) == ("bfloat16", "float32")
    assert half.dtype_policy is policies
    with pytest.raises(ValueError, match="there is a policy for 'half' already"):
        policies["half"] = "float32"


def test_a_map_without_a_default_is_saved_without_the_global_policy():
    policies = dtype_policies.DTypePolicyMap(policy_map={"a": "mixed_bfloat16", "b": "int8_from_mixed_bfloat16"})
    assert "mapping=[('a', 'mixed_bfloat16'), ('b', " in repr(policies)
    again = dtype_policies.DTypePolicyMap.from_config(policies.get_config())
    assert (again["a"].name, again["b"].name) == ("float32", "int8_from_float32")
    assert again != policies
    kept = dtype_policies.DTypePolicyMap("float32", {"a": "mixed_bfloat16"})
    assert dtype_policies.DTypePolicyMap.from_config(kept.get_config()) == kept


def test_no_policy_is_no_global_policy():
    with pytest.raises(ValueError, match="must be a DTypePolicy or a name"):
        keras.config.set_dtype_policy(None)


def test_a_policy_converts_floats_alone():
    policy = dtype_policies.get("mixed_float16")
    assert policy.convert_input(keras.ops.ones(2), True, "float16").dtype == "float16"
    assert policy.convert_input(keras.ops.ones(2), False, "float16").dtype == "float32"
    assert policy.convert_input(keras.ops.ones(2, "int32"), True, "float16").dtype == "int32"
    assert policy.convert_input("text", True, "float16") == "text"
    assert policy.convert_input(keras.KerasTensor((2,)), True, "float16").dtype == "float16"


def test_the_global_policy_is_that_of_new_layers_until_the_session_is_cleared():
    keras.mixed_precision.set_global_policy("mixed_bfloat16")
    try:
        assert keras.layers.Dense(1).compute_dtype == "bfloat16"
        assert dtype_policies.QuantizedDTypePolicy("int8").name == "int8_from_mixed_bfloat16"
    finally:
        keras.utils.clear_session()
    assert keras.mixed_precision.global_policy().name == "float32"


def test_under_the_name_of_keras_2_none_takes_the_global_policy_back():
    keras.mixed_precision.set_global_policy("mixed_bfloat16")
    keras.mixed_precision.set_global_policy(None)
    assert keras.mixed_precision.global_policy().name == "float32"


def test_the_former_name_of_a_policy_is_another_name():
    assert keras.dtype_policies.FloatDTypePolicy("mixed_float16") == keras.DTypePolicy("mixed_float16")


@pytest.mark.parametrize(
    "make",
    [
        lambda: keras.DTypePolicy(16),
        lambda: keras.dtype_policies.QuantizedDTypePolicy("int8", 16),
        lambda: keras.dtype_policies.QuantizedFloat8DTypePolicy("float8", "float32", amax_history_length=8.0),
    ],
)
def test_things_of_another_type_are_type_errors(make):
    with pytest.raises(TypeError):
        make()


@pytest.mark.parametrize("name", ["int8_from_", "awq/4/8_from_"])
def test_a_policy_without_a_source_is_refused(name):
    with pytest.raises(ValueError, match="must be a dtype such as"):
        keras.dtype_policies.get(name)


def test_the_mode_of_a_policy_is_the_way_to_quantise():
    policy = keras.dtype_policies.get("awq/4/8_from_float32")
    assert (policy.mode, policy.get_config()["mode"]) == ("awq", "awq/4/8")
    assert keras.dtype_policies.get("int4/16_from_float32").mode == "int4"


def test_a_layer_that_is_built_by_itself_gives_those_inside_their_paths():
    class Outer(keras.layers.Layer):
        def __init__(self, dtype=None, **kwargs):
            super().__init__(dtype=dtype, **kwargs)
            self.inner = keras.layers.Dense(2, dtype=dtype, name="inner")

        def call(self, x):
            return self.inner(x)

    policies = dtype_policies.DTypePolicyMap(policy_map={"outer/inner": "int8_from_float32"})
    layer = Outer(dtype=policies, name="outer")
    layer.build((None, 3))  # as a file of a model that holds the layer does
    assert layer.inner.path == "outer/inner"
    assert layer.inner.quantization_mode == "int8"
    assert layer.variables[0].path.startswith("outer/inner/")


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_fake_quantisation_of_16_bits_reaches_the_largest_value(dtype):
    x = keras.ops.cast([-1.0, 100.0, 255.0, 300.0], dtype)
    found = keras.quantizers.fake_quant_with_min_max_vars(x, 0.0, 255.0)
    assert found.dtype.name == dtype
    assert keras.ops.cast(found, "float32").tolist() == [0, 100, 255, 255]


@pytest.mark.parametrize("source", ["float16", "mixed_float16"])
def test_eight_bits_do_not_go_with_computing_in_float16(source):
    with pytest.raises(ValueError, match="does not go with a compute dtype of float16"):
        keras.dtype_policies.QuantizedDTypePolicy("int8", source)
    with pytest.raises(ValueError, match="float16"):
        keras.dtype_policies.get(f"int8_from_{source}")
    assert keras.dtype_policies.get(f"int4_from_{source}").quantization_mode == "int4"
