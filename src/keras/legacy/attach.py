"""What is done to a module of today as soon as it is loaded, so that it understands older programs."""

from __future__ import annotations

import functools
import importlib
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

from keras._core import names as unique_names
from keras._core import registry, tree
from keras._jax import pure
from keras.legacy import any_name, arguments, era, layer_names, listed, looks, methods, report
from keras.legacy import names as older_names
from keras.legacy.arguments import Default, Order, Row

# --- layers


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
    told = {name: vars(self)[name] for name in ("supports_masking", "input_spec") if name in vars(self)}
    function(self, *args, **kwargs)
    if era.before("3"):  # constructors of 1.x kept what a class had said before it called them
        for name, value in told.items():
            setattr(self, name, value)
    if self.activity_regularizer is not None and era.before("tf2.0"):
        self._sums_activity = True
    if weights is not None:
        object.__setattr__(self, "_first_weights", list(weights))


def _activity_penalty(function: Callable, self, output):
    """The penalty on outputs, which was a sum over the batch until tf.keras."""
    return self.activity_regularizer(output) if vars(self).get("_sums_activity") else function(self, output)


# what says how a layer computes, not what: the values that mean what is done here anyway, and what to do instead
_WAYS = {
    "cache_enabled": ((True, False, None), ""),  # 0.x kept outputs for the next call; nothing is computed twice here
    "dynamic": ((False, None), "Let compile(run_eagerly=True) run it step by step."),
    "implementation": ((0, 1, 2, 3), ""),  # arrangements of the same sums
    "time_major": ((False, None), "It is for recurrent layers that keep no states."),
}


def _check_ways(layer: Any, kwargs: dict) -> None:
    for name in _WAYS.keys() & kwargs.keys():
        value, (allowed, otherwise) = kwargs.pop(name), _WAYS[name]
        if name == "time_major" and value and hasattr(layer, "inner_loop") and not kwargs.get("stateful"):
            object.__setattr__(layer, "_time_major", True)
        elif value not in allowed:
            raise ValueError(f"{type(layer).__name__}: `{name}` cannot be {value!r} here. {otherwise}".rstrip())
        report.note(type(layer).__name__, name, "(left out)")


def _takes_integers(layer: Any) -> bool:
    return any(cls.__name__ == "Embedding" for cls in type(layer).__mro__)


def _pass_masks_on(function: Callable, self, first, outputs):
    """Before 3, a class's own `compute_mask` was asked; before tf.keras, a mask that none understands was an error."""
    if not self.supports_masking and type(self).compute_mask is not _base_of(self).compute_mask and era.before("3"):
        self.supports_masking = True
    if not self.supports_masking and era.before("tf2.0") and _masked(first):
        raise TypeError(
            f"{self.name} ({type(self).__name__}) does not support masking, but got an input with a mask.\n"
            "  Leave the mask out, or set self.supports_masking = True in a layer of your own."
        )
    return function(self, first, outputs)


def _base_of(layer: Any) -> Any:
    return next(cls for cls in type(layer).__mro__ if cls.__module__ == "keras.layers._layer")


def _masked(x: Any) -> bool:
    return any(pure.find_mask(one) is not None for one in tree.leaves(x))


def _build_once(function: Callable, self, *args, **kwargs):
    """Building, followed by the weights that the constructor was given."""
    with importlib.import_module("keras.legacy.running").building():
        function(self, *args, **kwargs)
    if "regularizers" in self.__dict__ or "constraints" in self.__dict__:
        importlib.import_module("keras.legacy.release_0").attach_listed(self)
    weights = self.__dict__.pop("_first_weights", None)
    if weights is not None:
        self.set_weights(weights)


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


_ORDER_OF_ATROUS_1D = (
    "nb_filter filter_length init activation weights border_mode subsample_length atrous_rate W_regularizer "
    "b_regularizer activity_regularizer W_constraint b_constraint bias"
)
_ORDER_OF_ATROUS_2D = (
    "nb_filter nb_row nb_col init activation weights border_mode subsample atrous_rate dim_ordering W_regularizer "
    "b_regularizer activity_regularizer W_constraint b_constraint bias"
)
_ATROUS = Row("AtrousConvolution1D AtrousConvolution2D", "atrous_rate", "dilation_rate", "1.x 2.x")


