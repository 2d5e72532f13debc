"""Methods of models that today's Keras has no more, and older arguments of those it has."""

from __future__ import annotations

import contextlib
import itertools
import math
import types
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from keras._core import tree
from keras._core.graph import KerasTensor
from keras.legacy import era, first_draw, looks, report, weights_by_mode
from keras.legacy.queues import prefetched, repeated

# 1.x to 2.2 showed a metric under the name of its function
_LONG_NAMES = {
    "accuracy": "acc", "mse": "mean_squared_error", "mae": "mean_absolute_error",
    "mape": "mean_absolute_percentage_error", "msle": "mean_squared_logarithmic_error",
    "kld": "kullback_leibler_divergence", "cosine": "cosine_proximity",
}  # fmt: skip


# how Theano was to compile its functions: quickly, or for speed. Results are the same, and there is one way here
_MODES_OF_THEANO = ("FAST_COMPILE", "FAST_RUN")


def _check_given(args: tuple, kwargs: dict) -> None:
    """An optimizer had to be given until 2.3, and a loss in 1.x, if only None."""
    for place, (name, until) in enumerate((("optimizer", "tf2.0"), ("loss", "2.0"))):
        if era.before(until) and len(args) <= place and name not in kwargs:
            raise TypeError(f"compile() needs an argument `{name}`.")


def compile(function: Callable, self, *args, **kwargs):
    """`Model.compile` with the arguments of all years."""
    if era.before("tf2.0") and not self.has_own_step("train_step"):
        _check_given(args, kwargs)
    class_mode = kwargs.pop("class_mode", None)
    if class_mode not in (None, "categorical", "binary"):
        raise ValueError(f"compile: `class_mode` must be 'categorical' or 'binary'. Got {class_mode!r}.")
    for name in ("sample_weight_mode", "sample_weight_modes"):
        mode = kwargs.pop(name, None)
        _check_weight_mode(mode)
        if name == "sample_weight_mode":
            object.__setattr__(self, name, mode)
    if kwargs.pop("target_tensors", None) is not None:
        raise ValueError(
            "compile: `target_tensors` fed targets from TensorFlow's queues. Pass the targets to fit() instead."
        )
    if kwargs.get("mode", "") is None or str(kwargs.get("mode", "")).upper() in _MODES_OF_THEANO:
        report.note("Model.compile", "mode", "(left out)")
        del kwargs["mode"]
    if kwargs.pop("distribute", None) is not None:
        raise ValueError("compile: `distribute` is set through keras.distribution today.")
    if kwargs.pop("pss_evaluation_shards", 0) not in (0, None):
        raise ValueError("compile: `pss_evaluation_shards` must be 0: there are no parameter servers here.")
    _note_implementation(kwargs.pop("experimental_run_tf_function", None))
    if "_policy_map" in vars(self) and getattr(self.dtype_policy, "loss_scale", "auto") is None:
        kwargs.setdefault("auto_scale_loss", False)
    if "metrics" in kwargs and era.before("2.3"):
        kwargs["metrics"] = _renamed(kwargs["metrics"])
    if kwargs.get("weighted_metrics") and era.before("2.3"):
        kwargs["weighted_metrics"] = _renamed(kwargs["weighted_metrics"])
    outputs = getattr(self, "output_names", None) or []
    for name in ("metrics", "weighted_metrics"):
        given = kwargs.get(name)
        flat = isinstance(given, (list, tuple)) and not any(isinstance(g, (list, tuple)) for g in given)
        if flat and len(given) == len(outputs) > 1 and era.before("3"):  # each was for all outputs, until 3
            kwargs[name] = [list(given) for _ in outputs]
    if kwargs.get("metrics") and era.before("2.0"):
        kwargs["metrics"] = _opened(kwargs["metrics"], self)
    if class_mode is not None:
        report.note("Model.compile", "class_mode", "metrics=['accuracy']")
    object.__setattr__(self, "_hides_accuracy", class_mode is not None)
    return function(self, *args, **kwargs)


