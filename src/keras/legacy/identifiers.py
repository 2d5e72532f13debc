"""What the names of activations, initializers, losses, metrics, constraints and regularizers meant."""

from __future__ import annotations

import contextlib
import functools
import importlib
import weakref
from collections.abc import Callable
from types import ModuleType
from typing import Any

from keras import ops
from keras._core import registry
from keras.legacy import arguments, era
from keras.legacy.wrapping import wrap


def teach_activations(module: ModuleType) -> None:
    """`hard_sigmoid` by its older formula, and `relu` with `alpha`."""
    get = module.get

    @functools.wraps(get)
    def older_get(identifier):
        if identifier == "hard_sigmoid" and era.before("3"):
            return importlib.import_module("keras.legacy.activations").hard_sigmoid
        return get(identifier)

    module.get = older_get
    module.relu = importlib.import_module("keras.legacy.activations").relu
    _choose_by_era(module, "hard_sigmoid")
    for home in ("keras.activations", "builtins"):
        registry.register_built_ins(home, {"relu": module.relu})


def _choose_by_era(module: ModuleType, name: str) -> None:
    """Lets a name mean the function of its year, which is asked for when the name is."""
    today = vars(module).pop(name)
    known = vars(module).get("__getattr__")

    def __getattr__(asked: str) -> Any:
        if asked == name:
            return getattr(importlib.import_module("keras.legacy.activations"), name) if era.before("3") else today
        if known is not None:
            return known(asked)
        raise AttributeError(f"module {module.__name__!r} has no attribute {asked!r}")

    module.__getattr__ = __getattr__  # type: ignore[method-assign]


def teach_initializers(module: ModuleType) -> None:
    """Functions of one's own that take no dtype."""
    arguments.apply(module)
    get = module.get

    @functools.wraps(get)
    def older_get(identifier):
        found = get(identifier)
        if found is identifier and callable(found) and not isinstance(found, module.Initializer):
            values = arguments.values
            if not isinstance(found, values.OldInitializer) and not values.takes_dtype(found):
                return values.OldInitializer(found)
        return found

    module.get = older_get


def teach_losses(module: ModuleType) -> None:
    """Losses under their longer names, and those that are gone."""
    aliases = {
        "kullback_leibler_divergence": module.kl_divergence, "logcosh": module.log_cosh, "huber_loss": module.huber,
    }  # fmt: skip
    registry.register_built_ins("keras.losses", aliases)
    importlib.import_module("keras.legacy.pieces")
    wrap(module.Loss, "__init__", _without_name)
    _take_labels_as_they_are(importlib.import_module("keras.losses._hinge"))


def _take_labels_as_they_are(module: ModuleType) -> None:
    """`hinge` and `squared_hinge` make labels 0 and 1 into -1 and 1 since 2.3."""
    since = module._signs
    module._signs = lambda y_true: y_true if era.before("2.3") else since(y_true)


def _without_name(function: Callable, self, *args, **kwargs):
    """A loss of one's own, which until 3 had no name if it was given none."""
    function(self, *args, **kwargs)
    if not args and not kwargs.get("name") and era.before("3"):
        self.name = None


# functions of `keras.metrics` that gave the mean over the batch before 2.0, where those of `keras.objectives` did not,
# and what they are called today
_ONE_NUMBER_BEFORE_2 = {
    **dict.fromkeys(("mean_squared_error", "mse", "MSE"), "mean_squared_error"),
    **dict.fromkeys(("mean_absolute_error", "mae", "MAE"), "mean_absolute_error"),
    **dict.fromkeys(("mean_absolute_percentage_error", "mape", "MAPE"), "mean_absolute_percentage_error"),
    **dict.fromkeys(("mean_squared_logarithmic_error", "msle", "MSLE"), "mean_squared_logarithmic_error"),
    "kullback_leibler_divergence": "kl_divergence",
    "hinge": "hinge",
    "squared_hinge": "squared_hinge",
    "poisson": "poisson",
    "binary_accuracy": "binary_accuracy",
    "categorical_accuracy": "categorical_accuracy",
    "sparse_categorical_accuracy": "sparse_categorical_accuracy",
    "top_k_categorical_accuracy": "top_k_categorical_accuracy",
    "binary_crossentropy": "binary_crossentropy",
    "categorical_crossentropy": "categorical_crossentropy",
    "sparse_categorical_crossentropy": "sparse_categorical_crossentropy",
}
# and those that gave it until 2.3
_ONE_NUMBER_BEFORE_2_3 = ("top_k_categorical_accuracy", "sparse_top_k_categorical_accuracy")


