"""Optimizers that had another formula."""

import functools
from collections.abc import Callable

from keras import ops, optimizers
from keras._core import registry
from keras.legacy import optimizer_methods
from keras.legacy.further_names import further_names


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


def _rmsprop_step(self, gradient, variable, learning_rate):
    kept = self.slot(self._velocities, variable)
    v = self.rho * kept.value + self.one_minus_rho * ops.square(gradient)
    kept.assign(v)
    variable.assign(variable.value - learning_rate * gradient / (ops.sqrt(v) + self.epsilon))


def _adagrad_step(self, gradient, variable, learning_rate):
    kept = self.slot(self._accumulators_of_squares, variable)
    a = kept.value + ops.square(gradient)
    kept.assign(a)
    variable.assign(variable.value - learning_rate * gradient / (ops.sqrt(a) + self.epsilon))


def _add_epsilon_to_the_root(kind: type, older: Callable) -> None:
    today = kind.update_step

    @functools.wraps(today)
    def update_step(self, gradient, variable, learning_rate):
        step = older if vars(self).get("_epsilon_is_outside") else today
        step(self, gradient, variable, learning_rate)

    kind.update_step = update_step


def teach(module) -> None:
    """Gives `RMSprop` and `Adagrad` the formula that they had until 2.3, with epsilon added to the root."""
    _add_epsilon_to_the_root(module.RMSprop, _rmsprop_step)
    _add_epsilon_to_the_root(module.Adagrad, _adagrad_step)
    module.Adagrad.update_step = further_names("grad")(module.Adagrad.update_step)  # as tf.keras called it there
    module.SGD.build = optimizer_methods.build_by_older_name(module.SGD.build)


def note_formula(optimizer) -> None:
    """Makes an optimizer that was constructed for a program until 2.3 compute as it did there."""
    kinds = (optimizers.RMSprop, optimizers.Adagrad)
    if isinstance(optimizer, kinds) and not (
        getattr(optimizer, "momentum", 0) or getattr(optimizer, "centered", False)
    ):
        optimizer._epsilon_is_outside = True
