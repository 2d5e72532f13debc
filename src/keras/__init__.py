"""Keras, of every era, on one engine: JAX.

Modules are loaded when they are first used, so `import keras` itself costs next to nothing.

>>> import keras
>>> model = keras.Sequential([keras.Input((8,)), keras.layers.Dense(1)])
"""

import importlib
import typing

from keras._core import ownership

ownership.refuse_other_owners()

if typing.TYPE_CHECKING:
    from keras import (
        activations,
        callbacks,
        config,
        constraints,
        dtype_policies,
        initializers,
        layers,
        losses,
        metrics,
        mixed_precision,
        models,
        ops,
        optimizers,
        preprocessing,
        random,
        regularizers,
        saving,
        utils,
    )
    from keras._core.graph import KerasTensor
    from keras._jax.random import SeedGenerator
    from keras._jax.variable import Variable
    from keras.dtype_policies import DTypePolicy, FloatDTypePolicy
    from keras.initializers import Initializer
    from keras.layers import Input, InputSpec, Layer
    from keras.losses import Loss
    from keras.metrics import Metric
    from keras.models import Functional, Model, Sequential
    from keras.optimizers import Optimizer
    from keras.regularizers import Regularizer

__version__ = "0.1.0"

# where each public name that is no module comes from
_HOMES = {
    "DTypePolicy": "keras.dtype_policies",
    "FloatDTypePolicy": "keras.dtype_policies",
    "Functional": "keras.models",
    "Initializer": "keras.initializers",
    "Input": "keras.layers",
    "InputSpec": "keras.layers",
    "KerasTensor": "keras._core.graph",
    "Layer": "keras.layers",
    "Loss": "keras.losses",
    "Metric": "keras.metrics",
    "Model": "keras.models",
    "Optimizer": "keras.optimizers",
    "Regularizer": "keras.regularizers",
    "SeedGenerator": "keras._jax.random",
    "Sequential": "keras.models",
    "Variable": "keras._jax.variable",
}

__all__ = [
    "DTypePolicy",
    "FloatDTypePolicy",
    "Functional",
    "Initializer",
    "Input",
    "InputSpec",
    "KerasTensor",
    "Layer",
    "Loss",
    "Metric",
    "Model",
    "Optimizer",
    "Regularizer",
    "SeedGenerator",
    "Sequential",
    "Variable",
    "activations",
    "callbacks",
    "config",
    "constraints",
    "dtype_policies",
    "initializers",
    "layers",
    "losses",
    "metrics",
    "mixed_precision",
    "models",
    "ops",
    "optimizers",
    "preprocessing",
    "random",
    "regularizers",
    "saving",
    "utils",
]


def __getattr__(name: str):
    if name in _HOMES:
        found = getattr(importlib.import_module(_HOMES[name]), name)
    elif name in __all__ or name == "backend":
        found = importlib.import_module(f"keras.{name}")
    else:
        raise AttributeError(f"module 'keras' has no attribute {name!r}")
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


from keras import legacy  # noqa: E402

legacy.install()
