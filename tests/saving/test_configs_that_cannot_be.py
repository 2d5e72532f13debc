"""What cannot be made from its config is refused where the config is asked for, as in Keras 3.15.1."""

import numpy as np
import pytest

import keras
from keras import layers


class Scaled(keras.Model):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.dense = layers.Dense(units)

    def call(self, x):
        return self.dense(x)


class Described(Scaled):
    def get_config(self):
        return {**super().get_config(), "units": self.dense.units}


class Many(layers.Layer):
    def __init__(self, *sizes, **kwargs):
        super().__init__(**kwargs)
        self.sizes = sizes

    def call(self, x):
        return x


@pytest.mark.parametrize("ending", [".keras", ".h5"])
def test_a_model_whose_config_lacks_an_argument_is_not_saved(tmp_path, ending):
    model = Scaled(2)
    model(np.ones((1, 3)))
    for use in (lambda: model.save(tmp_path / f"m{ending}"), model.get_config, model.to_json):
        with pytest.raises(NotImplementedError, match="does not hold `units`"):
            use()
    with pytest.raises(NotImplementedError, match="get_config"):
        keras.models.clone_model(model)
    assert list(tmp_path.iterdir()) == []
    model.save_weights(tmp_path / "m.weights.h5")


def test_a_model_that_says_its_argument_is_saved(tmp_path):
    model = Described(2, name="described")
    x = np.ones((1, 3), "float32")
    y = np.array(model(x))
    model.save(tmp_path / "m.keras")
    found = keras.models.load_model(tmp_path / "m.keras", custom_objects={"Described": Described})
    np.testing.assert_allclose(found(x), y)
    assert found.get_config()["units"] == 2


def test_arguments_without_names_are_in_no_config():
    assert "sizes" not in Many().get_config()
    with pytest.raises(NotImplementedError, match=r"Many: the config cannot hold what `\*args` took"):
        Many(3, 4).get_config()


def test_arguments_without_names_of_a_built_in_layer_are_in_its_config():
    class Own(layers.Dense):
        def __init__(self, *args, **kwargs):
            super().__init__(*args, **kwargs)

    assert Own(3, "relu").get_config()["units"] == 3
