"""Decorators of `keras.legacy.interfaces`."""

import pytest

from keras.legacy import interfaces


@interfaces.generate_legacy_interface(
    allowed_positional_args=["units"],
    conversions=[("output_dim", "units")],
    value_conversions={"mode": {"th": "first"}},
)
def made(self, units=1, mode="last"):
    return units, mode


def test_a_constructor_of_ones_own_takes_older_names_and_values():
    assert made(None, output_dim=3) == (3, "last")
    assert made(None, 2, mode="th") == (2, "first")
    with pytest.raises(TypeError, match="takes these arguments without a name: units"):
        made(None, 2, "last")
    with pytest.raises(ValueError, match="`object_type` must be"):
        interfaces.generate_legacy_interface(object_type="thing")


def test_a_preprocessor_comes_first():
    decorate = interfaces.generate_legacy_interface(preprocessor=lambda args, kwargs: (args, {"units": 7}, []))
    assert decorate(lambda self, units=1: units)(None, units=3) == 7


def test_methods_and_models_of_ones_own_take_the_arguments_of_1x():
    @interfaces.legacy_generator_methods_support
    def fit_generator(self, generator, epochs=1, max_queue_size=10, workers=1):
        return epochs, max_queue_size, workers

    assert fit_generator(None, [], nb_epoch=3, max_q_size=2, nb_worker=4) == (3, 2, 4)

    @interfaces.generate_legacy_method_interface
    def fit(self, x, epochs=1):
        return epochs

    assert fit(None, [1], nb_epoch=3) == 3
    assert interfaces.legacy_model_constructor_support(lambda self, inputs, outputs: (inputs, outputs))(
        None, input=1, output=2
    ) == (1, 2)
    assert interfaces.legacy_input_support(lambda dtype=None, batch_shape=None: (dtype, batch_shape))(
        input_dtype="int32", batch_input_shape=(1, 2)
    ) == ("int32", (1, 2))
    assert interfaces.legacy_dense_support(func=lambda self, units, kernel_initializer=None: units)(
        None, output_dim=2, init="one"
    ) == 2  # fmt: skip
