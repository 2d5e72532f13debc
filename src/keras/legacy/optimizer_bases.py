"""What `Optimizer` of former years offered to classes derived from it."""

from __future__ import annotations

import functools
import importlib
from collections.abc import Callable
from typing import Any

from keras import ops
from keras._core.configurable import Configurable
from keras._core.signature import parameters
from keras._jax import pure
from keras.legacy import era, made_once, optimizer_lists, optimizer_methods, release_0, tensor_settings
from keras.legacy.bases import apply_update
from keras.legacy.loss_of_now import LossOfNow, known_values
from keras.legacy.wrapping import wrap

__all__ = ["TFOptimizer", "clip_norm", "optimizer_from_config"]


def teach_optimizer(optimizer: type) -> None:
    """Gives `Optimizer` the attributes of 1.x and 2.x, and lets `get_updates` be written instead of `update_step`."""
    optimizer.lr = property(lambda self: self.learning_rate, _set_rate, doc="The learning rate, by its older name.")
    optimizer_methods.teach(optimizer)
    tensor_settings.teach(optimizer)
    optimizer.variables = optimizer_methods.CalledProperty(optimizer.variables.fget, doc=optimizer.variables.__doc__)
    optimizer.weights = property(_weights, _list_weights, doc="The variables, or those that a class listed itself.")
    optimizer.get_weights = optimizer_lists.get_weights(get_weights)
    wrap(optimizer, "set_weights", optimizer_lists.set_weights)
    optimizer.set_weights = _set_weights(optimizer.set_weights)
    # not that of the class, which would count as written by hand
    wrap(Configurable, "get_config", optimizer_lists.get_config)
    iterations = optimizer.iterations.fget

    def count(self):
        given = vars(self).get("_own_iterations")
        return iterations(self) if given is None else given

    optimizer.iterations = property(count, _set_iterations, doc=optimizer.iterations.__doc__)
    init = optimizer.__init__

    @functools.wraps(init)
    def __init__(self, *args, **kwargs):
        if args and isinstance(args[0], str):  # the name came first in tf.keras
            kwargs.update(zip(("name", "weight_decay", "clipnorm", "clipvalue", "global_clipnorm"), args))
            args = ()
        # the constructors of 1.x, 2.x and tf.keras took no rate: classes derived from them keep their own
        if type(self) is not optimizer and not args and "learning_rate" not in kwargs:
            kwargs["learning_rate"] = kwargs.pop("lr", 0.01)
        if not kwargs.get("name") and era.of_tf_keras():
            kwargs["name"] = type(self).__name__  # 'Adam', of the second one too
        if "decay" in kwargs:  # a class of one's own hands it on, and reads it from there
            self._initial_decay = kwargs.pop("decay") or 0.0
        hooks = [kwargs.pop(name, None) for name in ("gradient_aggregator", "gradient_transformers")]
        init(self, *args, **kwargs)
        if era.before("tf2.0"):
            self.updates = []  # which classes of one's own add to
        if era.before("3"):
            self._averages_begin_after_first = False
            _note_order_of_clipping(self)
        if any(hooks):
            self._gradient_aggregator, self._gradient_transformers = hooks[0], list(hooks[1] or ())

    optimizer._clips_together = _clips_together
    wrap(optimizer, "_clip", _clip_twice)
    __init__.__keras_legacy_arguments__ = {"gradient_aggregator", "gradient_transformers"}  # type: ignore[attr-defined]
    optimizer.__init__ = __init__
    optimizer._initial_decay = 0.0
    optimizer._var_key = staticmethod(id)
    optimizer._index_dict = property(
        lambda self: {id(v): i for i, v in enumerate(self._trainable_variables)}, doc="Places of the variables."
    )
    optimizer._build_learning_rate = optimizer._kept_learning_rate

    def __init_subclass__(cls, **kwargs):
        super(optimizer, cls).__init_subclass__(**kwargs)
        if "get_updates" in vars(cls) or ("get_gradients" in vars(cls) and era.before("tf2.0")):
            cls.weight_decay = _OfTheClass("weight_decay")
            cls.update_all = _make_updates
            cls.elementwise = False
            cls.build = _build_with_updates(cls.build)
        optimizer_methods.adapt_subclass(cls)

    optimizer.__init_subclass__ = classmethod(__init_subclass__)


def _clips_together(self, ways: list[str]) -> bool:
    """Until 3 `clipvalue` could stand beside a limit of the norm, which came first."""
    return era.before("3") and "clipvalue" in ways and len(ways) == 2


def _note_order_of_clipping(optimizer: Any) -> None:
    """What becomes of `clipvalue` beside a limit of the norm: since TensorFlow 2.11 nothing."""
    norm = any(optimizer.stored_number(name) is not None for name in ("clipnorm", "global_clipnorm"))
    if norm and optimizer.stored_number("clipvalue") is not None and era.before("tf2.11"):
        optimizer._clips_value = "after" if era.before("tf2.0") else "before"


def _clip_twice(function: Callable, self, grads: list) -> list:
    """Gradients clipped by their norm and value, in the order of the year."""
    when = vars(self).get("_clips_value")
    if when is None:
        return function(self, grads)

    def by_value(found: list) -> list:
        return [ops.clip(g, -self.clipvalue, self.clipvalue) for g in found]

    return by_value(function(self, grads)) if when == "after" else function(self, by_value(grads))


