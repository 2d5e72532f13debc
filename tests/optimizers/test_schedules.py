"""Learning-rate schedules: values by hand, configs, tracing."""

import json
import math

import jax
import numpy as np
import pytest

from keras import optimizers
from keras._core.fingerprint import fingerprint
from keras._jax import pure
from keras.optimizers import schedules

CASES = {
    "exponential": (schedules.ExponentialDecay(0.8, 2, 0.25), {0: 0.8, 1: 0.4, 2: 0.2, 4: 0.05}),
    "exponential-stairs": (schedules.ExponentialDecay(0.8, 2, 0.25, staircase=True), {1: 0.8, 2: 0.2, 3: 0.2, 4: 0.05}),
    "inverse-time": (schedules.InverseTimeDecay(0.8, 2, 1.0), {0: 0.8, 2: 0.4, 6: 0.2}),
    "inverse-time-stairs": (schedules.InverseTimeDecay(0.8, 2, 1.0, staircase=True), {1: 0.8, 2: 0.4, 3: 0.4}),
    "polynomial": (schedules.PolynomialDecay(1.0, 4, 0.2), {0: 1.0, 1: 0.8, 2: 0.6, 4: 0.2, 9: 0.2}),
    "polynomial-square": (schedules.PolynomialDecay(1.0, 4, 0.0, power=2.0), {1: 0.5625, 2: 0.25, 4: 0.0}),
    # after 4 steps it starts again over 8, after 8 over 12
    "polynomial-cycle": (schedules.PolynomialDecay(1.0, 4, 0.0, cycle=True), {0: 1.0, 3: 0.25, 5: 0.375, 9: 0.25}),
    "piecewise": (schedules.PiecewiseConstantDecay([2, 5], [1.0, 0.5, 0.1]), {0: 1, 2: 1, 3: 0.5, 5: 0.5, 6: 0.1}),
    "cosine": (schedules.CosineDecay(1.0, 4), {0: 1, 1: (1 + math.sqrt(0.5)) / 2, 2: 0.5, 4: 0, 7: 0}),
    "cosine-floor": (schedules.CosineDecay(1.0, 4, alpha=0.2), {0: 1, 2: 0.6, 4: 0.2}),
    "cosine-warmup": (
        schedules.CosineDecay(0.2, 4, warmup_target=1.0, warmup_steps=2),
        {0: 0.2, 1: 0.6, 2: 1.0, 4: 0.5, 6: 0.0, 9: 0.0},
    ),
    "cosine-warmup-at-once": (schedules.CosineDecay(0.2, 4, warmup_target=1.0), {0: 1.0, 2: 0.5}),
    # falls of 2, 4, 8 steps, each starting half as high
    "restarts": (schedules.CosineDecayRestarts(1.0, 2, m_mul=0.5), {0: 1, 1: 0.5, 2: 0.5, 4: 0.25, 6: 0.25, 10: 0.125}),
    "restarts-alike": (schedules.CosineDecayRestarts(1.0, 2, t_mul=1.0, alpha=0.5), {0: 1, 1: 0.75, 2: 1, 5: 0.75}),
}
every = pytest.mark.parametrize(("schedule", "rates"), CASES.values(), ids=list(CASES))


def test_there_is_a_case_for_every_schedule():
    public = {n for n in schedules.__all__ if n[0].isupper()} - {"LearningRateSchedule"}
    assert public == {type(schedule).__name__ for schedule, _ in CASES.values()}


@every
def test_rates_by_hand(schedule, rates):
    for step, rate in rates.items():
        np.testing.assert_allclose(schedule(step), rate, atol=1e-6)


@every
def test_rates_in_compiled_code(schedule, rates):
    compiled = jax.jit(schedule)
    for step, rate in rates.items():
        np.testing.assert_allclose(compiled(np.int32(step)), rate, atol=1e-6)


@every
def test_config_makes_the_same_schedule(schedule, rates):
    config = json.loads(json.dumps(schedule.get_config()))
    again = type(schedule).from_config(config)
    assert again.get_config() == config
    text = json.loads(json.dumps(schedules.serialize(schedule)))
    assert text["module"] == "keras.optimizers.schedules"
    again = schedules.deserialize(text)
    for step, rate in rates.items():
        np.testing.assert_allclose(again(step), rate, atol=1e-6)


@every
def test_an_optimizer_with_it_comes_back(schedule, rates):
    optimizer = optimizers.deserialize(json.loads(json.dumps(optimizers.serialize(optimizers.Adam(schedule)))))
    np.testing.assert_allclose(optimizer.learning_rate, rates.get(0, schedule(0)), atol=1e-6)


def test_numbers_of_a_schedule_are_inputs_under_the_name_of_the_optimizer():
    optimizer = optimizers.SGD(schedules.ExponentialDecay(1.0, 10, 0.5))

    @jax.jit
    def rate(start):
        with pure.Scope() as scope:
            scope.numbers[id(optimizer), "learning_rate.initial_learning_rate"] = start
            return optimizer.learning_rate

    np.testing.assert_allclose([rate(1.0), rate(3.0)], [1.0, 3.0])
    np.testing.assert_allclose(optimizer.learning_rate, 1.0)


def test_fingerprints_of_schedules_ignore_numbers_and_names():
    one = fingerprint(schedules.ExponentialDecay(1.0, 10, 0.5))
    assert one == fingerprint(schedules.ExponentialDecay(0.1, 20, 0.7, name="x"))
    assert one != fingerprint(schedules.ExponentialDecay(1.0, 10, 0.5, staircase=True))
    assert one != fingerprint(schedules.InverseTimeDecay(1.0, 10, 0.5))


def test_a_schedule_of_ones_own():
    class Halving(schedules.LearningRateSchedule):
        def __init__(self, start):
            self.start = start

        def __call__(self, step):
            return self.start * 0.5**step

    assert Halving(2.0).get_config() == {"start": 2.0}
    assert optimizers.SGD(Halving(2.0)).learning_rate == 2.0
    with pytest.raises(NotImplementedError, match="needs a `__call__"):
        schedules.LearningRateSchedule()(1)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: schedules.PiecewiseConstantDecay([1], [1.0]), "one value more than there are boundaries"),
        (lambda: schedules.PiecewiseConstantDecay([2, 1], [1.0, 2.0, 3.0]), "`boundaries` must rise"),
        (lambda: schedules.ExponentialDecay(0.1, 0, 0.5), "`decay_steps` must be a positive number. Got 0"),
        (lambda: schedules.CosineDecay(0.1, None), "`decay_steps` must be a positive number. Got None"),
        (lambda: schedules.CosineDecay("fast", 10), "`initial_learning_rate` must be a number. Got 'fast'"),
    ],
)
def test_impossible_schedules_are_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()