def _follow_means(module: ModuleType) -> Callable[[str], None]:
    """Puts the functions of the year into `keras.metrics`. Names, as in `metrics=['mse']`, mean what they meant."""
    since = {name: vars(module)[name] for name in _ONE_NUMBER_BEFORE_2 if name in vars(module)}
    until = {name: _mean(vars(module)[today]) for name, today in _ONE_NUMBER_BEFORE_2.items()}
    home = importlib.import_module("keras.legacy.metrics")
    until |= dict.fromkeys(("cosine_proximity", "cosine"), _mean(home.positive_cosine))
    since_2_3 = {name: vars(module)[name] for name in _ONE_NUMBER_BEFORE_2_3}
    one_number = {name: _mean(vars(module)[name]) for name in _ONE_NUMBER_BEFORE_2_3}
    flat = {"sparse_top_k_categorical_accuracy": _of_flat_labels(module.sparse_top_k_categorical_accuracy)}

    def follow(release: str) -> None:
        if era.RELEASES.index(release) < era.RELEASES.index("2.0"):
            vars(module).update(until)
            return
        for name, function in until.items():
            if vars(module).get(name) is function:
                del vars(module)[name]
        vars(module).update(since)
        year = one_number if era.RELEASES.index(release) < era.RELEASES.index("2.3") else {}
        vars(module).update(year or (flat if release == "2.3" else since_2_3))

    return follow


def _mean(function: Callable) -> Callable:
    @functools.wraps(function)
    def mean(*args, **kwargs):
        return ops.mean(function(*args, **kwargs))

    return mean


def _of_flat_labels(function: Callable) -> Callable:
    @functools.wraps(function)
    def of_flat_labels(y_true, y_pred, k=5):
        return function(ops.reshape(y_true, (-1,)), y_pred, k=k)

    return of_flat_labels


def teach_metrics(module: ModuleType) -> None:
    """Functions that are gone, `reset_states`, a `merge_state` for all, and `add_weight` with the name in front."""
    arguments.apply(module)
    older = importlib.import_module("keras.legacy.metrics")
    module.get = _functions_before_3(module.get, {**older.OF_LONGER_NAMES, "accuracy": older.accuracy})
    wrap(module.KLDivergence, "__init__", _longer_name)
    wrap(module.SensitivityAtSpecificity, "result", _sensitivity_nearest)
    wrap(module.SpecificityAtSensitivity, "result", _specificity_nearest)
    module.binary_accuracy = _mean_before_3(module.binary_accuracy)
    for home in ("keras.metrics", "builtins"):
        registry.register_built_ins(home, {"binary_accuracy": module.binary_accuracy})
    wrap(module.Metric, "add_weight", _add_weight, {"aggregation", "synchronization"})
    wrap(module.Metric, "__call__", _noted)
    forget = module.Metric.reset_state
    module.Metric.reset_states = lambda self: forget(self)
    module.Metric.stateful = True
    module.Metric.weights = property(
        lambda self: vars(self).get("weights", self.variables),
        lambda self, value: vars(self).update(weights=value),  # today a name like any other
        doc="The variables: metrics were layers in 2.x.",
    )
    wrap(module.Metric, "reset_state", _reset_state)
    if not hasattr(module.Metric, "merge_state"):
        module.Metric.merge_state = _merge_state
    era.on_change(_follow_means(module))


def _merge_state(self, metrics):
    """Adds what other metrics of the same kind have counted."""
    for metric in metrics:
        for mine, theirs in zip(self.variables, metric.variables):
            mine.assign(mine.value + theirs.value)


def _functions_before_3(get: Callable, longer: dict[str, Callable]) -> Callable:
    """`metrics.get` with a name that a function has, too: until 3 that was the function, and no metric."""

    @functools.wraps(get)
    def older_get(identifier):
        if isinstance(identifier, str) and era.before("3") and registry.registered_object(identifier) is None:
            known = registry.built_ins_of("keras.metrics")
            same = {"mse": "mean_squared_error", "mae": "mean_absolute_error", "acc": "accuracy",
                    "mape": "mean_absolute_percentage_error", "msle": "mean_squared_logarithmic_error"}  # fmt: skip
            name = same.get(identifier.lower(), identifier)
            found = longer.get(name) or vars(importlib.import_module("keras.metrics")).get(name) or known.get(name)
            if callable(found) and not isinstance(found, type):
                return found
        return get(identifier)

    return older_get


