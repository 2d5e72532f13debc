"""`keras.utils.Config`: entries as attributes and items, frozen ones, errors."""

import json
import pickle

import pytest

import keras


def test_entries_are_attributes_and_items():
    settings = keras.utils.Config(a=1, b="x")
    settings.c = {"q": 1}
    settings["d"] = None
    assert (settings.a, settings["b"], settings.get("e", 5), len(settings), list(settings)) == (
        1,
        "x",
        5,
        4,
        list("abcd"),
    )
    assert settings.as_dict() == json.loads(settings.to_json()) == {"a": 1, "b": "x", "c": {"q": 1}, "d": None}
    assert repr(settings) == "<Config {'a': 1, 'b': 'x', 'c': {'q': 1}, 'd': None}>"
    assert settings.pop("c") == {"q": 1}
    settings.update({"a": 9}, e=4)
    del settings.b
    del settings["d"]
    assert list(settings.items()) == [("a", 9), ("e", 4)]
    assert (list(settings.keys()), list(settings.values()), "a" in settings) == (["a", "e"], [9, 4], True)
    assert pickle.loads(pickle.dumps(settings)) == settings


def test_what_is_not_there_is_said():
    settings = keras.utils.Config(rate=1)
    with pytest.raises(AttributeError, match="Did you mean 'rate'"):
        _ = settings.rat
    with pytest.raises(KeyError):
        settings["other"]


@pytest.mark.parametrize(
    "change",
    [
        lambda s: setattr(s, "a", 2),
        lambda s: s.__setitem__("b", 2),
        lambda s: s.pop("a"),
        lambda s: s.update(a=2),
        lambda s: delattr(s, "a"),
    ],
)
def test_frozen_entries_stay(change):
    settings = keras.utils.Config(a=1)
    settings.freeze()
    assert settings.frozen
    with pytest.raises(ValueError, match="is frozen"):
        change(settings)
    settings.unfreeze()
    change(settings)
