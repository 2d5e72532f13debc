"""Layers for tables keep the contract, as far as their inputs are numbers."""

import pytest

from keras import layers

from .contract import (
    LAYER_CHECKS,
    Case,
    it_can_be_frozen_and_thawed,
    it_computes_in_the_dtype_of_its_policy,
    it_refuses_an_unknown_argument,
    its_gradient_is_the_slope,
    name_of,
)

ROWS, TABLE, COLUMN = (3, 4), (2, 3, 4), (3, 1)
STATE = ("mean", "variance", "count")

CASES = [
    Case(layers.Normalization, {}, ROWS, STATE),
    Case(layers.Normalization, {"axis": (1, 2), "invert": True}, TABLE, STATE),
    Case(layers.Normalization, {"axis": None}, ROWS, STATE),
    Case(layers.Normalization, {"mean": [1.0, 2.0, 3.0, 4.0], "variance": 4.0}, TABLE),
    Case(layers.Normalization, {}, ROWS, STATE, "int32"),
    Case(layers.CategoryEncoding, {"num_tokens": 3, "output_mode": "one_hot"}, ROWS, (), "int32"),
    Case(layers.CategoryEncoding, {"num_tokens": 3, "output_mode": "one_hot"}, COLUMN, (), "uint8"),
    Case(layers.CategoryEncoding, {"num_tokens": 2, "output_mode": "multi_hot"}, TABLE, (), "int32"),
    Case(layers.CategoryEncoding, {"num_tokens": 4, "output_mode": "count"}, ROWS, (), "int32"),
    Case(layers.Discretization, {"bin_boundaries": [-0.5, 0.5]}, ROWS, slope=False),
    Case(layers.Discretization, {"bin_boundaries": [0.5, 1.0], "output_mode": "count"}, TABLE, (), "int32"),
    Case(layers.IntegerLookup, {"vocabulary": [2, 0, 7]}, TABLE, (), "int32"),
    Case(layers.IntegerLookup, {"vocabulary": [2, 0], "mask_token": 1, "num_oov_indices": 2}, ROWS, (), "int32", 9),
    Case(layers.IntegerLookup, {"vocabulary": [2, 0], "output_mode": "multi_hot"}, ROWS, (), "int32"),
    Case(layers.IntegerLookup, {"vocabulary": [2, 0, 7], "invert": True}, ROWS, (), "int32", 9),
    Case(
        layers.IntegerLookup,
        {"vocabulary": [2, 0], "num_oov_indices": 3, "oov_method": "farmhash", "salt": [1, 2]},
        ROWS,
        (),
        "int32",
        9,
    ),
    Case(
        layers.IntegerLookup,
        {"vocabulary": [2, 0], "idf_weights": [0.5, 1.5], "output_mode": "tf_idf", "mask_token": 1},
        ROWS,
        (),
        "int32",
    ),
    Case(layers.Hashing, {"num_bins": 5, "mask_value": 1}, ROWS, (), "int32"),
    Case(layers.Hashing, {"num_bins": 5, "output_mode": "multi_hot", "salt": 3}, ROWS, (), "int32"),
    Case(layers.HashedCrossing, {"num_bins": 5}, [COLUMN, COLUMN], (), "int32"),
    Case(layers.HashedCrossing, {"num_bins": 5, "output_mode": "one_hot"}, [COLUMN, COLUMN, COLUMN], (), "int32"),
]


def applies(check, case):
    """Whether a layer can be asked: some have fewer arguments in Keras 3, or integers to compute with."""
    if case.layer is layers.Discretization:
        return check not in (it_can_be_frozen_and_thawed, it_refuses_an_unknown_argument)
    if case.layer is layers.Hashing and "output_mode" not in case.arguments:
        return check not in (it_computes_in_the_dtype_of_its_policy, its_gradient_is_the_slope)
    return not (case.weights and check is it_computes_in_the_dtype_of_its_policy)


PAIRS = [(check, case) for case in CASES for check in LAYER_CHECKS if applies(check, case)]


@pytest.mark.parametrize(("check", "case"), PAIRS, ids=[f"{name_of(c)}-{name_of(k)}" for k, c in PAIRS])
def test_layers_for_tables_keep_the_contract(check, case):
    check(case)
