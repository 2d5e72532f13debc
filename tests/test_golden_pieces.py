"""Losses, metrics, optimizers, activations and their like return what they return in Keras 3."""

import functools

import numpy as np
import pytest

from golden import ask, compare, store


def of_file(name):
    return pytest.mark.parametrize("case", store.read(name), ids=store.name_of)


@of_file("losses")
def test_loss_and_its_gradient_are_those_of_keras_3(case):
    compare.assert_same(ask.ask_loss(case), case["answers"], case["name"])


@of_file("activations")
def test_activation_and_its_slope_are_those_of_keras_3(case):
    got, expected = ask.ask_function(case), case["answers"]
    if case.get("corners"):
        # A slope at a corner is a matter of taste; the value is not.
        got.pop("gradient")
        expected.pop("gradient")
    compare.assert_same(got, expected, case["name"])


@of_file("regularizers")
def test_regularizer_and_its_gradient_are_those_of_keras_3(case):
    compare.assert_same(ask.ask_function(case), case["answers"], case["name"])


@of_file("constraints")
def test_constraint_gives_what_it_gives_in_keras_3(case):
    compare.assert_same(ask.ask_value(case), case["answers"], case["name"])


@of_file("initializers")
def test_initializer_gives_what_it_gives_in_keras_3(case):
    compare.assert_same(ask.ask_value(case), case["answers"], case["name"])


@of_file("random_initializers")
def test_random_initializer_draws_from_the_distribution_of_keras_3(case):
    got, expected = ask.ask_random(case), case["answers"]
    count = np.prod(case["shape"])
    deviation = expected["deviation"]
    # Both are samples: five standard errors of the difference of two means, and of two deviations.
    assert abs(got["mean"] - expected["mean"]) < 5 * deviation * np.sqrt(2 / count)
    assert abs(got["deviation"] / deviation - 1) < 5 / np.sqrt(count)
    bounded = not any(word in case["name"] for word in ("RandomNormal", "untruncated", "Orthogonal"))
    if bounded:
        reach = 0.06 * (expected["largest"] - expected["smallest"])
        assert abs(got["largest"] - expected["largest"]) < reach
        assert abs(got["smallest"] - expected["smallest"]) < reach


OPTIMIZERS = {case["name"]: case for case in store.read("optimizers")}


@functools.cache
def optimizer_answers(name):
    return ask.ask_optimizer(OPTIMIZERS[name])


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_optimizer_moves_variables_as_in_keras_3(name):
    got, expected = optimizer_answers(name), OPTIMIZERS[name]["answers"]
    for key in ("steps", "finalized"):
        compare.assert_same(got[key], expected[key], f"{name}/{key}")


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_optimizer_remembers_what_it_remembers_in_keras_3(name):
    got, expected = optimizer_answers(name), OPTIMIZERS[name]["answers"]
    assert got["slot_names"] == expected["slot_names"]
    compare.assert_same(got["slots"], expected["slots"], name)


@of_file("schedules")
def test_schedule_gives_the_rates_of_keras_3(case):
    compare.assert_same(ask.ask_schedule(case), case["answers"], case["name"])


@pytest.mark.filterwarnings("ignore:.* counts in int32:UserWarning")
@of_file("metrics")
def test_metric_gives_the_results_of_keras_3(case):
    compare.assert_same(ask.ask_metric(case), case["answers"], case["name"])


@of_file("metric_functions")
def test_metric_function_gives_what_it_gives_in_keras_3(case):
    compare.assert_same(ask.ask_value(case), case["answers"], case["name"])