def _note_implementation(chosen: Any) -> None:
    """TensorFlow 2.0 had two implementations of `fit`; here is one, whose results neither differs from."""
    if chosen not in (None, True, False):
        raise ValueError(f"compile: `experimental_run_tf_function` must be a boolean. Got {chosen!r}.")
    if chosen is not None:
        report.note("Model.compile", "experimental_run_tf_function", "(left out)")


def _check_weight_mode(mode: Any) -> None:
    modes = mode.values() if isinstance(mode, dict) else mode if isinstance(mode, (list, tuple)) else [mode]
    for one in modes:
        if one not in (None, "temporal"):
            # weights say by their shape whether there is one per sample or one per time step
            raise ValueError(f"compile: `sample_weight_mode` must be None or 'temporal'. Got {one!r}.")


def _renamed(given: Any) -> Any:
    if isinstance(given, str):
        return _LONG_NAMES.get(given, given)
    if isinstance(given, dict):
        return {k: _renamed(v) for k, v in given.items()}
    if isinstance(given, (list, tuple)):
        return [_renamed(v) for v in given]
    return given


def _opened(given: Any, model: Any) -> Any:
    """Metrics, with one function per entry for those that return a dict, as they could in 1.x."""
    outputs = None if getattr(model, "_graph", None) is None else model.outputs
    if isinstance(given, dict) or not outputs or len(outputs) > 1:
        return given
    found: list[Any] = []
    for one in given if isinstance(given, (list, tuple)) else [given]:
        names = _keys_of(one, outputs[0]) if isinstance(one, types.FunctionType) else None
        found += [one] if names is None else [_entry(one, name) for name in names]
    return found


def _keys_of(function: Callable, output: KerasTensor) -> list[str] | None:
    try:
        result = function(KerasTensor(output.shape, output.dtype), output)
    except Exception:  # what is wrong with it shows when it is called on values
        return None
    return list(result) if isinstance(result, dict) else None


def _entry(function: Callable, name: str) -> Callable:
    def metric(y_true, y_pred):
        return function(y_true, y_pred)[name]

    metric.__name__ = name
    return metric


def fit(function: Callable, self, *args, **kwargs):
    """`Model.fit` with the arguments of all years."""
    _show_accuracy(self, kwargs.pop("show_accuracy", False))
    data = args[0] if args else kwargs.get("x")
    weights_by_mode.check(self, args, kwargs)
    _settle_class_weight(kwargs)
    if kwargs.get("validation_steps") is not None:
        kwargs["validation_data"] = repeated(kwargs.get("validation_data"))
    if first_draw.matters(data, kwargs.get("callbacks")):
        known = {"epochs": kwargs.get("epochs", 1), "steps": kwargs.get("steps_per_epoch")}
        kwargs["callbacks"] = _begun(self, kwargs, data, **known)
    endless = repeated(data) if kwargs.get("steps_per_epoch") is not None else data
    with prefetched(endless, _queue_settings(kwargs)) as feed, _looking(self, args, kwargs, data, begins=True):
        if feed is not data:
            args, kwargs = ((feed, *args[1:]), kwargs) if args else (args, {**kwargs, "x": feed})
        return function(self, *args, **kwargs)


def _settle_class_weight(kwargs: dict) -> None:
    """Class weights for today: texts did nothing before tf.keras, and until 2.1 sample weights won."""
    given = kwargs.get("class_weight")
    if isinstance(given, str) and era.before("tf2.0"):
        warnings.warn(
            f"fit: class_weight={given!r} changes nothing, as in Keras {era.version()}. Pass a dict from class numbers "
            "to weights; sklearn.utils.class_weight.compute_class_weight finds balanced ones.",
            stacklevel=4,
        )
        given = None
    if kwargs.get("sample_weight") is not None and era.before("2.2"):
        given = None
    if "class_weight" in kwargs:
        kwargs["class_weight"] = given or None


def _begun(self, given: dict, data: Any, **params) -> first_draw.Begun:
    """The callbacks of `fit`, which have been told that training begins."""
    with _looking(self, (), given, data, begins=True):
        return first_draw.Begun(self, given["callbacks"], verbose=given.get("verbose", 1), **params)


