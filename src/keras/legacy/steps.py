"""What a `train_step` of 2.x finds at its model: the losses and metrics of `compile`, as objects to be called."""

from __future__ import annotations

from typing import Any

from keras._training.own_functions import brings_own_function
from keras.legacy import era
from keras.legacy.arguments import home_of
from keras.legacy.wrapping import wrap


class CompiledLosses:
    """`model.compiled_loss`: called, it gives the total loss and counts it.

    Args:
        model: whose losses they are.
    """

    def __init__(self, model: Any):
        self._model = model

    def __call__(self, y_true, y_pred, sample_weight=None, regularization_losses=None):
        """The losses of `compile`, weighed and summed, and what layers add.

        Raises:
            ValueError: there is no loss at all.
        """
        of_compile = self._model._compiled_loss
        found = [] if of_compile is None else [of_compile(y_true, y_pred, sample_weight)]
        found += list(regularization_losses or ())
        if not found:
            raise ValueError("compiled_loss: compile(loss=...) was not given a loss, and no layer adds one.")
        total = sum(found[1:], found[0])
        self._model.count_loss(total, y_pred)
        return total

    @property
    def metrics(self) -> list[Any]:
        """The mean of the total loss, then those of the single losses."""
        of_compile = self._model._compiled_loss
        tracker = self._model._loss_tracker
        return [tracker, *([] if of_compile is None else of_compile.metrics)] if tracker is not None else []


class CompiledMeasures:
    """`model.compiled_metrics`: counts batches.

    Args:
        model: whose metrics they are.
    """

    def __init__(self, model: Any):
        self._model = model

    def update_state(self, y_true, y_pred, sample_weight=None) -> None:
        """Counts one batch."""
        if self._model._compiled_metrics is not None:
            self._model._compiled_metrics.update_state(y_true, y_pred, sample_weight)

    def reset_state(self) -> None:
        """Starts all of them anew."""
        for metric in self.metrics:
            metric.reset_state()

    @property
    def metrics(self) -> list[Any]:
        """The metrics."""
        return [] if self._model._compiled_metrics is None else self._model._compiled_metrics.metrics


def _compute_loss(function, self, x=None, y=None, y_pred=None, sample_weight=None, *args, **kwargs):
    """`compute_loss`, which counted the loss in tf.keras. Today's own steps, which say `training`, do so themselves."""
    loss = function(self, x, y, y_pred, sample_weight, *args, **kwargs)
    by_user = not (args or kwargs) and any(
        self.has_own_step(f"{phase}_step") or brings_own_function(self, phase) for phase in ("train", "test")
    )
    if by_user and era.before("3"):
        self.count_loss(loss, y_pred)
    return loss


def teach(trainer: type) -> None:
    """Gives models what their steps found there in 2.x."""
    wrap(home_of(trainer, "compute_loss"), "compute_loss", _compute_loss)  # there it is not a subclass's own
    trainer.compiled_loss = property(
        lambda self: CompiledLosses(self) if self.compiled else None, doc=CompiledLosses.__doc__
    )
    trainer.compiled_metrics = property(
        lambda self: CompiledMeasures(self) if self.compiled else None, doc=CompiledMeasures.__doc__
    )
