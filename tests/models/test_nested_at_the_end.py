"""Configs of Keras 3 whose outputs are those of a nested model."""

import copy

import numpy as np
import pytest

import keras
from keras import layers


def config_of(calls, outputs):
    x = keras.Input((2,), name="x")
    nested = keras.Model(inner := keras.Input((2,)), layers.Rescaling(3.0)(inner), name="nested")
    results = [x]
    for _ in range(calls):
        results.append(nested(results[-1]))
    return keras.Model(x, [results[i] for i in outputs]).get_config()


# Keras 3.15 counts the calls of a nested functional model from 1 among the outputs, and from 0 elsewhere
@pytest.mark.parametrize(("calls", "outputs"), [(1, [1]), (2, [1, 2]), (3, [3])])
def test_calls_of_nested_models_are_counted_from_1_among_outputs_of_keras_3(calls, outputs):
    config = copy.deepcopy(config_of(calls, outputs))
    config["output_layers"] = [["nested", number, 0] for number in outputs]
    model = keras.Model.from_config(config)
    found = model(np.ones((1, 2), "float32"))
    assert [float(y[0, 0]) for y in (found if len(outputs) > 1 else [found])] == [3.0**number for number in outputs]


def test_a_call_that_does_not_exist_is_still_refused():
    config = copy.deepcopy(config_of(1, [1]))
    config["output_layers"] = [["nested", 2, 0]]
    with pytest.raises(ValueError, match="names output 0 of call 2 of 'nested', which does not exist"):
        keras.Model.from_config(config)
