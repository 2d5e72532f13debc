"""Optimizers that had another formula."""

from keras import optimizers
from keras._core import registry


class ScheduledNadam(optimizers.Nadam):
    """`Nadam` whose momentum rises slowly, as it was before TensorFlow 2.11.

    `u_t = beta_1 * (1 - 0.5 * 0.96**(t * schedule_decay))`; today's has 1 in the place of `schedule_decay`.

    Args:
        learning_rate, beta_1, beta_2, epsilon: as for `Nadam`.
        schedule_decay: how fast it rises.
        **kwargs: those of `Nadam`.
    """

    def __init__(self, learning_rate=0.002, schedule_decay=0.004, **kwargs):
        super().__init__(learning_rate=learning_rate, **kwargs)
        self.schedule_decay = float(schedule_decay)

    def _u(self, t):
        return self.beta_1 * (1.0 - 0.5 * 0.96 ** (t * self.schedule_decay))


registry.register_built_ins("keras.optimizers", {"ScheduledNadam": ScheduledNadam})