def _longer_name(function: Callable, self, name=None, dtype=None):
    """The metric `KLDivergence`, which the logs before 3 call by another name than the loss."""
    function(self, name or ("kullback_leibler_divergence" if era.before("3") else "kl_divergence"), dtype)


def _sensitivity_nearest(function: Callable, self):
    return _at_nearest(self._specificity(), self.value, self._sensitivity()) if era.before("tf2.0") else function(self)


def _specificity_nearest(function: Callable, self):
    return _at_nearest(self._sensitivity(), self.value, self._specificity()) if era.before("tf2.0") else function(self)


def _at_nearest(rates: Any, value: float, wanted: Any) -> Any:
    """What 2.3 gave: the other rate at the first threshold whose rate is nearest to the value, not the best one."""
    return ops.take(wanted, ops.argmin(ops.abs(rates - value)))


def _mean_before_3(function: Callable) -> Callable:
    """`binary_accuracy`, which was the mean over the last axis."""

    @functools.wraps(function)
    def binary_accuracy(*args, **kwargs):
        found = function(*args, **kwargs)
        return found.mean(axis=-1) if era.before("3") and found.ndim else found

    return binary_accuracy


def _add_weight(function: Callable, self, *args, **kwargs):
    """`add_weight` with the name in front, as tf.keras had it; replicas count together here, as they did by default."""
    combine = {"aggregation": ("sum", "none"), "synchronization": ("auto", "none", "on_read")}
    if args and isinstance(args[0], str):
        order = ("name", "shape", "aggregation", "synchronization", "initializer", "dtype")
        kwargs.update(zip(order, args))
        args = ()
    for name, allowed in combine.items():
        value = kwargs.pop(name, None)
        if str(value).rpartition(".")[2].lower() not in allowed:
            raise ValueError(f"{self.name}.add_weight: `{name}` cannot be {value!r} here: leave it out.")
    return function(self, *args, **kwargs)


_results: weakref.WeakKeyDictionary = weakref.WeakKeyDictionary()  # metric -> what its last call returned


def _noted(function: Callable, self, *args, **kwargs):
    """A call of a metric, whose result `add_metric` knows again."""
    found = function(self, *args, **kwargs)
    with contextlib.suppress(TypeError):  # a dict, say
        _results[self] = weakref.ref(found)
    return found


def metric_of(value: Any, metrics: list) -> Any:
    """Which of several metrics returned a value when it was called last; None if none did."""
    return next((m for m in metrics if m in _results and _results[m]() is value), None)


def _reset_state(function: Callable, self):
    """`reset_state`, or what a class of one's own does under the name that tf.keras had for it until 2.4."""
    own = type(self).reset_states
    return function(self) if own.__module__ == __name__ else own(self)


def _of_pieces(name: str) -> Callable:
    def method(self, value):
        getattr(importlib.import_module("keras.legacy.pieces"), name)(self, value)

    method.__keras_legacy_arguments__ = {"p", "layer", "_"}  # type: ignore[attr-defined]
    return method


def teach_constraints(module: ModuleType) -> None:
    """Constraints under their names in small letters."""
    arguments.apply(module)
    short = {"maxnorm": module.MaxNorm, "nonneg": module.NonNeg, "unitnorm": module.UnitNorm}
    registry.register_built_ins("keras.constraints", short)


def teach_regularizers(module: ModuleType) -> None:
    """Regularizers that were told their weight or layer, and their names in small letters."""
    arguments.apply(module)
    for name in ("set_param", "set_layer"):
        setattr(module.Regularizer, name, _of_pieces(name))
    adapt = importlib.import_module("keras.legacy.release_0").adapt_regularizer
    module.Regularizer.__init_subclass__ = classmethod(lambda cls: adapt(cls))
    short = {"l1l2": module.L1L2, "activity_l1": module.L1, "activity_l2": module.L2, "activity_l1l2": module.L1L2}
    registry.register_built_ins("keras.regularizers", short)