def _numbers(places: tuple[int, ...]) -> Callable[[tuple], bool]:
    return lambda args: all(len(args) > i and arguments.values.is_number(args[i]) for i in places)


# older class -> the class of today whose entries hold for it too, and what decides how positional arguments are read
_LIKE: dict[str, tuple[str, Any]] = {
    "Convolution1D": ("Conv1D", None),
    "Convolution2D": ("Conv2D", _numbers((1, 2))),
    "Convolution3D": ("Conv3D", _numbers((1, 2, 3))),
    "SeparableConvolution2D": ("SeparableConv2D", _numbers((1, 2))),
    "Deconvolution2D": ("Conv2DTranspose", _numbers((1, 2))),
    "TimeDistributedDense": ("Dense", None),
    "ConvRecurrent2D": ("ConvLSTM2D", None),
    "LocallyConnected1D": ("Conv1D", None),
    "LocallyConnected2D": ("Conv2D", None),
    "AtrousConvolution1D": ("Conv1D", Order("", _ORDER_OF_ATROUS_1D, _numbers((1,)))),
    "AtrousConvolution2D": ("Conv2D", Order("", _ORDER_OF_ATROUS_2D, _numbers((1, 2)))),
}


def older_layers(module: ModuleType) -> None:
    """Lets the layers of this folder take the arguments of their year."""
    for name, (like, how) in _LIKE.items():
        cls = getattr(module, name, None) or getattr(importlib.import_module("keras.legacy.recurrent"), name)
        rows = [*arguments.entries_for(like, arguments.LAYERS), *arguments.entries_for(name, [_ATROUS])]
        orders = arguments.entries_for(like, arguments.ORDERS)
        if isinstance(how, Order):
            orders = [how]
        elif callable(how):  # numbers are sizes of kernels in any year
            orders = [order._replace(when=_either(order.when, how)) for order in orders]
        defaults = arguments.entries_for(like, arguments.DEFAULTS) if like == "Conv1D" else []
        translator = arguments.Translator(name, cls.__init__, rows, orders, defaults)
        cls.__init__ = arguments.translated(cls.__init__, translator)


def _either(first: Callable | None, second: Callable) -> Callable[[tuple], bool]:
    return lambda args: (first is not None and first(args)) or second(args)


# what tells a first layer its inputs' shape; `Layer` has always taken it, below `**kwargs`
_OF_FIRST_LAYERS = {"input_shape", "batch_input_shape", "input_dim", "input_length", "batch_size"}


def _add_loss(function: Callable, self, *args, **kwargs):
    return importlib.import_module("keras.legacy.added").add_loss(function, self, *args, **kwargs)


def _reset_states(function: Callable, self, states=None):
    """`reset_states(states)`: the states to go on from, instead of zeros."""
    function(self)
    if states is None:
        return
    given = list(states) if isinstance(states, (list, tuple)) else [states]
    own = self.states or []
    if len(given) != len(own):
        raise ValueError(f"{self.name} has {len(own)} states. reset_states() got {len(given)}.")
    for variable, value in zip(own, given):
        variable.assign(value)


def _layers(module: ModuleType) -> None:
    Layer = module.Layer
    arguments.apply(
        module, {"Embedding": _embedding, "BatchNormalization": _batch_normalization, "Conv2DTranspose": _transposed}
    )
    _wrap(Layer, "__init__", _layer_init, _OF_FIRST_LAYERS | {"weights", "input_dtype", *_WAYS})
    _wrap(Layer, "_activity_penalty", _activity_penalty)
    _wrap(Layer, "_build_once", _build_once)
    lists = importlib.import_module("keras.legacy.weight_lists")
    _wrap(Layer, "get_weights", lists.get_weights)
    _wrap(Layer, "set_weights", lists.set_weights)
    _wrap(Layer, "add_weight", _add_weight, {"use_resource", "synchronization"})
    _wrap(Layer, "_pass_masks_on", _pass_masks_on)
    _wrap(Layer, "add_loss", _add_loss, {"losses", "inputs"})
    _wrap(module.RNN, "reset_states", _reset_states, {"states"})
    _wrap(module.Bidirectional, "reset_states", _reset_states, {"states"})
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
    # names of today whose numbers 1.x read differently
    older = importlib.import_module("keras.legacy.layers")
    older_layers(older)
    for name in ("Convolution1D", "Convolution2D", "Convolution3D", "SeparableConvolution2D"):
        setattr(module, name, getattr(older, name))


