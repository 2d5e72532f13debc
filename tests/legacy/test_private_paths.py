"""`keras.src`, from which editors complete imports and packages take helpers."""

import importlib

import numpy as np
import pytest

import keras

PAIRS = [
    ("keras.src.layers", "Dense", keras.layers.Dense),
    ("keras.src.layers.core.dense", "Dense", keras.layers.Dense),
    ("keras.src.layers.preprocessing.image_preprocessing.random_flip", "RandomFlip", keras.layers.RandomFlip),
    ("keras.src.models.sequential", "Sequential", keras.Sequential),
    ("keras.src.engine.training", "Model", keras.Model),
    ("keras.src.callbacks", "EarlyStopping", keras.callbacks.EarlyStopping),
    ("keras.src.utils", "to_categorical", keras.utils.to_categorical),
    ("keras.src.utils.np_utils", "to_categorical", keras.utils.to_categorical),
    ("keras.src.optimizers.adam", "Adam", keras.optimizers.Adam),
    ("keras.src.applications.vgg16", "VGG16", keras.applications.VGG16),
    ("keras.src.backend", "KerasTensor", keras.KerasTensor),
    ("keras.src.ops.operation", "Operation", keras.Operation),
    ("keras.src.losses.losses", "mean_squared_error", keras.losses.mean_squared_error),
    ("keras.src.random.seed_generator", "SeedGenerator", keras.random.SeedGenerator),
    ("keras.src.saving.serialization_lib", "serialize_keras_object", keras.saving.serialize_keras_object),
    ("keras.src.trainers.data_adapters.py_dataset_adapter", "PyDataset", keras.utils.PyDataset),
]


@pytest.mark.parametrize(("module", "name", "public"), PAIRS, ids=[f"{m}.{n}" for m, n, _ in PAIRS])
def test_a_private_module_gives_the_public_thing(module, name, public):
    assert getattr(importlib.import_module(module), name) is public


def test_private_modules_are_attributes_of_keras_and_refuse_what_they_never_had():
    assert keras.src.utils.tracking.no_automatic_dependency_tracking(len) is len
    assert keras.src.saving.serialization_lib.in_safe_mode()
    with pytest.raises(ImportError):
        importlib.import_module("keras.src.layers.core.nonsense")
    with pytest.raises(AttributeError, match="has no attribute 'Nonsense'"):
        _ = keras.src.layers.Nonsense


def test_the_generator_of_images_that_editors_import_from_keras_src():
    module = importlib.import_module("keras.src.legacy.preprocessing.image")
    assert module.ImageDataGenerator is importlib.import_module("keras.preprocessing.image").ImageDataGenerator


def test_masks_and_shapes_through_the_private_helpers():
    backend = importlib.import_module("keras.src.backend")
    x = keras.layers.Masking()(np.array([[[1.0], [0.0]]], "float32"))
    assert backend.get_keras_mask(x).tolist() == [[True, False]]
    backend.set_keras_mask(x, None)
    assert backend.get_keras_mask(x) is None
    assert backend.any_symbolic_tensors((1, [keras.KerasTensor((2,))]))
    assert not backend.any_symbolic_tensors((1,))
    found = backend.compute_output_spec(keras.layers.Dense(3), keras.KerasTensor((None, 2)))
    assert backend.compute_output_spec(lambda x: (x, None), keras.KerasTensor((2,)))[1] is None
    assert found.shape == (None, 3)
    assert backend.standardize_shape([None, 2]) == (None, 2)
    with pytest.raises(ValueError, match="made of sizes"):
        backend.standardize_shape([-1])
    shape = importlib.import_module("keras.src.ops.operation_utils").compute_conv_output_shape
    assert shape((None, 3, 32, 32), 16, (3, 5), 2, "same", "channels_first") == (None, 16, 16, 16)


def test_class_weights_become_sample_weights():
    module = importlib.import_module("keras.src.trainers.data_adapters.data_adapter_utils")
    weigh = module.class_weight_to_sample_weights
    assert np.ravel(weigh(np.array([0, 1, 2]), {0: 1.0, 1: 3.0})).tolist() == [1, 3, 1]
    assert np.ravel(weigh(np.eye(3)[[1, 0]], {0: 1.0, 1: 3.0, 2: 2.0})).tolist() == [3, 1]


def test_a_store_of_arrays_is_written_and_read(tmp_path):
    store_class = keras.src.saving.saving_lib.H5IOStore
    store = store_class(tmp_path / "a.lora.h5", mode="w")
    store.make("lora")["rank"] = 4
    store.make("lora/1")["a"] = keras.Variable(np.ones((2, 3), "float32"))
    store.close()
    store = store_class(tmp_path / "a.lora.h5", mode="r")
    assert int(store.get("lora")["rank"][()]) == 4
    assert store.get("lora/1")["a"][()].shape == (2, 3)
    assert len(store.get("elsewhere")) == 0
    store.close()


def test_what_packages_put_among_the_objects_of_a_package_is_found_by_name():
    from keras.src.activations import ALL_OBJECTS, ALL_OBJECTS_DICT

    def slow_tanh(x):
        return keras.ops.tanh(0.1 * x)

    assert ALL_OBJECTS_DICT["relu"] is keras.activations.relu
    assert keras.activations.relu in ALL_OBJECTS
    try:
        ALL_OBJECTS_DICT["slow_tanh"] = slow_tanh
        assert keras.activations.get("slow_tanh") is slow_tanh
    finally:
        keras.saving.get_custom_objects().pop("slow_tanh")
        del ALL_OBJECTS_DICT["slow_tanh"]


def test_orders_of_axes_through_the_private_helper():
    orders = [keras.src.backend.standardize_data_format(order) for order in (None, "channels_first", "CHANNELS_LAST")]
    assert orders == ["channels_last", "channels_first", "channels_last"]
    with pytest.raises(ValueError, match="`data_format` must be one of"):
        keras.src.backend.config.standardize_data_format("channels_middle")


def test_modules_imported_when_they_are_needed():
    module_utils = importlib.import_module("keras.src.utils.module_utils")
    there, missing = module_utils.LazyModule("fractions"), module_utils.LazyModule("no_such_thing", pip_name="thing")
    assert there.module is None
    assert there.available
    assert there.Fraction(1, 2) * 2 == 1
    assert not missing.available
    with pytest.raises(ImportError, match="pip install thing"):
        missing.anything  # noqa: B018
    assert module_utils.jax.numpy.pi > 3
    assert module_utils.jax is module_utils.jax