def _looking(self, args: tuple, kwargs: dict, data: Any, begins: bool) -> Any:
    """What bars need to know to look as they did before tf.keras; `fit` began with a line of its own."""
    if not era.before("3"):
        return contextlib.nullcontext()
    batch = kwargs.get("batch_size", args[2] if len(args) > 2 else None)
    rows = None
    if isinstance(data, (list, tuple, dict)) or hasattr(data, "shape"):
        rows = _rows(data)
    tested = None
    if rows is not None and kwargs.get("validation_split"):
        trained = int(rows * (1.0 - kwargs["validation_split"]))
        rows, tested = trained, rows - trained
    elif isinstance(kwargs.get("validation_data"), (list, tuple)):
        tested = _rows(kwargs["validation_data"][0])
    verbose = kwargs.get("verbose", 1)
    line = looks.opening(rows, tested)
    if begins and line and verbose and era.before("tf2.0"):
        print(line)
    validates = tested is not None or kwargs.get("validation_data") is not None
    shown = verbose or kwargs.get("callbacks")  # else nobody asks for the names, and to find them out takes time
    arrays = _validation_arrays(self, args, kwargs, rows) if kwargs.get("callbacks") and era.before("tf2.0") else None
    names = self.metrics_names if shown else []
    return looks.run(rows, batch, names, shows_values=begins, tested=validates, validation=arrays)


def _validation_arrays(self, args: tuple, kwargs: dict, trained: int | None) -> list | None:
    """What callbacks found in `validation_data`: inputs, targets, weights, and phase 0 if the model has phases."""
    given = kwargs.get("validation_data")
    if isinstance(given, (list, tuple)):
        x, y, weights = (*given, None)[:3]
    elif kwargs.get("validation_split") and trained is not None:
        x, y = (args[i] if len(args) > i else kwargs.get(name) for i, name in enumerate("xy"))
        weights = kwargs.get("sample_weight")
        x, y, weights = ([np.asarray(v)[trained:] for v in tree.leaves(one)] if one is not None else None
                         for one in (x, y, weights))  # fmt: skip
    else:
        return None
    targets = [np.asarray(t) for t in tree.leaves(y)]
    weights = tree.leaves(weights) if weights is not None else [np.ones(len(t), "float32") for t in targets]
    phase = [0.0] if self.uses_learning_phase else []
    return [*(np.asarray(v) for v in tree.leaves(x)), *targets, *weights, *phase]


def evaluate(function: Callable, self, *args, **kwargs):
    """`Model.evaluate` with the arguments of all years."""
    shows = kwargs.pop("show_accuracy", None)
    _show_accuracy(self, shows)
    weights_by_mode.check(self, args, kwargs)
    data = args[0] if args else kwargs.get("x")
    with prefetched(data, _queue_settings(kwargs)) as feed, _looking(self, args, kwargs, data, begins=False):
        if feed is not data:
            args, kwargs = ((feed, *args[1:]), kwargs) if args else (args, {**kwargs, "x": feed})
        found = function(self, *args, **kwargs)
    return _only_loss(self, found) if shows is False else found


def predict(function: Callable, self, *args, **kwargs):
    """`Model.predict` with the arguments of all years."""
    data = args[0] if args else kwargs.get("x")
    if isinstance(data, np.ndarray) and data.ndim and not len(data) and era.before("tf2.0"):
        return []  # what no batch gave
    with prefetched(data, _queue_settings(kwargs)) as feed:
        if feed is not data:
            args, kwargs = ((feed, *args[1:]), kwargs) if args else (args, {**kwargs, "x": feed})
        return function(self, *args, **kwargs)


def train_on_batch(function: Callable, self, *args, **kwargs):
    """`Model.train_on_batch` with the arguments of all years."""
    return _on_batch(function, self, args, kwargs)


def test_on_batch(function: Callable, self, *args, **kwargs):
    """`Model.test_on_batch` with the arguments of all years."""
    return _on_batch(function, self, args, kwargs)


