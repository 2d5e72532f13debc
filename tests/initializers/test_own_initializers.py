"""Initializers that users write, and what their configs hold."""

import numpy as np
import pytest

from keras import initializers, layers, ops


class Scaled(initializers.Initializer):
    def __init__(self, factor, inner="ones"):
        self.factor = factor
        self.inner = initializers.get(inner)

    def __call__(self, shape, dtype=None):
        return self.factor * self.inner(shape, dtype=dtype)


def test_attributes_named_like_the_arguments_make_up_the_config():
    one = Scaled(3.0, initializers.Constant(2.0))
    config = one.get_config()
    assert config["factor"] == 3.0
    assert config["inner"]["class_name"] == "Constant"
    np.testing.assert_array_equal(Scaled.from_config(config)((2,)), [6, 6])
    np.testing.assert_array_equal(one.clone()((2,)), [6, 6])


def test_a_class_of_ones_own_comes_back_through_custom_objects():
    config = initializers.serialize(Scaled(3.0))
    assert type(initializers.deserialize(config, custom_objects={"Scaled": Scaled})) is Scaled
    assert type(initializers.deserialize("Scaled2", custom_objects={"Scaled2": initializers.Ones})) is initializers.Ones
    with pytest.raises(ValueError, match=r"custom_objects"):
        initializers.deserialize(config)


def test_an_argument_that_is_not_kept_is_named():
    class Forgetful(initializers.Initializer):
        def __init__(self, factor):
            self._factor = factor

    with pytest.raises(
        ValueError, match=r"Forgetful: the constructor takes `factor`, but there is no attribute"
    ) as info:
        Forgetful(2.0).get_config()
    assert "self.factor = factor" in str(info.value)


def test_a_get_config_of_ones_own_adds_to_what_the_parent_reports():
    class Shifted(initializers.RandomNormal):
        def __init__(self, by, **kwargs):
            super().__init__(**kwargs)
            self._by = by

        def get_config(self):
            return {**super().get_config(), "by": self._by}

    class FromNothing(initializers.Initializer):
        def __init__(self, by, unkept=None):
            self._by = by

        def get_config(self):
            return {**super().get_config(), "by": self._by}

    assert Shifted(2.0, seed=1).get_config() == {"mean": 0.0, "stddev": 0.05, "seed": 1, "by": 2.0}
    assert FromNothing(2.0).get_config() == {"by": 2.0}
    assert Shifted(2.0, seed=1).clone()._by == 2.0


def test_further_arguments_of_the_parent_are_part_of_the_config():
    class Louder(initializers.RandomNormal):
        def __init__(self, times=2.0, **kwargs):
            super().__init__(**kwargs)
            self.times = times

        def __call__(self, shape, dtype=None):
            return self.times * super().__call__(shape, dtype)

    one = Louder(stddev=1.0, seed=4)
    assert one.get_config() == {"times": 2.0, "mean": 0.0, "stddev": 1.0, "seed": 4}
    np.testing.assert_array_equal(one.clone()((3,)), 2 * initializers.RandomNormal(0.0, 1.0, seed=4)((3,)))


def test_a_function_is_taken_as_it_is():
    def ramp(shape, dtype=None):
        return ops.arange(shape[0], dtype=dtype)

    assert initializers.get(ramp) is ramp


def test_an_initializer_without_a_call_says_so():
    with pytest.raises(NotImplementedError, match=r"needs a `__call__\(self, shape, dtype=None\)`"):
        initializers.Initializer()((2,))
    assert initializers.Initializer().get_config() == {}


def test_what_a_call_of_ones_own_adds_to_a_built_in_initializer_counts():
    class Doubled(initializers.RandomUniform):
        def __call__(self, shape, dtype=None):
            return 2 + 0 * super().__call__(shape, dtype)

    layer = layers.Dense(2, kernel_initializer=Doubled())
    layer.build((None, 3))
    np.testing.assert_array_equal(layer.kernel.numpy(), np.full((3, 2), 2.0))
