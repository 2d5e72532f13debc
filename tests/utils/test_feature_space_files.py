"""Files of feature spaces."""

import numpy as np

import keras
from keras.utils import FeatureSpace


def test_feature_space_that_was_loaded_can_be_saved_before_it_is_used(tmp_path):
    space = FeatureSpace(
        {"size": FeatureSpace.float_normalized(), "kind": FeatureSpace.integer_categorical(max_tokens=4)},
        output_mode="concat",
    )
    data = {"size": np.array([1.0, 3.0, 8.0]), "kind": np.array([1, 2, 1])}
    space.adapt(data)
    space.save(tmp_path / "first.keras")
    keras.saving.load_model(tmp_path / "first.keras").save(tmp_path / "second.keras")
    again = keras.saving.load_model(tmp_path / "second.keras")
    np.testing.assert_allclose(again(data), space(data))