def _on_batch(function: Callable, self, args: tuple, kwargs: dict) -> Any:
    shows = kwargs.pop("accuracy", None)
    _show_accuracy(self, shows)
    if not kwargs.pop("reset_metrics", True):
        raise ValueError(
            f"{function.__name__}: `reset_metrics=False` went on counting from the batch before.\n"
            "  Here every call starts anew.\n  For the metrics of several batches, call model.evaluate on all of them."
        )
    weights_by_mode.check(self, args, kwargs, in_order=True)
    _settle_class_weight(kwargs)
    found = function(self, *args, **kwargs)
    return _only_loss(self, found) if shows is False else found


def _only_loss(self, found: Any) -> Any:
    return found[0] if getattr(self, "_hides_accuracy", False) and isinstance(found, list) else found


def _show_accuracy(self, wanted: Any) -> None:
    """Adds the metric that 0.x asked for in each call."""
    if not wanted or not self.compiled:
        return
    report.note("Model.fit", "show_accuracy", "compile(metrics=['accuracy'])")
    given = dict(self._compile_arguments)
    if given["metrics"]:
        return
    hides = getattr(self, "_hides_accuracy", False)
    self.compile(**{**given, "metrics": ["acc"]})
    object.__setattr__(self, "_hides_accuracy", hides)


_QUEUE_DEFAULTS = {"workers": 1, "max_queue_size": 10, "use_multiprocessing": False}


def _queue_settings(kwargs: dict) -> dict | None:
    """Takes the settings of the queue between a generator and the run out of the arguments; None if there are none."""
    given = {name: kwargs.pop(name) for name in _QUEUE_DEFAULTS if name in kwargs}
    return {**_QUEUE_DEFAULTS, **given} if given else None


# --- methods of former years


def fit_generator(
    self,
    generator,
    steps_per_epoch=None,
    epochs=1,
    verbose=1,
    callbacks=None,
    validation_data=None,
    validation_steps=None,
    validation_freq=1,
    class_weight=None,
    max_queue_size=10,
    workers=1,
    use_multiprocessing=False,
    shuffle=True,
    initial_epoch=0,
    samples_per_epoch=None,
    nb_val_samples=None,
    show_accuracy=False,
):
    """`fit` on what yields batches, as it was called until `fit` took generators itself.

    Args:
        generator: yields `(x, y)` or `(x, y, sample_weight)`; or gives batch number i, as a `Sequence` does.
        steps_per_epoch: batches in an epoch.
        samples_per_epoch: rows in an epoch, in 1.x; divided by the rows of the first batch.
        nb_val_samples: the same for validation.
        max_queue_size: how many batches are made ahead.
        workers: how many threads make them; 0 makes them when they are needed.
        use_multiprocessing: True asked for processes instead of threads; threads are what is used here.
        epochs, verbose, callbacks, validation_data, validation_steps, validation_freq, class_weight, shuffle,
            initial_epoch: as for `fit`.
        show_accuracy: whether to count the accuracy, in 0.x.
    """
    report.note("Model.fit_generator", "fit_generator", "fit")
    if first_draw.matters(generator, callbacks):
        given = {"callbacks": callbacks, "validation_data": validation_data, "verbose": verbose}
        callbacks = _begun(self, given, generator, epochs=epochs, steps=steps_per_epoch)
    generator, steps_per_epoch = _steps(generator, steps_per_epoch, samples_per_epoch)
    if samples_per_epoch is not None and isinstance(callbacks, first_draw.Begun):
        callbacks.learn_steps(steps_per_epoch)
    if nb_val_samples is not None:
        validation_data, validation_steps = _steps(validation_data, validation_steps, nb_val_samples)
    settings = {"workers": workers, "max_queue_size": max_queue_size, "use_multiprocessing": use_multiprocessing}
    with prefetched(generator, settings) as feed:
        return self.fit(
            feed, steps_per_epoch=steps_per_epoch, epochs=epochs, verbose=verbose, callbacks=callbacks,
            validation_data=validation_data, validation_steps=validation_steps, validation_freq=validation_freq,
            class_weight=class_weight or None, shuffle=shuffle, initial_epoch=initial_epoch,
            **({"show_accuracy": True} if show_accuracy else {}),
        )  # fmt: skip


