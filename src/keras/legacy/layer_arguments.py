"""What layers took before in constructors, `build`, `add_weight` and beside it."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable
from types import ModuleType
from typing import Any

from keras._core import tree
from keras._core.errors import WrongTypeError
from keras._core.graph import KerasTensor
from keras._jax import pure
from keras.legacy import arguments, era, listed, report
from keras.legacy.wrapping import wrap


def _layer_init(function: Callable, self, *args, **kwargs):
    """`Layer` with the arguments that every layer of 1.x and 2.x took."""
    weights = kwargs.pop("weights", None)
    dtype = kwargs.pop("input_dtype", None)
    _check_ways(self, kwargs)
    if dtype is not None:
        if not str(dtype).startswith(("float", "bfloat")) and not _takes_integers(self):
            raise ValueError(
                f"{type(self).__name__}: `input_dtype` is {dtype!r}.\n"
                f"  Begin the model with keras.Input(shape, dtype={dtype!r})."
            )
        if not _takes_integers(self):
            kwargs.setdefault("dtype", dtype)
    _tell_sizes_of_sequences(self, kwargs)
    told = {name: vars(self)[name] for name in ("supports_masking", "input_spec") if name in vars(self)}
    function(self, *args, **kwargs)
    if era.before("3"):  # constructors of 1.x kept what a class had said before it called them
        for name, value in told.items():
            setattr(self, name, value)
    if self.activity_regularizer is not None and era.before("tf2.0"):
        self._sums_activity = True
    if weights is not None:
        object.__setattr__(self, "_first_weights", list(weights))


# layers of sequences that took the sizes of their input by name, and of which `input_dim` alone is the last one
_OF_SEQUENCES = {"RNN", "Conv1D", "LocallyConnected1D", "TimeDistributedDense", "TimeDistributed", "Bidirectional"}


def _tell_sizes_of_sequences(layer: Any, kwargs: dict) -> None:
    """`input_dim` without `input_length` means sequences of any length, where it means vectors to other layers."""
    known = {"input_shape", "batch_input_shape", "batch_shape"} & kwargs.keys()
    sizes = {"input_dim", "input_length"} & kwargs.keys()
    if sizes and not known and not _OF_SEQUENCES.isdisjoint(cls.__name__ for cls in type(layer).__mro__):
        kwargs["input_shape"] = (kwargs.pop("input_length", None), kwargs.pop("input_dim", None))


def _activity_penalty(function: Callable, self, output):
    """The penalty on outputs, which was a sum over the batch until tf.keras."""
    return self.activity_regularizer(output) if vars(self).get("_sums_activity") else function(self, output)


# what says how a layer computes, not what: the values that mean what is done here anyway, and what to do instead
_WAYS = {
    "cache_enabled": ((True, False, None), ""),  # 0.x kept outputs for the next call; nothing is computed twice here
    "dynamic": ((True, False), "It says that the layer cannot be compiled, by True or False."),
    "implementation": ((0, 1, 2, 3), ""),  # arrangements of the same sums
    "time_major": ((False, None), "It is for recurrent layers that keep no states."),
}


def _check_ways(layer: Any, kwargs: dict) -> None:
    for name in _WAYS.keys() & kwargs.keys():
        value, (allowed, otherwise) = kwargs.pop(name), _WAYS[name]
        if name == "time_major" and value and hasattr(layer, "inner_loop") and not kwargs.get("stateful"):
            object.__setattr__(layer, "_time_major", True)
        elif name == "dynamic" and value is True:
            object.__setattr__(layer, "supports_jit", False)  # a model with it runs eagerly
        elif value not in allowed:
            raise WrongTypeError(f"{type(layer).__name__}: `{name}` cannot be {value!r} here. {otherwise}".rstrip())
        report.note(type(layer).__name__, name, "(left out)")


def _call_signature(function: Callable, self, call: Callable) -> None:
    """tf.keras told a layer of one's own `training` where its `call` had no default for it."""
    function(self, call)
    if self.has_training and era.may_be_of_tensorflow():
        required = inspect.signature(call).parameters["training"].default is inspect.Parameter.empty
        self.default_training = False if required else self.default_training


def _takes_integers(layer: Any) -> bool:
    return any(cls.__name__ == "Embedding" for cls in type(layer).__mro__)


def _pass_masks_on(function: Callable, self, first, masks, outputs):
    """Before 3, a class's own `compute_mask` was asked; before tf.keras, a mask that none understands was an error."""
    if not self.supports_masking and type(self).compute_mask is not _base_of(self).compute_mask and era.before("3"):
        self.supports_masking = True
    if not self.supports_masking and era.before("tf2.0") and _masked(first):
        raise TypeError(
            f"{self.name} ({type(self).__name__}) does not support masking, but got an input with a mask.\n"
            "  Leave the mask out, or set self.supports_masking = True in a layer of your own."
        )
    if not self.supports_masking and era.before("3"):  # the mask ended there, and nothing was said
        return None
    return function(self, first, masks, outputs)


