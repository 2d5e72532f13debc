"""A training run gives the logs, outputs and weights that Keras 3 gives, last smaller batch and all."""

import pytest

from golden import ask, compare, store


@pytest.mark.filterwarnings("ignore:.*ran out of data")
@pytest.mark.parametrize("case", store.read("training"), ids=store.name_of)
def test_training_run_gives_what_keras_3_gave(case):
    # Several steps of an optimizer carry rounding along, and Adam divides it by small numbers.
    answers, wanted = ask.ask_training(case), {**case["answers"], "said": list(case["answers"]["said"])}
    # Keras 3 names all compiled metrics together 'compile_metrics'; here the names are those of what evaluate returns
    answers.pop("metrics_names"), wanted.pop("metrics_names")
    for i, (mine, theirs) in enumerate(zip(answers["said"], wanted["said"])):
        # a metric given both plain and weighted stands twice in the list that Keras 3 returns
        if case["do"][i][0] == "evaluate" and twice(case["compile"]) and isinstance(theirs[0], float):
            assert set(mine) == set(theirs)
            answers["said"][i] = wanted["said"][i] = None
    compare.assert_same(answers, wanted, case["name"], relative=2e-5, absolute=1e-5)


def twice(settings):
    if settings.get("metrics") == [["mae"], ["mae"]]:
        return True
    return any(m in settings.get("metrics", ()) for m in settings.get("weighted_metrics", ()))
