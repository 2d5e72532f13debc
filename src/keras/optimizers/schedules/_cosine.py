"""Rates that follow the fall of a cosine, once or again and again."""

import math

from keras import ops
from keras._core.checks import positive_number
from keras._jax.number import Number
from keras.optimizers.schedules._schedule import LearningRateSchedule, as_float


class CosineDecay(LearningRateSchedule):
    """A rate that falls along half a cosine wave, after a linear rise if wanted.

    `rate = peak * ((1 - alpha) * (1 + cos(pi * step / decay_steps)) / 2 + alpha)`

    where `peak` is `initial_learning_rate`, or `warmup_target` with the step counted from the end of the warm-up.
    From Loshchilov and Hutter, 2016 (https://arxiv.org/abs/1608.03983).

    Args:
        initial_learning_rate: the rate at step 0.
        decay_steps: how many steps the fall takes.
        alpha: the last rate as a share of the peak.
        name: a name.
        warmup_target: the rate at the end of the rise; None for no rise.
        warmup_steps: how many steps the rise takes.

    >>> schedule = CosineDecay(0.0, decay_steps=10, warmup_target=1.0, warmup_steps=2)
    >>> [round(float(schedule(step)), 2) for step in (0, 1, 2, 7, 12)]
    [0.0, 0.5, 1.0, 0.5, 0.0]
    """

    initial_learning_rate = Number()
    decay_steps = Number()
    alpha = Number()
    warmup_target = Number(optional=True)
    warmup_steps = Number()

    def __init__(
        self, initial_learning_rate, decay_steps, alpha=0.0, name="CosineDecay", warmup_target=None, warmup_steps=0
    ):
        self.initial_learning_rate = initial_learning_rate
        self.decay_steps = positive_number("decay_steps", decay_steps, "CosineDecay")
        self.alpha = alpha
        self.name = name
        self.warmup_target = warmup_target
        self.warmup_steps = warmup_steps

    def __call__(self, step):
        step = as_float(step)
        if self.stored_number("warmup_target") is None:
            return self._fallen(step, self.initial_learning_rate)
        fallen = self._fallen(ops.maximum(step - self.warmup_steps, 0.0), self.warmup_target)
        if self.stored_number("warmup_steps") == 0:
            return fallen
        rise = (self.warmup_target - self.initial_learning_rate) * (step / self.warmup_steps)
        return ops.where(step < self.warmup_steps, rise + self.initial_learning_rate, fallen)

    def _fallen(self, step, peak):
        done = ops.minimum(step, self.decay_steps) / self.decay_steps
        height = 0.5 * (1.0 + ops.cos(math.pi * done))
        return peak * ((1.0 - self.alpha) * height + self.alpha)


class CosineDecayRestarts(LearningRateSchedule):
    """A rate that falls along half a cosine wave and starts again from the top, each time over a longer stretch.

    From Loshchilov and Hutter, 2016 (https://arxiv.org/abs/1608.03983).

    Args:
        initial_learning_rate: the rate at step 0.
        first_decay_steps: how many steps the first fall takes.
        t_mul: how many times longer each fall is than the one before.
        m_mul: how many times higher each start is than the one before.
        alpha: the lowest rate as a share of `initial_learning_rate`.
        name: a name.

    >>> schedule = CosineDecayRestarts(1.0, first_decay_steps=2, t_mul=1.0, m_mul=0.5)
    >>> [round(float(schedule(step)), 2) for step in (0, 1, 2, 3)]
    [1.0, 0.5, 0.5, 0.25]
    """

    initial_learning_rate = Number()
    first_decay_steps = Number()
    m_mul = Number()
    alpha = Number()

    def __init__(self, initial_learning_rate, first_decay_steps, t_mul=2.0, m_mul=1.0, alpha=0.0, name="SGDRDecay"):
        self.initial_learning_rate = initial_learning_rate
        self.first_decay_steps = positive_number("first_decay_steps", first_decay_steps, "CosineDecayRestarts")
        self.t_mul = t_mul
        self.m_mul = m_mul
        self.alpha = alpha
        self.name = name

    def __call__(self, step):
        falls = as_float(step) / self.first_decay_steps
        if self.t_mul == 1.0:
            restarts = ops.floor(falls)
            done = falls - restarts
        else:
            # fall number i starts after 1 + t + ... + t^(i-1) = (1 - t^i) / (1 - t) lengths of the first one
            restarts = ops.floor(ops.log(1.0 - falls * (1.0 - self.t_mul)) / math.log(self.t_mul))
            length = self.t_mul**restarts
            done = (falls - (1.0 - length) / (1.0 - self.t_mul)) / length
        height = 0.5 * self.m_mul**restarts * (1.0 + ops.cos(math.pi * done))
        return self.initial_learning_rate * ((1.0 - self.alpha) * height + self.alpha)
