"""Settings of the process: flash attention, trusted files, the cache on disk, dtypes of arithmetic."""

from importlib import metadata

import numpy as np
import pytest

import keras


def test_flash_attention_is_left_to_the_engine_until_set():
    assert keras.config.is_flash_attention_enabled() is None
    x = np.random.default_rng(0).normal(size=(1, 4, 2, 8)).astype("float32")
    by_default = keras.ops.dot_product_attention(x, x, x)
    try:
        keras.config.disable_flash_attention()
        assert keras.config.is_flash_attention_enabled() is False
        np.testing.assert_allclose(keras.ops.dot_product_attention(x, x, x), by_default, rtol=1e-6)
        keras.config.enable_flash_attention()
        assert keras.config.is_flash_attention_enabled() is True
        np.testing.assert_allclose(keras.ops.dot_product_attention(x, x, x), by_default, rtol=1e-6)
    finally:
        keras.config._settings.flash_attention = None


def test_files_are_trusted_one_by_one():
    with pytest.raises(RuntimeError, match="safe_mode=False"):
        keras.config.enable_unsafe_deserialization()


def test_the_cache_on_disk_can_be_switched():
    before = keras.config.is_jit_cache_enabled()
    try:
        keras.config.disable_jit_cache()
        assert keras.config.is_jit_cache_enabled() is False
        keras.config.enable_jit_cache()
        assert keras.config.is_jit_cache_enabled() is True
    finally:
        (keras.config.enable_jit_cache if before else keras.config.disable_jit_cache)()


def test_layers_are_no_flax_modules_and_the_version_is_told():
    assert keras.config.is_nnx_enabled() is False
    release, _, own = keras.version().partition("+")
    assert release.startswith("3.")  # other packages choose by it what of Keras there is
    assert own == f"kerata.{metadata.version('kerata')}"
    assert keras.__version__ == release
    keras.config.set_era("2.3.1")
    try:
        assert keras.__version__ == "2.3.1"
    finally:
        keras.config.set_era("3")


@pytest.mark.parametrize(
    ("dtypes", "result"),
    [
        (("int32", "float16"), "float16"),
        (("int8", float), "float32"),
        ((int, float), "float32"),
        (("int64", "float32"), "float32"),
        (("uint32", "int32"), "int32"),
        ((None, "int32"), "float32"),
        (("bool", "int8"), "int8"),
        (("bfloat16", "float16"), "float32"),
        (("uint8", "int8"), "int16"),
        (("int8", int), "int8"),
        ((bool,), "bool"),
        ((), "float32"),
        (("float16", float), "float16"),
        (("complex64", "float32"), "complex64"),
        ((int,), "int32"),
    ],
)
def test_the_dtype_of_arithmetic_is_that_of_keras_3(dtypes, result):
    assert keras.backend.result_type(*dtypes) == result


def test_eight_bit_floats_are_not_converted_by_themselves():
    with pytest.raises(ValueError, match="implicit"):
        keras.backend.result_type("float8_e4m3fn", "float32")


def test_no_dtype_is_the_default_float_type():
    assert keras.backend.is_float_dtype(None)
    assert not keras.backend.is_int_dtype(None)
    assert keras.backend.is_int_dtype("uint8")