def _base_of(layer: Any) -> Any:
    return next(cls for cls in type(layer).__mro__ if cls.__module__ == "keras.layers._layer")


def _masked(x: Any) -> bool:
    return any(pure.find_mask(one) is not None for one in tree.leaves(x))


def _build_once(function: Callable, self, *args, **kwargs):
    """Building, followed by the weights that the constructor was given.

    Placeholders of former years often have a rank alone; `input_dim` and the like then say the sizes.
    """
    first = self._first_shape
    for name, x in args[0].items() if first is not None and args else ():
        shape = getattr(x, "shape", ())
        if isinstance(x, KerasTensor) and len(shape) == len(first) and shape[-1] is None and first[-1] is not None:
            args = ({**args[0], name: KerasTensor(first, x.dtype)}, *args[1:])
            break
    with importlib.import_module("keras.legacy.running").building():
        function(self, *args, **kwargs)
    if "regularizers" in self.__dict__ or "constraints" in self.__dict__:
        importlib.import_module("keras.legacy.release_0").attach_listed(self)
    _start_with_given(self)


def _after_build(function: Callable, self) -> None:
    """What follows `build`, also where a wrapper or a program calls it."""
    function(self)
    _start_with_given(self)


def _start_with_given(layer: Any) -> None:
    weights = vars(layer).pop("_first_weights", None)
    if weights is not None:
        layer.set_weights(weights)


def _bidirectional(function: Callable, self, *args, **kwargs):
    """`Bidirectional`, whose layer has the `weights` that it was given; its copy that goes backwards begins anew."""
    function(self, *args, **kwargs)
    if len(args) < 4 and kwargs.get("backward_layer") is None:
        vars(self.backward_layer).pop("_first_weights", None)


def _embedding(function: Callable, self, *args, **kwargs):
    """`Embedding` with `dropout` and `input_length`."""
    share = kwargs.pop("dropout", None)
    length = kwargs.pop("input_length", None)
    if length is not None and not {"input_shape", "batch_input_shape", "batch_shape"} & kwargs.keys():
        length = tuple(length) if isinstance(length, (list, tuple)) else (length,)
        batch = kwargs.pop("batch_size", None)
        kwargs["batch_input_shape"] = (batch, *length)
    elif not {"input_shape", "batch_input_shape", "batch_shape"} & kwargs.keys() and era.before("3"):
        kwargs["input_shape"] = (None,)
    if share:
        _become(self, "DroppedEmbedding")
        return type(self).__init__(self, *args, dropout=share, **kwargs)
    return function(self, *args, **kwargs)


def _batch_normalization(function: Callable, self, *args, **kwargs):
    """`BatchNormalization` with `mode`."""
    mode = kwargs.pop("mode", 0)
    if mode not in (0, 1, 2):
        raise ValueError(f"BatchNormalization: `mode` must be 0, 1 or 2. Got {mode!r}.")
    if mode:
        _become(self, "ModalBatchNormalization")
        return type(self).__init__(self, mode=mode, **kwargs)
    return function(self, *args, **kwargs)


def _leaky_relu(function: Callable, self, *args, **kwargs):
    """`LeakyReLU`, whose slope could be less than zero until 3."""
    slope = kwargs.get("negative_slope", args[0] if args else 0.0)
    if not (era.before("3") and isinstance(slope, (int, float)) and slope < 0):
        return function(self, *args, **kwargs)
    kwargs["negative_slope"] = -slope
    function(self, *args[1:], **kwargs)
    self.negative_slope = float(slope)
    return None


def _transposed(function: Callable, self, *args, **kwargs):
    """`Conv2DTranspose` with `output_shape`."""
    shape = kwargs.pop("output_shape", None)
    if shape is not None:
        _become(self, "Deconvolution2D")
        return type(self).__init__(self, *args, output_shape=shape, **kwargs)
    return function(self, *args, **kwargs)


def _become(layer: Any, name: str) -> None:
    """Makes a layer one of an older class, which does what today's class does not."""
    kind = getattr(importlib.import_module("keras.legacy.layers"), name)
    if type(layer) not in kind.__mro__:
        raise TypeError(f"{type(layer).__name__}: a class of your own has to inherit from {name} for this argument.")
    object.__setattr__(layer, "__class__", kind)


