"""FeatureSpace: where its data may come from, models that begin with it, files, errors."""

import numpy as np
import pandas as pd
import pytest

import keras
from keras.utils import FeatureSpace

TABLE = {"age": np.array([30.0, 50.0, 40.0, 40.0]), "job": np.array(["cook", "smith", "cook", "monk"])}
ENCODED = [
    [-(2**0.5), 0, 1, 0, 0],
    [2**0.5, 0, 0, 1, 0],
    [0, 0, 1, 0, 0],
    [0, 0, 0, 0, 1],
]
SOURCES = {
    "a dict": lambda: TABLE,
    "a frame": lambda: pd.DataFrame(TABLE),
    "batches": lambda: ({k: v[i : i + 2] for k, v in TABLE.items()} for i in (0, 2)),
    "batches with targets": lambda: (({k: v[i : i + 2] for k, v in TABLE.items()}, np.zeros(2)) for i in (0, 2)),
    "rows": lambda: ({k: v[i] for k, v in TABLE.items()} for i in range(4)),
}


def adapted(data=TABLE):
    space = FeatureSpace({"age": "float_normalized", "job": "string_categorical"})
    space.adapt(data)
    return space


@pytest.mark.parametrize("source", SOURCES.values(), ids=SOURCES)
def test_it_learns_from_every_source(source):
    np.testing.assert_allclose(adapted(source())(TABLE), ENCODED, rtol=1e-6, atol=1e-6)


def test_it_begins_a_model_and_goes_through_a_file(tmp_path):
    space = adapted()
    model = keras.Model(space.get_inputs(), space.get_encoded_features())
    np.testing.assert_allclose(model.predict(pd.DataFrame(TABLE), verbose=0), ENCODED, rtol=1e-6, atol=1e-6)
    space.save(tmp_path / "space.keras")
    again = keras.models.load_model(tmp_path / "space.keras")
    np.testing.assert_allclose(again({"age": 50.0, "job": "smith"}), ENCODED[1], rtol=1e-6, atol=1e-6)


def test_features_and_then_crosses_are_in_the_order_of_their_names():
    kinds = dict.fromkeys("cab", FeatureSpace.integer_hashed(2))
    space = FeatureSpace(kinds, crosses=[("b", "c"), ("a", "b")], crossing_dim=3, output_mode="dict")
    row = {"a": 1, "b": 2, "c": 3}
    parts = space(row)
    assert list(parts) == ["a", "b", "c", "a_X_b", "b_X_c"]
    joined = FeatureSpace(kinds, crosses=[("b", "c"), ("a", "b")], crossing_dim=3)(row)
    np.testing.assert_array_equal(joined, np.concatenate(list(parts.values())))


ERRORS = {
    r"must be one of 'float', 'float_rescaled'": lambda: FeatureSpace({"a": "flot"}),
    "`features` must be a dict of columns that is not empty": lambda: FeatureSpace({}),
    "`output_mode` must be one of 'concat', 'dict'": lambda: FeatureSpace({"a": "float"}, output_mode="list"),
    "`crosses` names 'b', which `features` does not have": lambda: FeatureSpace(
        {"a": "string_hashed"}, crosses=[("a", "b")]
    ),
    "`crosses` are of categories. 'b' is a float": lambda: FeatureSpace(
        {"a": "string_hashed", "b": "float"}, crosses=[("a", "b")]
    ),
    r"has features that learn from data \('a'\)": lambda: FeatureSpace({"a": "float_normalized"})({"a": [1.0]}),
    "the data misses 'job'": lambda: adapted()({"age": [1.0]}),
    "has no features 'x'": lambda: adapted()({**TABLE, "x": [1.0]}),
    "takes a dict of columns. Got a list": lambda: adapted()([1.0]),
    "stays an integer": lambda: FeatureSpace(
        {"a": FeatureSpace.string_hashed(3, output_mode="int"), "b": "float"}
    ).get_inputs(),
}


@pytest.mark.parametrize("message", ERRORS)
def test_it_says_what_is_wrong(message):
    with pytest.raises(ValueError, match=message):
        ERRORS[message]()
