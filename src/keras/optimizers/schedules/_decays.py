"""Rates that fall by a formula: exponentially, as 1/t, as a power, in steps."""

from keras import ops
from keras._core.checks import positive_number
from keras._jax.number import Number
from keras.optimizers.schedules._schedule import LearningRateSchedule, as_float, wide_float


class ExponentialDecay(LearningRateSchedule):
    """A rate that falls by the same factor every `decay_steps` steps.

    `rate = initial_learning_rate * decay_rate ** (step / decay_steps)`

    Args:
        initial_learning_rate: the rate at step 0.
        decay_steps: over how many steps the rate falls by the factor.
        decay_rate: the factor.
        staircase: whether the quotient is rounded down, so that the rate falls in jumps.
        name: a name.

    >>> float(ExponentialDecay(1.0, decay_steps=10, decay_rate=0.5)(20))
    0.25
    """

    initial_learning_rate = Number()
    decay_steps = Number()
    decay_rate = Number()

    def __init__(self, initial_learning_rate, decay_steps, decay_rate, staircase=False, name="ExponentialDecay"):
        self.initial_learning_rate = initial_learning_rate
        self.decay_steps = positive_number("decay_steps", decay_steps, "ExponentialDecay")
        self.decay_rate = decay_rate
        self.staircase = bool(staircase)
        self.name = name

    def __call__(self, step):
        periods = as_float(step) / self.decay_steps
        if self.staircase:
            periods = ops.floor(periods)
        return self.initial_learning_rate * ops.power(self.decay_rate, periods)


class InverseTimeDecay(LearningRateSchedule):
    """A rate that falls as one over time.

    `rate = initial_learning_rate / (1 + decay_rate * step / decay_steps)`

    Args:
        initial_learning_rate: the rate at step 0.
        decay_steps: how many steps are one unit of time.
        decay_rate: how fast the rate falls.
        staircase: whether the quotient is rounded down, so that the rate falls in jumps.
        name: a name.

    >>> float(InverseTimeDecay(1.0, decay_steps=1, decay_rate=1.0)(3))
    0.25
    """

    initial_learning_rate = Number()
    decay_steps = Number()
    decay_rate = Number()

    def __init__(self, initial_learning_rate, decay_steps, decay_rate, staircase=False, name="InverseTimeDecay"):
        self.initial_learning_rate = initial_learning_rate
        self.decay_steps = positive_number("decay_steps", decay_steps, "InverseTimeDecay")
        self.decay_rate = decay_rate
        self.staircase = bool(staircase)
        self.name = name

    def __call__(self, step):
        periods = as_float(step) / self.decay_steps
        if self.staircase:
            periods = ops.floor(periods)
        return self.initial_learning_rate / (1.0 + self.decay_rate * periods)


class PolynomialDecay(LearningRateSchedule):
    """A rate that falls from one value to another as a power of the time left.

    `rate = (initial_learning_rate - end_learning_rate) * (1 - step / decay_steps) ** power + end_learning_rate`

    Args:
        initial_learning_rate: the rate at step 0.
        decay_steps: after how many steps the last rate is reached.
        end_learning_rate: the last rate.
        power: 1 falls along a straight line, larger ones faster at first.
        cycle: whether the rate jumps up after `decay_steps` and falls again, over a longer and longer time; otherwise
            it stays.
        name: a name.

    >>> float(PolynomialDecay(0.5, decay_steps=10, end_learning_rate=0.0)(5))
    0.25
    """

    initial_learning_rate = Number()
    decay_steps = Number()
    end_learning_rate = Number()
    power = Number()

    def __init__(
        self,
        initial_learning_rate,
        decay_steps,
        end_learning_rate=0.0001,
        power=1.0,
        cycle=False,
        name="PolynomialDecay",
    ):
        self.initial_learning_rate = initial_learning_rate
        self.decay_steps = positive_number("decay_steps", decay_steps, "PolynomialDecay")
        self.end_learning_rate = end_learning_rate
        self.power = power
        self.cycle = bool(cycle)
        self.name = name

    def __call__(self, step):
        step, length = as_float(step), self.decay_steps
        if self.cycle:
            length = length * ops.maximum(1.0, ops.ceil(step / length))
        else:
            step = ops.minimum(step, length)
        left = ops.power(1.0 - step / length, self.power)
        return (self.initial_learning_rate - self.end_learning_rate) * left + self.end_learning_rate


class PiecewiseConstantDecay(LearningRateSchedule):
    """A rate that is constant between given steps.

    The first value holds up to and including step `boundaries[0]`, the second up to and including `boundaries[1]`,
    and so on; the last one holds from then on.

    Args:
        boundaries: the last steps of all values but the last, in rising order.
        values: the rates, one more than there are boundaries.
        name: a name.

    >>> schedule = PiecewiseConstantDecay([100, 200], [1.0, 0.5, 0.25])
    >>> float(schedule(100)), float(schedule(101)), float(schedule(500))
    (1.0, 0.5, 0.25)
    """

    def __init__(self, boundaries, values, name="PiecewiseConstant"):
        boundaries, values = list(boundaries), list(values)
        if len(boundaries) != len(values) - 1:
            raise ValueError(
                "PiecewiseConstantDecay: there must be one value more than there are boundaries. "
                f"Got {len(values)} values and {len(boundaries)} boundaries."
            )
        if sorted(boundaries) != boundaries:
            raise ValueError(f"PiecewiseConstantDecay: `boundaries` must rise. Got {boundaries}.")
        self.boundaries = boundaries
        self.values = values
        self.name = name

    def __call__(self, step):
        step = ops.convert_to_tensor(step)
        rate = ops.convert_to_tensor(self.values[-1], dtype=wide_float())
        for boundary, value in reversed(list(zip(self.boundaries, self.values))):
            rate = ops.where(step <= boundary, value, rate)
        return rate
