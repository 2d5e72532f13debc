"""Losses that users write."""

import json

import numpy as np
import pytest

import keras
from keras import losses, ops


class Weighted(keras.Loss):
    def __init__(self, factor=2.0, **kwargs):
        super().__init__(**kwargs)
        self.factor = factor

    def call(self, y_true, y_pred):
        return self.factor * ops.mean(ops.square(y_true - y_pred), axis=-1)


def test_a_loss_is_its_call_and_a_reduction():
    np.testing.assert_allclose(Weighted(3.0)([[0.0], [0.0]], [[1.0], [2.0]]), 7.5)
    np.testing.assert_allclose(Weighted(reduction="sum")([[0.0], [0.0]], [[1.0], [2.0]], sample_weight=[1, 2]), 18)


def test_the_config_is_read_from_the_constructor():
    config = Weighted(3.0, name="w", reduction="sum").get_config()
    assert config == {"factor": 3.0, "name": "w", "reduction": "sum"}
    serialized = json.loads(json.dumps(losses.serialize(Weighted(3.0))))
    again = losses.deserialize(serialized, custom_objects={"Weighted": Weighted})
    assert again.factor == 3.0


def test_a_get_config_of_ones_own_adds_to_name_and_reduction():
    class Own(keras.losses.Loss):
        def __init__(self, scale, name="own", reduction="sum"):
            super().__init__(name=name, reduction=reduction)
            self._scale = scale

        def call(self, y_true, y_pred):
            return self._scale * ops.mean(y_true - y_pred, axis=-1)

        def get_config(self):
            return {**super().get_config(), "scale": self._scale}

    one = Own(3.0)
    assert one.get_config() == {"name": "own", "reduction": "sum", "scale": 3.0}
    assert Own.from_config(one.get_config())._scale == 3.0


def test_names_are_made_from_the_class():
    keras.utils.clear_session()
    assert [Weighted().name, Weighted().name] == ["weighted", "weighted_1"]


def test_labels_and_predictions_come_as_tensors_of_the_loss_dtype():
    seen = []

    class Look(keras.Loss):
        def call(self, y_true, y_pred):
            seen.append((y_true.dtype.name, y_pred.dtype.name, y_true.shape))
            return ops.sum(y_pred, axis=-1)

    Look()(np.arange(3), np.ones((3, 1), "float16"))
    Look(dtype="bfloat16")(np.ones(3), [[1], [1], [1]])
    assert seen == [("float32", "float32", (3,)), ("bfloat16", "bfloat16", (3,))]


def test_structures_of_labels_and_predictions_reach_the_call():
    class Two(keras.Loss):
        def call(self, y_true, y_pred):
            return ops.mean(y_true["a"] - y_pred[0], axis=-1) + ops.mean(y_true["b"] - y_pred[1], axis=-1)

    value = Two()({"a": np.ones((2, 1)), "b": np.ones((2, 1))}, [np.zeros((2, 1)), np.zeros((2, 3))])
    assert float(value) == 2.0


def test_a_function_becomes_a_loss():
    def difference(y_true, y_pred, times=1.0):
        return times * ops.mean(y_pred - y_true, axis=-1)

    one = losses.LossFunctionWrapper(difference, times=3.0, name="d", reduction="sum")
    np.testing.assert_allclose(one(np.zeros(2), np.ones((2, 1))), 6.0)  # (2,) is taken for (2, 1)
    config = json.loads(json.dumps(losses.serialize(one)))
    again = losses.deserialize(config, custom_objects={"difference": difference})
    np.testing.assert_allclose(again(np.zeros(2), np.ones((2, 1))), 6.0)
    assert again.get_config() == one.get_config()
    assert losses.get(difference) is difference


def test_a_built_in_function_in_a_wrapper_comes_back_by_name():
    one = losses.LossFunctionWrapper(losses.huber, delta=2.0)
    again = losses.deserialize(losses.serialize(one))
    assert again.fn is losses.huber
    np.testing.assert_allclose(again([[0.0]], [[3.0]]), 4.0)


def test_a_subclass_of_a_built_in_loss_keeps_its_config():
    class Softer(losses.BinaryCrossentropy):
        def call(self, y_true, y_pred):
            return 0.5 * super().call(y_true, y_pred)

    one = Softer(label_smoothing=0.1)
    assert one.get_config() == losses.BinaryCrossentropy(label_smoothing=0.1).get_config()
    np.testing.assert_allclose(
        Softer.from_config(one.get_config())([[1.0]], [[0.3]]),
        0.5 * losses.BinaryCrossentropy(label_smoothing=0.1)([[1.0]], [[0.3]]),
    )


def test_a_loss_without_a_call_says_so():
    with pytest.raises(NotImplementedError, match=r"a loss needs a `call\(self, y_true, y_pred\)`"):
        losses.Loss()([1.0], [1.0])


def test_an_object_of_ones_own_needs_no_from_config():
    class Mixed:
        def __init__(self, share):
            self.share = share

        def __call__(self, y_true, y_pred):
            return self.share * ops.mean(ops.abs(y_true - y_pred), axis=-1)

        def get_config(self):
            return {"share": self.share}

    config = {"class_name": "Mixed", "config": {"share": 0.5}}
    assert losses.deserialize(config, custom_objects={"Mixed": Mixed}).share == 0.5
