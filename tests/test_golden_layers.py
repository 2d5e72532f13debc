"""Every layer returns what Keras 3 returns: outputs, gradients, updated state, shapes, masks and weights."""

import numpy as np
import pytest

from golden import ask, compare, store

CASES = store.read("layers")

# Keras 3.15 promises other shapes than those it returns: two more and three units make five; scores have the axes that
# attention goes along
WRONG_PROMISES = {
    "Bidirectional:backward_layer": {"symbolic": [[[None, 5, 5], "float32"]], "output_shape": [None, 5, 5]},
    "MultiHeadAttention:4D-scores": {
        "symbolic": [[[None, 3, 4, 2], "float32"], [[None, 2, 3, 4, 3, 4], "float32"]],
    },
    **{
        f"MultiHeadAttention:{case}": {"symbolic": [[[None, 3, 4, 2], "float32"], [[None, 3, 2, 4, 4], "float32"]]}
        for case in ("4D-last-axis", "4D-attention-mask")
    },
}


@pytest.mark.parametrize("case", [case for case in CASES if not case["stateful"]], ids=store.name_of)
def test_layer_answers_as_keras_3_did(case):
    got = ask.ask_layer(case)
    expected = case["answers"] | WRONG_PROMISES.get(case["name"], {})
    if case["name"] == "SimpleRNN:regularized":  # Keras 3.15 takes its `activity_regularizer` and forgets it
        assert len(got["losses"]) == len(expected["losses"]) + 1
        got["losses"] = [loss for loss in got["losses"] if any(np.isclose(loss, one) for one in expected["losses"])]
    compare.assert_same(got, expected, case["name"], **case.get("tolerance", {}))


@pytest.mark.parametrize("case", [case for case in CASES if case["stateful"]], ids=store.name_of)
def test_stateful_layer_goes_on_where_it_stopped_as_in_keras_3(case):
    compare.assert_same(ask.ask_stateful(case), case["answers"], case["name"])
