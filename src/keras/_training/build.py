"""Building a model and matching losses and metrics with its outputs, by shapes alone, before anything is trained."""

from __future__ import annotations

import contextlib
from typing import Any

from keras._core import tree
from keras._core.graph import KerasTensor
from keras._data import pack_x_y_sample_weight
from keras._jax.op import symbolic_result
from keras._training.batch_loss import loss_of_batch
from keras._training.own_functions import brings_own_function


def is_matched(model: Any) -> bool:
    """Whether the losses and metrics of `compile` know the model's outputs."""
    parts = (model._compiled_loss, model._compiled_metrics)
    return all(part is None or part.built for part in parts)


def build_for(model: Any, batch: tuple, phase: str) -> None:
    """Builds the model for data like `batch`, then its losses and metrics."""
    x, y = batch[0], batch[1] if len(batch) > 1 else None
    outputs = None if not model.built else model.symbolic_outputs()
    by_step = model.has_own_step(f"{phase}_step")
    own = by_step or brings_own_function(model, phase)
    unmatched = phase != "predict" and y is not None and not is_matched(model)
    if outputs is None and (not model.built or not own or unmatched):
        try:
            outputs = _outputs_for(model, x)
        except Exception as error:
            # a step of the user's own may do without `call`, as where several networks are one model
            if not own or not (model.built or isinstance(error, NotImplementedError)):
                raise
        model.built = True
    if unmatched and outputs is None and by_step and not model.step_takes_state(phase):
        _match_by_step(model, batch, phase)
    if not unmatched or outputs is None:
        return
    targets = symbols_like(y)
    if model.has_own_step("compute_loss"):
        _match_by_loss(model, batch, outputs)
    if model._compiled_loss is not None and not model._compiled_loss.built:
        model._compiled_loss.build(targets, outputs)
    metrics = model._compiled_metrics
    if metrics is not None and not metrics.built:
        loss = model._compiled_loss
        known = getattr(model, "output_names", None) if loss is None else loss.output_names
        metrics.build(targets, outputs, names_of_outputs(outputs, known), are_named(outputs, known))
        if any(map(_waits_for_shapes, metrics.metrics)):
            _count_symbols(metrics, targets, outputs)


def _outputs_for(model: Any, x: Any) -> Any:
    """Symbolic outputs for inputs like `x`, of any batch size if the model takes any."""

    def run(data):
        return model(data, training=False)

    try:
        return symbolic_result(run, symbols_like(x))
    except Exception:
        with contextlib.suppress(Exception):  # a kernel that works in blocks of rows takes some batch sizes only
            return symbolic_result(run, symbols_like(x, open_batch=False))
        if model.run_eagerly:  # what it does may hang on values
            return symbols_like(run(x))
        raise


def _match_by_step(model: Any, batch: tuple, phase: str) -> None:
    """Lets a step that does without `call` show the losses and metrics of `compile` what it hands them."""
    step = getattr(model, f"{phase}_step")
    try:
        symbolic_result(_without_result(step), symbols_like(pack_x_y_sample_weight(*batch)))
    except Exception:  # the run meets it as well, and tells it
        return


def _match_by_loss(model: Any, batch: tuple, outputs: Any) -> None:
    """Lets a `compute_loss` of the user's own show the losses of `compile` what it hands them."""
    x, y, sample_weight = symbols_like((*batch, None, None)[:3])
    run = _without_result(lambda x, y, y_pred, weight: loss_of_batch(model, x, y, y_pred, weight, True))
    with contextlib.suppress(Exception):  # the run meets it as well, and tells it
        symbolic_result(run, x, y, outputs, sample_weight)


def _waits_for_shapes(metric: Any) -> bool:
    """Whether a metric may make variables when it sees the first shapes."""
    is_ours = type(metric).__module__.startswith("keras.")
    return not is_ours or hasattr(metric, "build") or not metric.variables


def _count_symbols(metrics: Any, targets: Any, outputs: Any) -> None:
    try:
        symbolic_result(_without_result(metrics.update_state), targets, outputs)
    except Exception:
        # metrics of users that need values may do so in an eager run; those without variables have to have them now
        if not all(m.variables for m in metrics.metrics):
            raise


def names_of_outputs(y_pred: Any, known: list[str] | None) -> list[str]:
    """Names of outputs in the order of the leaves.

    Args:
        y_pred: the outputs.
        known: their names if the model has some.
    """
    ways = [way for way, _ in tree.paths(y_pred)]
    if isinstance(y_pred, dict) and max(map(len, ways), default=0) < 2:
        return [str(key) for (key,) in ways]
    if known is not None and len(known) == len(ways):
        return list(known)
    return made_up_names(len(ways))


def made_up_names(count: int) -> list[str]:
    """Names of outputs that nothing else names."""
    return [f"output_{i}" for i in range(count)] if count > 1 else ["output"]


def are_named(y_pred: Any, known: list[str] | None) -> bool:
    """Whether logs tell outputs apart by name: not those of a list that no graph names, as in Keras 3."""
    ways = [way for way, _ in tree.paths(y_pred)]
    named = isinstance(y_pred, dict) and max(map(len, ways), default=0) < 2
    return named or shows_made_up_names() or (known is not None and len(known) == len(ways))


def shows_made_up_names() -> bool:
    """Whether names that were made up stand in logs, as they did before Keras 3."""
    return False


def _without_result(function):
    def call(*args):
        function(*args)
        return []

    return call


def symbols_like(data: Any, open_batch: bool = True) -> Any:
    """Symbolic tensors of the shapes and dtypes of arrays, with the batch size left open unless told otherwise."""

    def symbol(a):
        shape = (None, *a.shape[1:]) if open_batch else a.shape
        return KerasTensor(shape, _device_dtype(a.dtype.name))

    return tree.map_leaves(lambda a: None if a is None else symbol(a), data)


def _device_dtype(name: str) -> str:
    return {"int64": "int32", "uint64": "uint32"}.get(name, name)
