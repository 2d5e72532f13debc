"""Optimizers that took other arguments or had another formula."""

import functools
from collections.abc import Callable
from types import ModuleType
from typing import Any

from keras import config, ops, optimizers
from keras._core import registry
from keras._core.serialization import serialize
from keras.legacy import arguments, era, optimizer_bases, optimizer_methods
from keras.legacy.config_rows import OLDER_FORMULA
from keras.legacy.further_names import further_names
from keras.legacy.wrapping import wrap


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


class Nadam(ScheduledNadam):
    """`keras.optimizers.legacy.Nadam` of TensorFlow 2.11 to 2.15, which kept the older formula.

    Args:
        learning_rate: today's default, unlike that of the years before tf.keras.
        **kwargs: those of `ScheduledNadam`.
    """

    def __init__(self, learning_rate=0.001, *args, **kwargs):
        kwargs.update(zip(("beta_1", "beta_2", "epsilon", "name"), args))
        decay = kwargs.pop("decay", None)  # another name of the same thing there
        if decay is not None:
            kwargs["schedule_decay"] = decay
        super().__init__(learning_rate=learning_rate, **kwargs)


def _with_older_formula(kind: type) -> type:
    """A class of `keras.optimizers.legacy` that makes optimizers of today with the formula until tf.keras 2.10."""

    def __new__(cls, *args, **kwargs):
        return kind(*args, **{OLDER_FORMULA: True, **kwargs}) if cls is older else kind.__new__(cls)

    older = type(kind.__name__, (kind,), {"__new__": __new__, "__doc__": kind.__doc__, "__module__": __name__})
    return older


RMSprop, Adagrad = _with_older_formula(optimizers.RMSprop), _with_older_formula(optimizers.Adagrad)

registry.register_built_ins("keras.optimizers", {"ScheduledNadam": ScheduledNadam})


def _rmsprop_step(self, gradient, variable, learning_rate):
    kept = self.slot(self._velocities, variable)
    v = self.rho * kept.value + self.one_minus_rho * ops.square(gradient)
    kept.assign(v)
    if self.centered:
        kept = self.slot(self._average_gradients, variable)
        a = self.rho * kept.value + self.one_minus_rho * gradient
        kept.assign(a)
        v = v - ops.square(a)
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


def _teach_formulas(module: ModuleType) -> None:
    """Gives `RMSprop` and `Adagrad` the formula that they had until tf.keras 2.10, with epsilon added to the root."""
    _add_epsilon_to_the_root(module.RMSprop, _rmsprop_step)
    _add_epsilon_to_the_root(module.Adagrad, _adagrad_step)
    module.Adagrad.update_step = further_names("grad")(module.Adagrad.update_step)  # as tf.keras called it there
    module.SGD.build = optimizer_methods.build_by_older_name(module.SGD.build)


def _note_formula(optimizer) -> None:
    """Makes an optimizer compute as it did until tf.keras 2.10, where momentum alone had epsilon under the root."""
    if isinstance(optimizer, (optimizers.RMSprop, optimizers.Adagrad)) and not getattr(optimizer, "momentum", 0):
        optimizer._epsilon_is_outside = True


def _optimizer_init(function: Callable, self, *args, **kwargs):
    """Optimizers with `decay`, `clipnorm` as it was before tf.keras, and formulas of their year."""
    is_older = kwargs.pop(OLDER_FORMULA, era.before("tf2.11"))
    decay = kwargs.pop("decay", None) or 0.0
    if decay < 0:
        raise ValueError(f"{type(self).__name__}: `decay` must not be negative. Got {decay!r}.")
    if kwargs.get("epsilon", 0) is None:
        kwargs["epsilon"] = config.epsilon()
    if era.before("tf2.0") and kwargs.get("clipnorm"):  # the norm of all gradients together, until then
        kwargs["global_clipnorm"] = kwargs.pop("clipnorm")
    if decay and len(args) > 1:
        raise TypeError(f"{type(self).__name__}: give the arguments by name beside `decay`.")
    function(self, *args, **kwargs)
    self.decay = float(decay)  # of the rate in `lr`, which stays what it is and can be assigned
    self._rate_decays = bool(decay)
    if is_older:
        _note_formula(self)


def _rate_now(function: Callable, self):
    """The rate of a step, lowered by `decay`."""
    rate = function(self)
    if not vars(self).get("_rate_decays"):
        return rate
    return rate / (1.0 + self.decay * ops.cast(self._iterations.value, rate.dtype))


def _argument(function: Callable, self, name: str) -> Any:
    """An argument in a config, which says `decay` as today's schedule."""
    value = function(self, name)
    if name == "learning_rate" and vars(self).get("_rate_decays"):
        return serialize(optimizers.schedules.InverseTimeDecay(value, 1, self.decay))
    return value


def _save_own_variables(function: Callable, self, store) -> None:
    """The state without the rate where the config says it as a schedule, which has no variable."""
    if not vars(self).get("_rate_decays"):
        function(self, store)
        return
    for i, v in enumerate(v for v in self.variables if v is not self._learning_rate):
        store[str(i)] = v.numpy()


def _nadam_init(function: Callable, self, *args, **kwargs):
    """`Nadam` with `schedule_decay`, or as it was before it was simplified."""
    if type(self) is optimizers.Nadam and ("schedule_decay" in kwargs or era.before("tf2.11")):
        object.__setattr__(self, "__class__", ScheduledNadam)
        if args:
            kwargs.update(zip(("learning_rate", "beta_1", "beta_2", "epsilon"), args))
        return ScheduledNadam.__init__(self, **kwargs)
    return _optimizer_init(function, self, *args, **kwargs)


def teach(module: ModuleType) -> None:
    """Lets the classes of `keras.optimizers` take what they took, and gives them their older methods and formulas."""
    names = ["SGD", "RMSprop", "Adagrad", "Adadelta", "Adam", "Adamax", "Nadam", "Ftrl"]
    optimizer_bases.teach_optimizer(module.Optimizer)
    wrap(module.Optimizer, "_rate_now", _rate_now)
    wrap(module.Optimizer, "_argument", _argument)
    wrap(module.Optimizer, "save_own_variables", _save_own_variables)
    _teach_formulas(module)
    arguments.apply(module, {**dict.fromkeys(names, _optimizer_init), "Nadam": _nadam_init})
    module.Nadam.__init__.__keras_legacy_arguments__.add("schedule_decay")
    for name in names:
        init = getattr(module, name).__init__
        init.__keras_legacy_arguments__ = {"decay", *getattr(init, "__keras_legacy_arguments__", ())}
