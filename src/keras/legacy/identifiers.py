"""What the names of activations, initializers, losses, metrics, constraints and regularizers meant."""

from __future__ import annotations

import functools
import importlib
from collections.abc import Callable
from types import ModuleType

from keras._core import registry
from keras.legacy import arguments, era


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
    for home in ("keras.activations", "builtins"):
        registry.register_built_ins(home, {"relu": module.relu})


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


def teach_metrics(module: ModuleType) -> None:
    """Functions that are gone, `reset_states`, and `merge_state` where a metric has none."""
    importlib.import_module("keras.legacy.metrics")
    bases = importlib.import_module("keras.legacy.bases")
    module.Metric.reset_states = bases.reset_states
    if not hasattr(module.Metric, "merge_state"):
        module.Metric.merge_state = bases.merge_state


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
