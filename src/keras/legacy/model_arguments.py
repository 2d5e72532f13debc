"""What models took before in constructors, `compile`, `fit` and the other methods."""

from __future__ import annotations

import functools
import importlib
from collections.abc import Callable
from types import ModuleType
from typing import Any

from keras._core import names as unique_names
from keras.legacy import any_name, arguments, era, looks, methods, named_inputs, summaries, tensors
from keras.legacy.wrapping import wrap
from keras.models._graph import alone


def _alone_before_3(take: Callable) -> Callable:
    """The ends of a model, of which a list of one was the tensor itself: `Model([x], [y])` returned no list."""

    @functools.wraps(take)
    def taken(args: tuple, kwargs: dict) -> tuple:
        inputs, outputs, rest = take(args, kwargs)
        if era.before("3"):
            inputs, outputs = (alone(ends) for ends in (inputs, outputs))
        return inputs, outputs, rest

    return taken


def teach(module: ModuleType) -> None:
    """Lets the classes of `keras.models` take what they took, and gives them their older methods."""
    Model = module.Model
    special = {
        "Model.compile": methods.compile, "Model.fit": methods.fit, "Model.evaluate": methods.evaluate,
        "Model.predict": methods.predict, "Model.train_on_batch": methods.train_on_batch,
        "Model.test_on_batch": methods.test_on_batch,
    }  # fmt: skip
    arguments.apply(module, special)
    home = importlib.import_module("keras.models._model")
    home._take = _alone_before_3(home._take)
    trainer = arguments.home_of(Model, "fit")
    _more_names(trainer)
    importlib.import_module("keras.legacy.steps").teach(trainer)
    importlib.import_module("keras.legacy.counting").teach()
    importlib.import_module("keras.legacy.accuracy").teach(trainer)
    importlib.import_module("keras.legacy.empty_targets").teach(trainer, Model)
    importlib.import_module("keras.legacy.target_shapes").teach()
    importlib.import_module("keras.legacy.weighted_losses").teach()
    importlib.import_module("keras.legacy.weights_by_mode").teach()
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
        setattr(trainer, name, arguments.of_generator_method(function, f"Model.{name}"))
    Model.to_yaml = lambda self, **kwargs: importlib.import_module("keras.legacy.texts").to_yaml(self, **kwargs)
    for name in ("predict_classes", "predict_proba"):
        setattr(module.Sequential, name, getattr(methods, name))
    importlib.import_module("keras.legacy.model_methods").teach(module)
    importlib.import_module("keras.legacy.layer_lists").teach(module)
    importlib.import_module("keras.legacy.single_metrics").teach(trainer)
    importlib.import_module("keras.legacy.shown_tensors").teach(trainer)
    wrap(trainer, "_source", named_inputs.source)
    trainer._makes_whole_calls = lambda self: not era.before("3")
    wrap(trainer, "_by_name", methods.by_name)
    wrap(Model, "__init__", _model_init)
    wrap(Model, "_check_config", _check_config)
    wrap(Model, "summary", summaries.summary)
    wrap(Model, "save", any_name.save)
    wrap(Model, "save_weights", any_name.save_weights)
    wrap(Model, "load_weights", any_name.load_weights)
    wrap(module.Functional, "__init__", _functional_init)
    wrap(importlib.import_module("keras.callbacks._progress").Progbar, "_line", looks.bar_line)
    logger = importlib.import_module("keras.callbacks._progbar_logger").ProgbarLogger
    wrap(logger, "_numbers_epochs", looks.numbers_epochs)
    wrap(module.Sequential, "_append", _append)
    running = importlib.import_module("keras.legacy.running")
    wrap(importlib.import_module("keras.models._graph").Graph, "compute", running.note_graph)
    wrap(importlib.import_module("keras.models._graph").Graph, "check_order", _check_order)
    wrap(module.Sequential, "call", running.note_sequence)
    wrap(Model, "_check_sizes", _check_sizes)


def _check_config(function: Callable, self, found: dict) -> None:
    """Folders of tf.keras were written of any model; to open what is in one here, its class needs a `get_config`."""
    if not era.before("3"):
        function(self, found)


def _check_order(function: Callable, self, inputs) -> None:
    """tf.keras took the entries of a list in the order of the sorted names."""
    if not era.before("3"):
        function(self, inputs)


def _check_sizes(function: Callable, self, inputs) -> None:
    """Networks of 1.x and 2.x, called on inputs of other sizes, left it to their layers."""
    if not era.before("3"):
        function(self, inputs)


def _model_init(function: Callable, self, *args, **kwargs):
    """`super().__init__(self)`, a slip in programs that were copied a lot, was let pass by tf.keras."""
    if args and args[0] is self and era.may_be_of_tensorflow():
        args = args[1:]
    return function(self, *args, **kwargs)


def _functional_init(function: Callable, self, *args, **kwargs):
    """Before 3, models without a name were called 'model_1', 'model_2'."""
    if len(args) < 3 and kwargs.get("name") is None and era.before("3"):
        kwargs["name"] = unique_names.unique_name("model")
    return function(self, *args, **kwargs)


def _append(function: Callable, self, layer: Any) -> None:
    _sequential_append(function, self, layer)
    if not self._scope_open and self._members:  # not within a call, whose name began those of its variables
        tensors.leave_out(self._members[-1].variables, f"{self.name}/")


def _sequential_append(function: Callable, self, layer):
    """`Sequential.add`, for what can come first in older programs."""
    merges = any((c.__module__, c.__name__) == ("keras.legacy.merging", "Merge") for c in type(layer).__mro__)
    if merges or type(self).__name__ == "MergedSequential":
        return importlib.import_module("keras.legacy.models").begin_with_merge(function, self, layer)
    if importlib.import_module("keras.legacy.layer_lists").begin_with_model(self, layer):
        return None
    return function(self, layer)


def _more_names(trainer: type) -> None:
    """Tells which further arguments the methods take."""
    more = {
        "compile": {
            "class_mode",
            "sample_weight_mode",
            "target_tensors",
            "distribute",
            "mode",
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
