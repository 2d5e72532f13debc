"""`keras.legacy.interfaces` of 2.x: decorators that let functions of one's own take the arguments of 1.x."""

from __future__ import annotations

import functools
from collections.abc import Callable

from keras.legacy import arguments
from keras.legacy.rows import Row

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

    def decorator(func: Callable) -> Callable:
        return arguments.translated(func, arguments.Translator(like, func, rows, orders, []))

    return decorator


def legacy_get_updates_support(func: Callable) -> Callable:
    """Lets `get_updates(loss, params)` be called as `get_updates(params, constraints, loss)`."""

    @functools.wraps(func)
    def get_updates(self, *args, **kwargs):
        if len(args) == 3 or "constraints" in kwargs:
            given = {**dict(zip(("params", "constraints", "loss"), args)), **kwargs}
            for variable, constraint in dict(given.pop("constraints") or {}).items():
                variable.constraint = variable.constraint or constraint
            return func(self, **given)
        return func(self, *args, **kwargs)

    return get_updates


def legacy_add_weight_support(func: Callable) -> Callable:
    """Lets `add_weight(name, shape, ...)` be called as `add_weight(shape, ..., name=...)`."""

    @functools.wraps(func)
    def add_weight(self, *args, **kwargs):
        if args and isinstance(args[0], (tuple, list)):
            kwargs.update(zip(("shape", "initializer", "name", "trainable", "regularizer", "constraint"), args))
            args = ()
        return func(self, *args, **kwargs)

    return add_weight


def legacy_generator_methods_support(func: Callable) -> Callable:
    """Lets a method of one's own take the arguments of `fit_generator` and its siblings of 1.x."""
    return arguments.of_generator_method(func, func.__name__)


def legacy_input_support(func: Callable) -> Callable:
    """Lets a function take `input_dtype`, and `batch_input_shape`, for `dtype` and `batch_shape`."""
    rows = [Row("Input", "input_dtype", "dtype", "1.x"), Row("Input", "batch_input_shape", "batch_shape", "1.x")]
    return arguments.translated(func, arguments.Translator("Input", func, rows, [], []))


def legacy_model_constructor_support(func: Callable) -> Callable:
    """Lets a constructor take `input` and `output` for `inputs` and `outputs`."""
    rows = arguments.entries_for("Model", arguments.MODELS)
    return arguments.translated(func, arguments.Translator("Model", func, rows, [], []))


def generate_legacy_method_interface(func: Callable) -> Callable:
    """Lets a method of one's own take the arguments of 1.x that a method of a model of its name took."""
    name = f"Model.{func.__name__}"
    found = [arguments.entries_for(name, table) for table in (arguments.MODELS, arguments.ORDERS, arguments.DEFAULTS)]
    return arguments.translated(func, arguments.Translator(name, func, *found))


def generate_legacy_interface(
    allowed_positional_args=None,
    conversions=None,
    preprocessor=None,
    value_conversions=None,
    object_type="class",
) -> Callable:
    """A decorator that lets a constructor or a method take arguments by older names.

    Args:
        allowed_positional_args: names of the arguments that may come without one; any if None.
        conversions: pairs of an older name and today's.
        preprocessor: a function `(args, kwargs) -> (args, kwargs, converted)` that is called first.
        value_conversions: argument -> dict from older to today's values.
        object_type: 'class' or 'method', the word for messages.
    """
    if object_type not in ("class", "method"):
        raise ValueError(f"generate_legacy_interface: `object_type` must be 'class' or 'method'. Got {object_type!r}.")
    rows = [Row("", old, today, "1.x") for old, today in conversions or ()]
    rows += [Row("", name, name, "1.x", dict(values)) for name, values in (value_conversions or {}).items()]

    def decorate(func: Callable) -> Callable:
        older = arguments.translated(func, arguments.Translator(func.__name__, func, rows, [], []))

        @functools.wraps(older)
        def checked(*args, **kwargs):
            if preprocessor is not None:
                args, kwargs, _ = preprocessor(args, kwargs)
            if allowed_positional_args is not None and len(args) > len(allowed_positional_args) + 1:
                taken = ", ".join(allowed_positional_args)
                raise TypeError(
                    f"This {object_type} takes these arguments without a name: {taken}. Got {len(args) - 1}."
                )
            return older(*args, **kwargs)

        return checked

    return decorate


def __getattr__(name: str) -> Callable:
    like = _LIKE.get(name.removeprefix("legacy_").removesuffix("_support"))
    if like is None or not (name.startswith("legacy_") and name.endswith("_support")):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return _support(like)
