"""Layers for text and tables return what Keras 3 returns on TensorFlow: outputs, vocabularies, files, configs."""

import numpy as np
import pytest

from golden import ask_text, compare, store

CASES = store.read("text")
SPACES = store.read("features")


def as_before(answers):
    """Answers in the form in which a file gives them back."""
    if isinstance(answers, dict):
        return {key: as_before(value) for key, value in answers.items()}
    if isinstance(answers, (list, tuple)):
        return [as_before(value) for value in answers]
    return answers


@pytest.mark.parametrize("case", CASES, ids=store.name_of)
def test_layer_answers_as_keras_3_did(case):
    got = as_before(ask_text.ask(case))
    expected = case["answers"]
    for name, text in (got.get("assets") or {}).items():
        if name.endswith("vocabulary.txt"):  # a last, empty token ends in a line end here, else reading would lose it
            got["assets"][name] = text.removesuffix("\n") if text.endswith("\n\n") else text
    settings, wanted = got.pop("config"), expected["config"]
    compare.assert_same(got, {k: v for k, v in expected.items() if k != "config"}, case["name"])
    for name, value in wanted.items():
        assert name in settings, f"{case['name']}: the config has no {name!r}"
        if isinstance(value, (list, float)):
            np.testing.assert_array_equal(settings[name] or [], value, f"{case['name']}: {name}")
        else:
            assert settings[name] == value, f"{case['name']}: {name}"


@pytest.mark.parametrize("case", SPACES, ids=store.name_of)
def test_feature_space_answers_as_keras_3_did(case):
    compare.assert_same(as_before(ask_text.ask_features(case)), case["answers"], case["name"])
