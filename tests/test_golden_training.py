"""A training run gives the logs, outputs and weights that Keras 3 gives, last smaller batch and all."""

import pytest

from golden import ask, compare, store


@pytest.mark.filterwarnings("ignore:.*ran out of data")
@pytest.mark.parametrize("case", store.read("training"), ids=store.name_of)
def test_training_run_gives_what_keras_3_gave(case):
    # Several steps of an optimizer carry rounding along, and Adam divides it by small numbers.
    answers, wanted = ask.ask_training(case), case["answers"]
    compare.assert_same(answers, wanted, case["name"], relative=2e-5, absolute=1e-5)