def _wrap(cls: type, method: str, older: Callable, names: set[str] | None = None) -> None:
    """Puts `older(function, self, ...)` in the place of a method."""
    function = getattr(cls, method)

    @functools.wraps(function)
    def wrapper(self, *args, **kwargs):
        return older(function, self, *args, **kwargs)

    # a base of `cls` may define it, but here is where pickle finds it
    wrapper.__module__, wrapper.__qualname__ = cls.__module__, f"{cls.__qualname__}.{method}"
    if names:
        wrapper.__keras_legacy_arguments__ = names | set(getattr(function, "__keras_legacy_arguments__", ()))
    setattr(cls, method, wrapper)


# --- models

_GENERATOR_ROWS = [
    Row("fit_generator evaluate_generator predict_generator", "max_q_size", "max_queue_size", "1.x"),
    Row("fit_generator evaluate_generator predict_generator", "nb_worker", "workers"),
    Row("fit_generator evaluate_generator predict_generator", "pickle_safe", "use_multiprocessing", "1.x"),
    Row("fit_generator", "nb_epoch", "epochs"),
    Row("evaluate_generator", "nb_val_samples", "val_samples", "0.x"),
    Row("fit_generator", "nb_val_worker", "", "0.x 1.x", {None: None, 1: None}),
]
_GENERATOR_ORDERS = [
    Order("fit_generator", "generator samples_per_epoch nb_epoch verbose callbacks validation_data nb_val_samples "
          "class_weight max_q_size nb_worker pickle_safe initial_epoch", None, "1.x"),
    Order("evaluate_generator", "generator val_samples max_q_size nb_worker pickle_safe", None, "1.x"),
    Order("predict_generator", "generator val_samples max_q_size nb_worker pickle_safe", None, "1.x"),
]  # fmt: skip
_GENERATOR_DEFAULTS: list[Default] = []


def _models(module: ModuleType) -> None:
    Model = module.Model
    special = {
        "Model.compile": methods.compile, "Model.fit": methods.fit, "Model.evaluate": methods.evaluate,
        "Model.predict": methods.predict, "Model.train_on_batch": methods.train_on_batch,
        "Model.test_on_batch": methods.test_on_batch,
    }  # fmt: skip
    arguments.apply(module, special)
    trainer = arguments._home_of(Model, "fit")
    _more_names(trainer)
    importlib.import_module("keras.legacy.steps").teach(trainer)
    new = Model.__new__
    rows = arguments.entries_for("Model", arguments.MODELS)

    @functools.wraps(new)
    def older_new(cls, *args, **kwargs):
        for row in rows:
            if row.old in kwargs and row.today not in kwargs:
                kwargs = {row.today if k == row.old else k: v for k, v in kwargs.items()}
        return new(cls, *args, **kwargs)

    Model.__new__ = older_new
    Model.__init__.__keras_legacy_arguments__ |= {"inputs", "outputs"}  # its `**kwargs` in 3
    for name in ("fit_generator", "evaluate_generator", "predict_generator"):
        function = getattr(methods, name)
        found = [arguments.entries_for(name, t) for t in (_GENERATOR_ROWS, _GENERATOR_ORDERS, _GENERATOR_DEFAULTS)]
        setattr(trainer, name, arguments.translated(function, arguments.Translator(f"Model.{name}", function, *found)))
    Model.to_yaml = lambda self, **kwargs: importlib.import_module("keras.legacy.texts").to_yaml(self, **kwargs)
    for name in ("predict_classes", "predict_proba"):
        setattr(module.Sequential, name, getattr(methods, name))
    importlib.import_module("keras.legacy.model_methods").teach(module)
    _wrap(trainer, "_in_order", methods.in_order)
    _wrap(Model, "summary", looks.summary)
    _wrap(Model, "save", any_name.save)
    _wrap(Model, "save_weights", any_name.save_weights)
    _wrap(module.Functional, "__init__", _functional_init)
    names_of_metrics = trainer.metrics_names.fget
    trainer.metrics_names = property(
        lambda self: methods.metrics_names(names_of_metrics, self), doc=trainer.metrics_names.__doc__
    )
    _wrap(importlib.import_module("keras.callbacks._progress").Progbar, "_line", looks.bar_line)
    _wrap(module.Sequential, "_append", _sequential_append)
    running = importlib.import_module("keras.legacy.running")
    _wrap(importlib.import_module("keras.models._graph").Graph, "compute", running.note_graph)
    _wrap(module.Sequential, "call", running.note_sequence)