def evaluate_generator(
    self,
    generator,
    steps=None,
    callbacks=None,
    max_queue_size=10,
    workers=1,
    use_multiprocessing=False,
    verbose=0,
    val_samples=None,
    show_accuracy=False,
):
    """`evaluate` on what yields batches; see `fit_generator`."""
    report.note("Model.evaluate_generator", "evaluate_generator", "evaluate")
    generator, steps = _steps(generator, steps, val_samples)
    settings = {"workers": workers, "max_queue_size": max_queue_size, "use_multiprocessing": use_multiprocessing}
    with prefetched(generator, settings) as feed:
        return self.evaluate(
            feed, steps=steps, callbacks=callbacks, verbose=verbose,
            **({"show_accuracy": True} if show_accuracy else {}),
        )  # fmt: skip


def predict_generator(
    self,
    generator,
    steps=None,
    callbacks=None,
    max_queue_size=10,
    workers=1,
    use_multiprocessing=False,
    verbose=0,
    val_samples=None,
):
    """`predict` on what yields batches; see `fit_generator`."""
    report.note("Model.predict_generator", "predict_generator", "predict")
    generator, steps = _steps(generator, steps, val_samples)
    settings = {"workers": workers, "max_queue_size": max_queue_size, "use_multiprocessing": use_multiprocessing}
    with prefetched(generator, settings) as feed:
        return self.predict(feed, steps=steps, callbacks=callbacks, verbose=verbose)


def _steps(generator: Any, steps: int | None, samples: int | None) -> tuple[Any, int | None]:
    """The generator, with its first batch in place, and how many of its batches hold so many rows."""
    if samples is None:
        return generator, steps
    if hasattr(generator, "__getitem__") and hasattr(generator, "batch_size"):
        return generator, math.ceil(samples / generator.batch_size)
    if hasattr(generator, "__getitem__"):
        return generator, math.ceil(samples / _rows(generator[0]))
    batches = iter(generator)
    first = next(batches)
    return itertools.chain([first], batches), math.ceil(samples / _rows(first))


def _rows(batch: Any) -> int:
    """The rows of a batch."""
    while isinstance(batch, (tuple, list, dict)):
        batch = next(iter(batch.values())) if isinstance(batch, dict) else batch[0]
    return batch.shape[0] if hasattr(batch, "shape") else len(batch)  # a sparse matrix has no length


def _verbose(told: int | None) -> int:
    """1.x drew a bar while it predicted classes, unless it was told not to."""
    return int(era.before("2.0")) if told is None else told


def predict_classes(self, x, batch_size=32, verbose=None):
    """The class of each row: the largest output, or whether the only one is above 0.5.

    >>> model.predict_classes(x)
    """
    report.note("Sequential.predict_classes", "predict_classes", "predict(x).argmax(-1)")
    found = self.predict(x, batch_size=batch_size, verbose=_verbose(verbose))
    return found.argmax(axis=-1) if found.shape[-1] > 1 else (found > 0.5).astype("int32")


def predict_proba(self, x, batch_size=32, verbose=None):
    """`predict`, with a warning if the outputs cannot be probabilities."""
    report.note("Sequential.predict_proba", "predict_proba", "predict")
    found = self.predict(x, batch_size=batch_size, verbose=_verbose(verbose))
    if found.min() < 0.0 or found.max() > 1.0:
        warnings.warn(
            "predict_proba: the outputs are not all between 0 and 1. Let the last layer end in a softmax or a sigmoid.",
            stacklevel=2,
        )
    return found


def by_name(function: Callable, self, logs):
    """Logs as hooks and the history list them: before 3, as they were made; before tf.keras, validation first."""
    if not era.before("3"):
        return function(self, logs)
    first = {n: v for n, v in logs.items() if n.startswith("val_")} if era.before("tf2.0") else {}
    return {**first, **logs}
