"""Optimizers: how weights follow their gradients."""

from keras._core import registry
from keras._core.names import nearest as _nearest
from keras._core.serialization import deserialize as _deserialize
from keras._core.serialization import serialize as _serialize
from keras.optimizers import schedules
from keras.optimizers._adadelta import Adadelta
from keras.optimizers._adafactor import Adafactor
from keras.optimizers._adagrad import Adagrad
from keras.optimizers._adam import Adam
from keras.optimizers._adamax import Adamax
from keras.optimizers._adamw import AdamW
from keras.optimizers._ftrl import Ftrl
from keras.optimizers._lamb import Lamb
from keras.optimizers._lion import Lion
from keras.optimizers._loss_scale import LossScaleOptimizer
from keras.optimizers._multi import MultiOptimizer, OptimizerMap
from keras.optimizers._muon import Muon
from keras.optimizers._nadam import Nadam
from keras.optimizers._optax import OptaxOptimizer as _OptaxOptimizer
from keras.optimizers._optax import is_transformation as _is_transformation
from keras.optimizers._optimizer import Optimizer
from keras.optimizers._rmsprop import RMSprop
from keras.optimizers._schedule_free_adamw import ScheduleFreeAdamW
from keras.optimizers._sgd import SGD

__all__ = [
    "SGD",
    "Adadelta",
    "Adafactor",
    "Adagrad",
    "Adam",
    "AdamW",
    "Adamax",
    "Ftrl",
    "Lamb",
    "Lion",
    "LossScaleOptimizer",
    "MultiOptimizer",
    "Muon",
    "Nadam",
    "Optimizer",
    "OptimizerMap",
    "RMSprop",
    "ScheduleFreeAdamW",
    "deserialize",
    "get",
    "schedules",
    "serialize",
]

_MODULE = "keras.optimizers"


def get(identifier):
    """The optimizer that a name in any case ('adam', 'RMSprop'), a class, a config or an optimizer means.

    A gradient transformation of Optax becomes an optimizer that does what it says.

    Raises:
        ValueError: no optimizer has that name, or `identifier` is something else.
    """
    if identifier is None or isinstance(identifier, Optimizer):
        return identifier
    if isinstance(identifier, str):
        identifier = {"class_name": identifier, "config": {}}
    if isinstance(identifier, dict):
        return deserialize(identifier)
    if isinstance(identifier, type) and issubclass(identifier, Optimizer):
        return identifier()
    if _is_transformation(identifier):
        return _OptaxOptimizer(identifier)
    raise ValueError(f"`optimizer` must be a name, an Optimizer or a config. Got {identifier!r}.")


def serialize(optimizer):
    """A config from which `deserialize` makes the same optimizer."""
    return _serialize(optimizer)


def deserialize(config, custom_objects=None):
    """The optimizer that a config describes. Names of optimizers may be written in any case.

    Raises:
        ValueError: there is no optimizer of that name.
    """
    if isinstance(config, dict) and isinstance(config.get("class_name"), str):
        config = {**config, "class_name": _proper_name(config, custom_objects)}
    return _deserialize(config, custom_objects, _MODULE)


def _proper_name(config: dict, custom_objects: dict | None) -> str:
    name = config["class_name"]
    for given in (config.get("registered_name"), name):
        if given and registry.registered_object(given, custom_objects) is not None:
            return name
    known = {k.lower(): k for k in registry.built_ins_of(_MODULE)}
    plain = name.lower().replace("_", "")
    if plain not in known:
        raise ValueError(
            f"Unknown optimizer: {name!r}.{_nearest(name, known.values())}\n"
            f"  If it is yours, pass custom_objects={{{name!r}: {name}}}, or register it with\n"
            f"  @keras.saving.register_keras_serializable()."
        )
    return known[plain]


registry.register_built_ins(_MODULE, {name: _thing for name in __all__ if isinstance(_thing := globals()[name], type)})