def _functional_init(function: Callable, self, *args, **kwargs):
    """Before 3, models without a name were called 'model_1', 'model_2'."""
    if len(args) < 3 and kwargs.get("name") is None and era.before("3"):
        kwargs["name"] = unique_names.unique_name("model")
    return function(self, *args, **kwargs)


def _sequential_append(function: Callable, self, layer):
    """`Sequential.add`, for what can come first in older programs."""
    merges = any((c.__module__, c.__name__) == ("keras.legacy.merging", "Merge") for c in type(layer).__mro__)
    if merges or type(self).__name__ == "MergedSequential":
        return importlib.import_module("keras.legacy.models").begin_with_merge(function, self, layer)
    return function(self, layer)


def _more_names(trainer: type) -> None:
    """Tells which further arguments the methods take."""
    more = {
        "compile": {
            "class_mode",
            "sample_weight_mode",
            "target_tensors",
            "distribute",
            "experimental_run_tf_function",
            "pss_evaluation_shards",
        },
        "fit": {"show_accuracy", "workers", "max_queue_size", "use_multiprocessing"},
        "evaluate": {"show_accuracy", "workers", "max_queue_size", "use_multiprocessing"},
        "predict": {"workers", "max_queue_size", "use_multiprocessing"},
        "train_on_batch": {"accuracy", "reset_metrics"},
        "test_on_batch": {"accuracy", "reset_metrics"},
    }
    for name, extra in more.items():
        function = getattr(trainer, name)
        function.__keras_legacy_arguments__ = extra | set(getattr(function, "__keras_legacy_arguments__", ()))


# --- optimizers


def _optimizer_init(function: Callable, self, *args, **kwargs):
    """Optimizers with `decay`, and with `clipnorm` as it was before tf.keras."""
    decay = kwargs.pop("decay", None)
    if kwargs.get("epsilon", 0) is None:
        kwargs["epsilon"] = importlib.import_module("keras.config").epsilon()
    if era.before("tf2.0") and kwargs.get("clipnorm"):  # the norm of all gradients together, until then
        kwargs["global_clipnorm"] = kwargs.pop("clipnorm")
    if decay:
        rate = kwargs.get("learning_rate", args[0] if args else _default_rate(function))
        schedules = importlib.import_module("keras.optimizers.schedules")
        kwargs["learning_rate"] = schedules.InverseTimeDecay(float(rate), 1, float(decay))
        args = args[1:]
        if args:
            raise TypeError(f"{type(self).__name__}: give the arguments by name beside `decay`.")
    function(self, *args, **kwargs)
    if era.before("tf2.0"):
        importlib.import_module("keras.legacy.optimizers").note_formula(self)


def _nadam_init(function: Callable, self, *args, **kwargs):
    """`Nadam` with `schedule_decay`, or as it was before it was simplified."""
    scheduled = type(self).__name__ == "ScheduledNadam"
    wanted = "schedule_decay" in kwargs or era.before("tf2.11")
    if wanted and not scheduled and type(self).__name__ == "Nadam":
        kind = importlib.import_module("keras.legacy.optimizers").ScheduledNadam
        object.__setattr__(self, "__class__", kind)
        if args:
            kwargs.update(zip(("learning_rate", "beta_1", "beta_2", "epsilon"), args))
        return kind.__init__(self, **kwargs)
    return _optimizer_init(function, self, *args, **kwargs)


def _default_rate(function: Callable) -> float:
    parameters = importlib.import_module("inspect").signature(function).parameters
    return parameters["learning_rate"].default


def _optimizers(module: ModuleType) -> None:
    names = ["SGD", "RMSprop", "Adagrad", "Adadelta", "Adam", "Adamax", "Nadam", "Ftrl"]
    importlib.import_module("keras.legacy.bases").teach_optimizer(module.Optimizer)
    importlib.import_module("keras.legacy.optimizers").teach(module)
    arguments.apply(module, {**dict.fromkeys(names, _optimizer_init), "Nadam": _nadam_init})
    module.Nadam.__init__.__keras_legacy_arguments__.add("schedule_decay")
    for name in names:
        init = getattr(module, name).__init__
        init.__keras_legacy_arguments__ = {"decay", *getattr(init, "__keras_legacy_arguments__", ())}