class _OfTheClass:
    """An attribute that a class with its own `get_updates` uses as it likes, and which the engine does not look at."""

    def __init__(self, name: str):
        self.name = f"_own_{name}"

    def __get__(self, owner: Any, cls: type | None = None) -> Any:
        return self if owner is None else vars(owner).get(self.name)

    def __set__(self, owner: Any, value: Any) -> None:
        vars(owner)[self.name] = value


def _weights(self) -> list:
    listed = vars(self).get("_listed_weights")
    if listed:
        return listed
    found = optimizer_lists.weights(self)
    return self.variables if found is None else found


def _list_weights(self, variables: list) -> None:
    """Classes of 1.x and 2.x listed their variables themselves."""
    self._listed_weights = list(variables)


def _set_weights(function: Callable) -> Callable:
    """`set_weights` that gives values to the variables a class listed."""

    @functools.wraps(function)
    def set_weights(self, weights):
        listed = vars(self).get("_listed_weights")
        if not listed:
            function(self, weights)
            return
        weights = list(weights)
        if len(weights) != len(listed):
            raise ValueError(
                f"{type(self).__name__}.set_weights: there are {len(listed)} variables. Got {len(weights)} values."
            )
        for variable, value in zip(listed, weights):
            variable.assign(value)

    return set_weights


def _set_iterations(self, value) -> None:
    self._own_iterations = value


def _make_updates(self, grads, variables, learning_rate) -> None:
    """`update_all` of a class that says by `get_updates` what changes: pairs `(variable, value)`.

    All values are computed before the first is assigned, as they were when updates were parts of a graph.
    """
    for update in known_values(_updates_now(self, grads, variables) or []):
        apply_update(update)


def _updates_now(self, grads, variables) -> Any:
    loss = LossOfNow(grads, variables)
    given = {"params": variables, "constraints": release_0.Constraints(variables), "loss": loss}
    taken, open_ended = parameters(type(self).get_updates)
    by_place = era.before("2.0") and not (taken and given.keys() >= set(taken))  # under names of the class's own
    made = vars(self).setdefault("_made_in_updates", [])
    _begin_anew(self)
    object.__setattr__(self, "_gradients_now", grads)
    try:
        with made_once.remembering(made):
            if by_place:
                return self.get_updates(*given.values())
            return self.get_updates(**{name: given[name] for name in given if open_ended or name in taken})
    finally:
        object.__delattr__(self, "_gradients_now")
        tensor_settings.forget_those_of_the_step()


def _begin_anew(optimizer: Any) -> None:
    """Forgets the updates of the last time, which are not made again, of optimizers inside too."""
    if "updates" in vars(optimizer):
        optimizer.updates = []
    for inner in vars(optimizer).values():
        if hasattr(type(inner), "get_updates"):
            _begin_anew(inner)


def _build_with_updates(build: Callable) -> Callable:
    """`build` of a class with `get_updates`: the variables that it makes are there before the first step."""

    @functools.wraps(build)
    def build_with_updates(self, variables):
        if self.built:
            return
        build(self, variables)
        with pure.Scope():  # nothing that is computed here stays
            _updates_now(self, [ops.zeros(v.shape, v.dtype) for v in variables], list(variables))
        self._find_variables()

    return build_with_updates


_make_updates.calls_get_updates = True  # type: ignore[attr-defined]


def _set_rate(self, value) -> None:
    self.learning_rate = value


def get_weights(self):
    """The values of the variables, as NumPy arrays."""
    return [v.numpy() for v in self.weights]


def clip_norm(g, c, n):
    """A gradient, made smaller if its norm `n` is above `c`."""
    return g if c is None or c <= 0 else g * ops.where(ops.greater(n, c), c / n, 1.0)


def optimizer_from_config(config, custom_objects=None):
    """The optimizer that a config describes."""
    return importlib.import_module("keras.optimizers").deserialize(config, custom_objects)


class TFOptimizer:
    """Would hold an optimizer of TensorFlow.

    Raises:
        ImportError: always: TensorFlow's optimizers change TensorFlow's variables.
    """

    def __init__(self, optimizer):
        raise ImportError(_OF_TENSORFLOW.format(type(optimizer).__name__))

    def get_updates(self, loss, params, constraints=None):
        """Not possible; see the class."""
        raise ImportError(_OF_TENSORFLOW.format(type(self).__name__))

    get_gradients = get_updates

    def get_weights(self):
        """Not possible; see the class."""
        raise ImportError(_OF_TENSORFLOW.format(type(self).__name__))

    def set_weights(self, weights):
        """Not possible; see the class."""
        raise ImportError(_OF_TENSORFLOW.format(type(self).__name__))

    get_config = get_weights

    @classmethod
    def from_config(cls, config):
        """Not possible; see the class."""
        raise ImportError(_OF_TENSORFLOW.format(cls.__name__))


_OF_TENSORFLOW = (
    "TFOptimizer: {} changes TensorFlow's variables, which there are none of here.\n"
    "  Use the optimizer of the same name in keras.optimizers."
)
