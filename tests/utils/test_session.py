"""Seeds, names, custom objects: what belongs to the process."""

import random

import numpy as np
import pytest

import keras


def test_a_seed_makes_python_numpy_and_this_library_repeat_themselves():
    def draws():
        keras.utils.set_random_seed(11)
        return random.random(), np.random.rand(), np.asarray(keras.random.normal((3,))).tolist()

    assert draws() == draws()


@pytest.mark.parametrize("seed", [-1, 2**32, "a", 1.0, None])
def test_a_seed_that_is_none_is_refused(seed):
    with pytest.raises(ValueError, match="`seed` must be an integer from 0"):
        keras.utils.set_random_seed(seed)


def test_names_start_again_after_the_session_is_cleared():
    keras.utils.clear_session()
    assert keras.layers.Dense(1).name == "dense"
    assert keras.layers.Dense(1).name == "dense_1"
    keras.utils.clear_session(free_memory=False)
    assert keras.layers.Dense(1).name == "dense"


class Doubled(keras.layers.Layer):
    def call(self, x):
        return x * 2


def config():
    return keras.saving.serialize_keras_object(Doubled(name="d"))


def test_an_unknown_class_in_a_config_is_named():
    with pytest.raises(ValueError, match="Doubled"):
        keras.saving.deserialize_keras_object(config())


@pytest.mark.parametrize(
    "arguments", [{"custom_objects": {"Doubled": Doubled}}, {"module_objects": {"Doubled": Doubled}}]
)
def test_a_class_may_be_passed(arguments):
    made = keras.saving.deserialize_keras_object(config(), **arguments)
    assert type(made) is Doubled
    assert made.name == "d"


def test_a_class_may_be_made_known_inside_a_block_only():
    with keras.saving.custom_object_scope({"Doubled": Doubled}) as scope:
        assert isinstance(scope, keras.saving.CustomObjectScope)
        assert keras.saving.get_registered_object("Doubled") is Doubled
        assert type(keras.saving.deserialize_keras_object(config())) is Doubled
    assert keras.saving.get_registered_object("Doubled") is None


def test_a_registered_class_is_known_by_package_and_name():
    @keras.saving.register_keras_serializable("shop", "Till")
    class Register(keras.layers.Layer):
        def call(self, x):
            return x

    try:
        assert keras.saving.get_registered_name(Register) == "shop>Till"
        assert keras.saving.get_registered_object("shop>Till") is Register
        assert keras.saving.get_custom_objects()["shop>Till"] is Register
        made = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(Register()))
        assert type(made) is Register
    finally:
        del keras.saving.get_custom_objects()["shop>Till"]


def test_what_is_put_into_the_table_of_custom_objects_is_known():
    keras.saving.get_custom_objects()["Doubled"] = Doubled
    try:
        assert type(keras.saving.deserialize_keras_object(config())) is Doubled
    finally:
        del keras.saving.get_custom_objects()["Doubled"]


def test_a_class_without_a_config_cannot_be_registered():
    with pytest.raises(ValueError, match="no `get_config`"):

        @keras.saving.register_keras_serializable()
        class Plain:
            pass

    assert "Custom>Plain" not in keras.saving.get_custom_objects()


def test_names_of_classes_without_registration_are_their_own():
    assert keras.saving.get_registered_name(Doubled) == "Doubled"
    assert keras.saving.get_registered_object("nobody", module_objects={"nobody": 1}) == 1


def test_code_in_a_config_is_refused_in_both_modes():
    lambda_config = {"class_name": "__lambda__", "config": {"value": "4wAAAAA="}}
    for safe_mode in (True, False):
        with pytest.raises(ValueError, match="lambda, which is code"):
            keras.saving.deserialize_keras_object(lambda_config, safe_mode=safe_mode)


@pytest.mark.parametrize("module", ["os", "keras.utils", "keras.callbacks", "keras.saving", "builtins"])
def test_nothing_but_the_table_is_reached_by_a_config(module):
    reach = {"module": module, "class_name": "function", "config": "system", "registered_name": "system"}
    with pytest.raises(ValueError, match="system"):
        keras.saving.deserialize_keras_object(reach)