def _mixed_precision(module: ModuleType) -> None:
    """What tf.keras had: `get_scaled_loss` and its siblings, and `Policy.from_config` with objects of one's own."""
    scaled = module.LossScaleOptimizer
    scaled.get_scaled_loss = lambda self, loss: self.scale_loss(loss)
    scaled.get_unscaled_gradients = _unscaled
    scaled.dynamic = property(lambda self: True, doc="Whether the factor follows the gradients.")
    scaled.dynamic_counter = property(lambda self: self.step_counter, doc="Finite steps since the last change.")
    scaled.loss_scale = property(
        lambda self: self.dynamic_scale.value if self.built else self.initial_scale, doc="The factor."
    )
    read = module.DTypePolicy.from_config.__func__

    def from_config(cls, config, custom_objects=None):
        """A policy from what `get_config` returned."""
        with registry.object_scope(custom_objects or {}):
            return read(cls, config)

    module.DTypePolicy.from_config = classmethod(from_config)


def _unscaled(self, grads):
    """Gradients of the scaled loss as they are of the loss itself."""
    return [None if g is None else g / self.loss_scale for g in grads]


# --- functions that names mean


def _activations(module: ModuleType) -> None:
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


def _initializers(module: ModuleType) -> None:
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


def _losses(module: ModuleType) -> None:
    aliases = {
        "kullback_leibler_divergence": module.kl_divergence, "logcosh": module.log_cosh, "huber_loss": module.huber,
    }  # fmt: skip
    registry.register_built_ins("keras.losses", aliases)
    importlib.import_module("keras.legacy.pieces")


def _metrics(module: ModuleType) -> None:
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


def _constraints(module: ModuleType) -> None:
    arguments.apply(module)
    short = {"maxnorm": module.MaxNorm, "nonneg": module.NonNeg, "unitnorm": module.UnitNorm}
    registry.register_built_ins("keras.constraints", short)


def _regularizers(module: ModuleType) -> None:
    arguments.apply(module)
    for name in ("set_param", "set_layer"):
        setattr(module.Regularizer, name, _of_pieces(name))
    adapt = importlib.import_module("keras.legacy.release_0").adapt_regularizer
    module.Regularizer.__init_subclass__ = classmethod(lambda cls: adapt(cls))
    short = {"l1l2": module.L1L2, "activity_l1": module.L1, "activity_l2": module.L2, "activity_l1l2": module.L1L2}
    registry.register_built_ins("keras.regularizers", short)


def _images(module: ModuleType) -> None:
    arguments.apply(module, {"array_to_img": _array_to_img, "save_img": _save_img})


def _array_to_img(function: Callable, x, data_format=None, scale=True, dtype=None):
    x, scale = importlib.import_module("keras.legacy.preprocessing.affine").for_picture(x, scale)
    return function(x, data_format, scale, dtype)


def _save_img(function: Callable, path, x, data_format=None, file_format=None, scale=True, **kwargs):
    x, scale = importlib.import_module("keras.legacy.preprocessing.affine").for_picture(x, scale)
    return function(path, x, data_format, file_format, scale, **kwargs)


def _callbacks(module: ModuleType) -> None:
    arguments.apply(module)
    older = importlib.import_module("keras.legacy.callbacks")
    module.CallbackList.make_logs = older.make_logs
    _wrap(module.CallbackList, "set_params", older.set_params)
    _wrap(module.CallbackList, "on_train_batch_begin", older.batch_hook)
    _wrap(module.CallbackList, "on_train_batch_end", older.batch_hook)
    _wrap(importlib.import_module("keras.callbacks._monitor").MonitorCallback, "_found_direction", older.direction)
    _wrap(module.ModelCheckpoint, "_save", older.save)
    _wrap(module.ModelCheckpoint, "__init__", older.checkpoint, {"period"})
    _wrap(module.ModelCheckpoint, "on_epoch_end", older.after_a_period)
    for name in ("LearningRateScheduler", "ReduceLROnPlateau"):
        _wrap(getattr(module, name), "on_epoch_end", older.rate_in_logs)


# --- names of layers


