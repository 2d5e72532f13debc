"""Keras, of every era, on one engine: JAX.

>>> import keras
>>> model = keras.Sequential([keras.Input((8,)), keras.layers.Dense(1)])
"""

from keras._core.ownership import refuse_other_owners

refuse_other_owners()

from keras import (  # noqa: E402
    activations,
    callbacks,
    config,
    constraints,
    initializers,
    layers,
    losses,
    metrics,
    models,
    ops,
    optimizers,
    random,
    regularizers,
    saving,
    utils,
)
from keras._core.dtype_policy import DTypePolicy  # noqa: E402
from keras._core.graph import KerasTensor  # noqa: E402
from keras._jax.random import SeedGenerator  # noqa: E402
from keras._jax.variable import Variable  # noqa: E402
from keras.initializers import Initializer  # noqa: E402
from keras.layers import Input, InputSpec, Layer  # noqa: E402
from keras.losses import Loss  # noqa: E402
from keras.metrics import Metric  # noqa: E402
from keras.models import Functional, Model, Sequential  # noqa: E402
from keras.optimizers import Optimizer  # noqa: E402
from keras.regularizers import Regularizer  # noqa: E402

__version__ = "0.1.0"

__all__ = [
    "DTypePolicy",
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
    "initializers",
    "layers",
    "losses",
    "metrics",
    "models",
    "ops",
    "optimizers",
    "random",
    "regularizers",
    "saving",
    "utils",
]
