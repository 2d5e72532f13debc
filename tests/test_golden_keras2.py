"""What Keras 2.3.1 on TensorFlow 1.15 returned comes out here too, once today's words say what its words meant."""

import pytest

from golden import ask, compare, store

LAYERS = store.read("keras2_layers")
RUNS = store.read("keras2_training")


def answers_now(case):
    chain = {"$new": ["Sequential", {"layers": case["chain"]}]}
    return ask.ask_layer({**case, "layer": chain, "call": {"training": case["training"]}})


@pytest.mark.parametrize("case", [case for case in LAYERS if "only_then" not in case], ids=store.name_of)
def test_layers_return_what_keras_2_returned(case):
    got, expected = answers_now(case), case["answers"]
    compare.assert_same(got["outputs"], [expected["outputs"]], case["name"])
    compare.assert_same(got["weight_gradients"], expected["weight_gradients"], case["name"])
    if "input_gradient" in expected:
        compare.assert_same(got["input_gradients"], [expected["input_gradient"]], case["name"])
    if "state_only_then" not in case:
        compare.assert_same(got["weights_after"], expected["weights_after"], case["name"])


@pytest.mark.parametrize("case", [case for case in RUNS if "only_then" not in case], ids=store.name_of)
def test_training_run_gives_what_keras_2_gave(case):
    got, expected = ask.ask_training(case), case["answers"]
    history, evaluated, predicted = got["said"]
    steps = {"relative": 5e-5, "absolute": 2e-5}
    compare.assert_same(dict(history), expected["history"], case["name"], **steps)
    compare.assert_same(evaluated if isinstance(evaluated, list) else [evaluated], expected["evaluate"], **steps)
    compare.assert_same(predicted, [expected["predict"]], case["name"], **steps)
    compare.assert_same(got["weights"], expected["weights"], case["name"], **steps)