class _FromOne(type(unique_names._counts)):  # type: ignore[misc]
    """Counts that start at 1: the first dense layer was `dense_1`."""

    def __missing__(self, key):
        return 1


class _Numbering:
    plain: Any = None


def _number_names(release: str) -> None:
    """Before tf.keras, names of layers were numbered from 1, and before 3 some began with other words."""
    unique_names.follow(layer_names.naming(lambda other: era.RELEASES.index(release) < era.RELEASES.index(other)))
    from_one = era.RELEASES.index(release) < era.RELEASES.index("tf2.0")
    if from_one != isinstance(unique_names._counts, _FromOne):
        unique_names._counts = _FromOne(unique_names._counts) if from_one else type(unique_names._counts).__mro__[1]()


def _utils(module: ModuleType) -> None:
    arguments.apply(module)
    importlib.import_module("keras.legacy.utilities").teach_utils(module)


def _data_set(module: ModuleType) -> None:
    arguments.apply(module)
    importlib.import_module("keras.legacy.utilities").teach_data_set(module)


def _network(module: ModuleType) -> None:
    arguments.apply(module)
    importlib.import_module("keras.legacy.utilities").teach_network(module)


def _network_by_year(module: ModuleType) -> None:
    _network_of_its_year(module)
    _network(module)


def _network_of_its_year(module: ModuleType) -> None:
    importlib.import_module("keras.legacy.older_networks").teach(module)


STEPS: dict[str, Callable[[ModuleType], None]] = {
    "keras.datasets.boston_housing": _data_set,
    "keras.datasets.cifar10": _data_set,
    "keras.datasets.cifar100": _data_set,
    "keras.datasets.fashion_mnist": _data_set,
    "keras.datasets.mnist": _data_set,
    "keras.layers": _layers,
    "keras.models": _models,
    "keras.optimizers": _optimizers,
    "keras.activations": _activations,
    "keras.initializers": _initializers,
    "keras.losses": _losses,
    "keras.metrics": _metrics,
    "keras.callbacks": _callbacks,
    "keras.constraints": _constraints,
    "keras.regularizers": _regularizers,
    "keras.utils": _utils,
    "keras.backend": arguments.apply,
    "keras.mixed_precision": _mixed_precision,
    "keras.datasets.imdb": _data_set,
    "keras.datasets.reuters": _data_set,
    "keras.applications.convnext": arguments.apply,
    "keras.applications.imagenet_utils": arguments.apply,
    "keras.applications.inception_v3": _network_by_year,
    "keras.applications.mobilenet": _network_of_its_year,
    "keras.applications.mobilenet_v2": arguments.apply,
    "keras.applications.resnet": arguments.apply,
    "keras.applications.resnet50": _network_by_year,
    "keras.applications.vgg16": _network,
    "keras.applications.vgg19": _network,
    "keras.applications.xception": arguments.apply,
    "keras.legacy.preprocessing.image": arguments.apply,
    "keras.legacy.preprocessing.text": arguments.apply,
    "keras.legacy.tools": arguments.apply,
    "keras.preprocessing.image": _images,
}


# modules with `get`, `serialize` and `deserialize`
LOOKED_UP = frozenset((
    "keras.activations", "keras.constraints", "keras.initializers", "keras.layers", "keras.losses", "keras.metrics",
    "keras.optimizers", "keras.optimizers.schedules", "keras.regularizers",
))  # fmt: skip


def _offer_to_star(module: ModuleType) -> None:
    """`from keras.layers import *` gave the names of its year."""
    today = module.__dict__.setdefault("_names_of_today", list(module.__all__))
    module.__all__ = today if era.is_today() else list(dict.fromkeys([*today, *older_names.names_of(module.__name__)]))


def _offer_all_to_star(release: str) -> None:
    for name in older_names.modules():
        if name in sys.modules and hasattr(sys.modules[name], "__all__"):
            _offer_to_star(sys.modules[name])


def after_loading(module: ModuleType) -> None:
    """Does what the table says about a module."""
    if module.__name__ in older_names.modules() and hasattr(module, "__all__"):
        _offer_to_star(module)
    if module.__name__ in STEPS:
        STEPS[module.__name__](module)
    if module.__name__ in LOOKED_UP:
        importlib.import_module("keras.legacy.lookups").teach(module)


era.on_change(_number_names)
era.on_change(_offer_all_to_star)
