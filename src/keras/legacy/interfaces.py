"""`keras.legacy.interfaces` of 2.x: decorators that let functions of one's own take the arguments of 1.x."""

from __future__ import annotations

import functools
from collections.abc import Callable

from keras.legacy import arguments

# what stood between `legacy_` and `_support` -> the class whose older arguments are meant
_LIKE = {
    "dense": "Dense", "dropout": "Dropout", "embedding": "Embedding", "recurrent": "LSTM", "prelu": "PReLU",
    "gaussiannoise": "GaussianNoise", "gaussiandropout": "Dropout", "pooling1d": "MaxPooling1D",
    "pooling2d": "MaxPooling2D", "pooling3d": "MaxPooling3D", "global_pooling": "GlobalMaxPooling2D",
    "upsampling1d": "UpSampling1D", "upsampling2d": "UpSampling2D", "upsampling3d": "UpSampling3D",
    "conv1d": "Conv1D", "conv2d": "Conv2D", "conv3d": "Conv3D", "separable_conv2d": "SeparableConv2D",
    "deconv2d": "Conv2DTranspose", "batchnorm": "BatchNormalization", "zeropadding2d": "ZeroPadding2D",
    "zeropadding3d": "ZeroPadding3D", "cropping2d": "Cropping2D", "cropping3d": "Cropping3D", "spatialdropout1d":
    "SpatialDropout1D", "spatialdropoutNd": "SpatialDropout2D", "lambda": "Lambda", "convlstm2d": "ConvLSTM2D",
}  # fmt: skip


def _support(like: str) -> Callable:
    rows = arguments.entries_for(like, arguments.LAYERS)
    orders = arguments.entries_for(like, arguments.ORDERS)

    def decorator(function: Callable) -> Callable:
        return arguments.translated(function, arguments.Translator(like, function, rows, orders, []))

    return decorator


def legacy_get_updates_support(function: Callable) -> Callable:
    """Lets `get_updates(loss, params)` be called as `get_updates(params, constraints, loss)`."""

    @functools.wraps(function)
    def get_updates(self, *args, **kwargs):
        if len(args) == 3 or "constraints" in kwargs:
            given = {**dict(zip(("params", "constraints", "loss"), args)), **kwargs}
            for variable, constraint in dict(given.pop("constraints") or {}).items():
                variable.constraint = variable.constraint or constraint
            return function(self, **given)
        return function(self, *args, **kwargs)

    return get_updates


def legacy_add_weight_support(function: Callable) -> Callable:
    """Lets `add_weight(name, shape, ...)` be called as `add_weight(shape, ..., name=...)`."""

    @functools.wraps(function)
    def add_weight(self, *args, **kwargs):
        if args and isinstance(args[0], (tuple, list)):
            kwargs.update(zip(("shape", "initializer", "name", "trainable", "regularizer", "constraint"), args))
            args = ()
        return function(self, *args, **kwargs)

    return add_weight


def __getattr__(name: str) -> Callable:
    like = _LIKE.get(name.removeprefix("legacy_").removesuffix("_support"))
    if like is None or not (name.startswith("legacy_") and name.endswith("_support")):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return _support(like)
