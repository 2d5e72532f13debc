"""Keras, of every era, on one engine: JAX.

Modules are loaded when they are first used, so `import keras` itself costs next to nothing.

>>> import keras
>>> model = keras.Sequential([keras.Input((8,)), keras.layers.Dense(1)])
"""

import importlib
import typing

from keras._core import ownership, release

ownership.refuse_other_owners()

if typing.TYPE_CHECKING:
    from keras import (
        activations,
        applications,
        callbacks,
        config,
        constraints,
        datasets,
        distillation,
        dtype_policies,
        export,
        initializers,
        layers,
        losses,
        metrics,
        mixed_precision,
        models,
        ops,
        optimizers,
        preprocessing,
        quantizers,
        random,
        regularizers,
        saving,
        tree,
        utils,
        visualization,
        wrappers,
    )
    from keras._core.graph import KerasTensor
    from keras._core.remat_scope import RematScope
    from keras._jax.devices import device_scope as device
    from keras._jax.operation import Operation
    from keras._jax.random import SeedGenerator
    from keras._jax.remat import remat
    from keras._jax.scopes import StatelessScope, SymbolicScope, name_scope
    from keras._jax.tape import GradientTape
    from keras._jax.variable import Variable
    from keras.dtype_policies import DTypePolicy, FloatDTypePolicy
    from keras.initializers import Initializer
    from keras.layers import Input, InputSpec, Layer
    from keras.losses import Loss
    from keras.metrics import Metric
    from keras.models import Functional, Model, Sequential
    from keras.models._function import Function
    from keras.optimizers import Optimizer
    from keras.quantizers import Quantizer
    from keras.regularizers import Regularizer

# where each public name that is no module comes from; after a colon its name there, where that is another
_HOMES = {
    "DTypePolicy": "keras.dtype_policies",
    "FloatDTypePolicy": "keras.dtype_policies",
    "Function": "keras.models._function",
    "Functional": "keras.models",
    "GradientTape": "keras._jax.tape",
    "Initializer": "keras.initializers",
    "Input": "keras.layers",
    "InputSpec": "keras.layers",
    "KerasTensor": "keras._jax.operators",
    "Layer": "keras.layers",
    "Loss": "keras.losses",
    "Metric": "keras.metrics",
    "Model": "keras.models",
    "Operation": "keras._jax.operation",
    "Optimizer": "keras.optimizers",
    "Quantizer": "keras.quantizers",
    "Regularizer": "keras.regularizers",
    "RematScope": "keras._core.remat_scope",
    "SeedGenerator": "keras._jax.random",
    "Sequential": "keras.models",
    "StatelessScope": "keras._jax.scopes",
    "SymbolicScope": "keras._jax.scopes",
    "Variable": "keras._jax.variable",
    "device": "keras._jax.devices:device_scope",
    "name_scope": "keras._jax.scopes",
    "remat": "keras._jax.remat",
}

__all__ = [
    "DTypePolicy",
    "FloatDTypePolicy",
    "Function",
    "Functional",
    "GradientTape",
    "Initializer",
    "Input",
    "InputSpec",
    "KerasTensor",
    "Layer",
    "Loss",
    "Metric",
    "Model",
    "Operation",
    "Optimizer",
    "Quantizer",
    "Regularizer",
    "RematScope",
    "SeedGenerator",
    "Sequential",
    "StatelessScope",
    "SymbolicScope",
    "Variable",
    "activations",
    "applications",
    "backend",
    "callbacks",
    "config",
    "constraints",
    "datasets",
    "device",
    "distillation",
    "distribution",
    "dtype_policies",
    "export",
    "initializers",
    "layers",
    "losses",
    "metrics",
    "mixed_precision",
    "models",
    "name_scope",
    "ops",
    "optimizers",
    "preprocessing",
    "quantizers",
    "random",
    "regularizers",
    "remat",
    "saving",
    "tree",
    "utils",
    "version",
    "visualization",
    "wrappers",
]


def version() -> str:
    """The release of Keras whose interface this is and, after a plus, the version of this package.

    >>> int(keras.version().split(".")[0])
    3
    """
    return f"{release.KERAS}+kerata.{release.OWN}"


def __getattr__(name: str):
    if name == "__version__":  # that of the era, by which programs and packages choose what there is
        return importlib.import_module("keras.legacy.era").version()
    if name in _HOMES:
        home, _, there = _HOMES[name].partition(":")
        found = getattr(importlib.import_module(home), there or name)
    elif name in __all__:
        found = importlib.import_module(f"keras.{name}")
    else:
        raise AttributeError(f"module 'keras' has no attribute {name!r}")
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


from keras import legacy  # noqa: E402

legacy.install()
