"""Every layer returns what Keras 3 returns: outputs, gradients, updated state, shapes, masks and weights."""

import pytest

from golden import ask, compare, store

CASES = store.read("layers")


@pytest.mark.parametrize("case", [case for case in CASES if not case["stateful"]], ids=store.name_of)
def test_layer_answers_as_keras_3_did(case):
    got = ask.ask_layer(case)
    compare.assert_same(got, case["answers"], case["name"], **case.get("tolerance", {}))


@pytest.mark.parametrize("case", [case for case in CASES if case["stateful"]], ids=store.name_of)
def test_stateful_layer_goes_on_where_it_stopped_as_in_keras_3(case):
    compare.assert_same(ask.ask_stateful(case), case["answers"], case["name"])