def _add_weight(function: Callable, self, *args, **kwargs):
    """`add_weight` with the name in front, as 2.x had it, and with what TensorFlow asked about variables."""
    for name, allowed in (("use_resource", ("true", "none")), ("synchronization", ("auto", "none", "on_write"))):
        value = kwargs.pop(name, None)
        if str(value).rpartition(".")[2].lower() not in allowed:
            raise ValueError(f"{self.name}.add_weight: `{name}` cannot be {value!r} here: leave it out.")
    if args and isinstance(args[0], str):
        order = ("name", "shape", "dtype", "initializer", "regularizer", "trainable", "constraint")
        kwargs.update(zip(order, args))
        args = ()
    return listed.note(self, function(self, *args, **kwargs))


# what tells a first layer its inputs' shape; `Layer` has always taken it, below `**kwargs`
_OF_FIRST_LAYERS = {"input_shape", "batch_input_shape", "input_dim", "input_length", "batch_size"}


def _add_loss(function: Callable, self, *args, **kwargs):
    return importlib.import_module("keras.legacy.added").add_loss(function, self, *args, **kwargs)


def _regularization_losses(function: Callable, self) -> list:
    """Penalties on weights, and what functions return that were given to `add_loss`."""
    kept = [one for layer in self._flatten_layers() for one in vars(layer).get("_functions_as_losses", ())]
    return [*function(self), *(one() for one in kept)]


def _states_of_any_year(today: property) -> property:
    """`states` of a recurrent layer: before 3 there was one None for each before it had any."""

    def states(self):
        found = today.fget(self)
        return [None] * len(tree.leaves(self.state_size)) if found is None and era.before("3") else found

    return property(states, today.fset, doc=today.__doc__)


def _reset_states(function: Callable, self, states=None):
    """`reset_states(states)`: the states to go on from, instead of zeros."""
    function(self)
    if states is None:
        return
    given = list(states) if isinstance(states, (list, tuple)) else [states]
    own = [s for s in self.states or () if s is not None]
    if len(given) != len(own):
        raise ValueError(f"{self.name} has {len(own)} states. reset_states() got {len(given)}.")
    for variable, value in zip(own, given):
        variable.assign(value)


def _along_the_letters(function: Callable, self, kernel, outputs):
    """The initializer of `EinsumDense`'s kernel, which in tf.keras knew nothing of the equation."""
    return self.kernel_initializer if era.before("3") else function(self, kernel, outputs)


def teach(module: ModuleType) -> None:
    """Lets the classes of `keras.layers` take what they took, and gives them their older methods."""
    Layer = module.Layer
    arguments.apply(
        module,
        {
            "Embedding": _embedding,
            "BatchNormalization": _batch_normalization,
            "Conv2DTranspose": _transposed,
            "LeakyReLU": _leaky_relu,
        },
    )
    wrap(Layer, "__init__", _layer_init, _OF_FIRST_LAYERS | {"weights", "input_dtype", *_WAYS})
    wrap(importlib.import_module("keras.layers._call").CallSignature, "__init__", _call_signature)
    wrap(Layer, "_activity_penalty", _activity_penalty)
    wrap(Layer, "_build_once", _build_once)
    wrap(Layer, "_after_build", _after_build)
    lists = importlib.import_module("keras.legacy.weight_lists")
    wrap(Layer, "get_weights", lists.get_weights)
    wrap(Layer, "set_weights", lists.set_weights)
    wrap(Layer, "add_weight", _add_weight, {"use_resource", "synchronization"})
    wrap(Layer, "_pass_masks_on", _pass_masks_on)
    wrap(Layer, "add_loss", _add_loss, {"losses", "inputs"})
    wrap(Layer, "_regularization_losses", _regularization_losses)
    wrap(module.EinsumDense, "_along_the_letters", _along_the_letters)
    module.RNN.states = _states_of_any_year(module.RNN.states)
    wrap(module.RNN, "reset_states", _reset_states, {"states"})
    importlib.import_module("keras.legacy.gradients_in_layers").teach(module.Lambda, "function")
    importlib.import_module("keras.legacy.phases").teach(module)
    importlib.import_module("keras.legacy.gates").teach(module)
    importlib.import_module("keras.legacy.batch_variance").teach(module.BatchNormalization)
    wrap(module.Bidirectional, "__init__", _bidirectional)
    wrap(module.Bidirectional, "reset_states", _reset_states, {"states"})
    module.dot.__keras_legacy_arguments__ = {"normalize"}
    more = {
        "Embedding": {"dropout", "input_length"},
        "BatchNormalization": {"mode"},
        "Conv2DTranspose": {"output_shape"},
    }
    for name, extra in more.items():
        getattr(module, name).__init__.__keras_legacy_arguments__ |= extra
    bases = importlib.import_module("keras.legacy.bases")
    bases.teach_layer(Layer)
    importlib.import_module("keras.legacy.layer_methods").teach(module)
    importlib.import_module("keras.legacy.kinds").teach()
    importlib.import_module("keras.legacy.layers")  # teaches its own classes: a program may import it first
