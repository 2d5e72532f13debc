"""The loss of a batch, from the model's `compute_loss`."""

from __future__ import annotations

from typing import Any

from keras._core.signature import parameters


def loss_of_batch(model: Any, x: Any, y: Any, y_pred: Any, sample_weight: Any, training: bool) -> Any:
    """What `compute_loss` returns, which classes may define without `training`, as 2.x and the first of 3 did."""
    method = model.compute_loss
    names, open_ended = parameters(getattr(method, "__func__", method))
    further = {"training": training} if open_ended or "training" in names else {}
    return method(x=x, y=y, y_pred=y_pred, sample_weight=sample_weight, **further)
