"""How metrics that are functions were counted before tf.keras: by batches."""

from __future__ import annotations

import functools
import importlib
from typing import Any

from keras import metrics
from keras.legacy import era


def teach() -> None:
    """Lets `compile` count as the era did."""
    module = importlib.import_module("keras._training.compiled_metrics")
    today = module.metric_from

    @functools.wraps(today)
    def metric_from(identifier: Any, y_true: Any, y_pred: Any) -> Any:
        found = today(identifier, y_true, y_pred)
        if era.before("2.3"):  # the loop made means of what batches gave, weighted by their sizes
            for part in getattr(found, "parts", [found]):
                if type(part) is metrics.MeanMetricWrapper:
                    part._weighs_by_rows = True
        return found

    module.metric_from = metric_from
