"""`train_on_batch(inputs, [])` and generators of `(inputs, [])`: models whose losses are all added had no targets."""

from __future__ import annotations

import contextvars
from collections.abc import Callable, Iterator
from typing import Any

from keras.legacy import era
from keras.legacy.wrapping import wrap


def teach(trainer: type, model: type) -> None:
    """Lets an empty list stand for no targets, as it did until 3."""
    wrap(trainer, "compile", _compile)
    wrap(trainer, "_source", _source)
    wrap(model, "compile_from_config", _compile_from_config)


_opening: contextvars.ContextVar[bool] = contextvars.ContextVar("keras_opening", default=False)


def _compile_from_config(function: Callable, self, config):
    # a file does not hold losses that were added to a model: without them it opens and predicts
    token = _opening.set(True)
    try:
        return function(self, config)
    finally:
        _opening.reset(token)


def _compile(function: Callable, self, *args, **kwargs):
    if len(args) > 1:
        args = (args[0], _some(args[1]), *args[2:])
    elif "loss" in kwargs:
        kwargs["loss"] = _some(kwargs["loss"])
    function(self, *args, **kwargs)
    if era.before("tf2.0") and not self.loss and not _opening.get() and not _may_have_losses(self):
        raise ValueError(
            f"{self.name}.compile: the model has no loss to minimise.\n"
            "  Pass `loss`, or call `add_loss` before `compile`."
        )


def _may_have_losses(model: Any) -> bool:
    """Whether a model has losses of its own, or may have: classes of the program can add some when they are called."""
    if getattr(model, "_graph", None) is None:
        return True
    return bool(model.losses) or not all(_is_ours(layer) for layer in model._flatten_layers())


def _is_ours(layer: Any) -> bool:
    adds = vars(layer).get("_functions_as_losses") or layer.activity_regularizer is not None
    return type(layer).__module__.startswith("keras.") and not adds


def _some(loss: Any) -> Any:
    """A loss; None for a list of Nones, one for each output."""
    return None if isinstance(loss, (list, tuple)) and all(one is None for one in loss) else loss


def _source(function: Callable, self, x, y, *args, **kwargs):
    if hasattr(x, "__next__") and self.loss is None:
        x = _without_targets(x)
    if isinstance(y, list) and not y:
        y = None
    return function(self, x, _of_losses(self, y), *args, **kwargs)


def _of_losses(model: Any, y: Any) -> Any:
    """Targets by name where they come for the outputs alone that have losses."""
    losses = getattr(model, "loss", None)
    if y is None or isinstance(y, dict) or not isinstance(losses, (dict, list, tuple)):
        return y
    names = getattr(model, "output_names", None)
    if not names:
        return y
    by_name = losses if isinstance(losses, dict) else dict(zip(names, losses))
    wanted = [name for name in names if by_name.get(name) is not None]
    targets = list(y) if isinstance(y, (list, tuple)) else [y]
    if len(wanted) == len(names) or len(targets) != len(wanted) or not all(hasattr(t, "shape") for t in targets):
        return y
    return dict(zip(wanted, targets))


def _without_targets(batches: Iterator) -> Iterator[Any]:
    for batch in batches:
        empty = isinstance(batch, tuple) and len(batch) > 1 and isinstance(batch[1], list) and not batch[1]
        yield (batch[0], None, *batch[2:]) if empty else batch
