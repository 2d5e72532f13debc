"""What callbacks share that watch one value of the logs."""

import warnings

import numpy as np

from keras._core import tree
from keras.callbacks._callback import Callback
from keras.callbacks._names import Record

# names of 2.x programs whose metrics say nothing about their direction
_HIGHER_IS_BETTER = ("acc", "accuracy", "auc", "precision", "recall")


class MonitorCallback(Callback):
    """Compares one value of the logs with the best so far.

    Args:
        monitor: the name of the value, such as 'val_loss'.
        mode: 'min' if lower is better, 'max' if higher is; 'auto' asks the metric of that name, a loss is to be low.
        baseline: the best so far, None if anything is better.
        min_delta: by how much a value has to be better.
    """

    def __init__(self, monitor="val_loss", mode="auto", baseline=None, min_delta=0):
        self.monitor = monitor
        self.mode = mode
        self.best = baseline
        self.min_delta = abs(min_delta)
        self.monitor_op = {"min": np.less, "max": np.greater}.get(mode)
        if self.monitor_op is None and mode != "auto":
            self.mode = "auto"  # as all releases of Keras go on
            warnings.warn(
                f"{type(self).__name__}: `mode` must be one of 'auto', 'min', 'max'. Got {mode!r}, so it is 'auto'.",
                stacklevel=3,
            )

    def get_monitor_value(self, logs, otherwise="so nothing is done"):
        """The watched value, or None and a warning if the logs have none: what happens `otherwise`."""
        value = Record(logs or {}).get(self.monitor)
        if value is None:
            warnings.warn(
                f"{type(self).__name__}: there is no {self.monitor!r} in the logs, {otherwise}. "
                f"There are: {', '.join(map(str, logs or ())) or 'none'}.",
                stacklevel=3,
            )
        return value

    def is_better(self, value, than) -> bool:
        """Whether `value` beats `than` by `min_delta`; nothing is beaten by anything but NaN."""
        if self.monitor_op is None:
            self.monitor_op = self._found_direction()
        if than is None:
            return not np.isnan(value)
        margin = self.min_delta if self.monitor_op is np.less else -self.min_delta
        return bool(self.monitor_op(value + margin, than))

    def _found_direction(self):
        name = self.monitor.removeprefix("val_")
        if name == "loss" or name.endswith("_loss"):
            return np.less
        for metric in _metrics_of(self.model):
            direction = getattr(metric, "_direction", None)
            # the names of one output's metrics begin with that output's name
            if direction is not None and (name == metric.name or name.endswith(f"_{metric.name}")):
                return np.greater if direction == "up" else np.less
        if name.endswith(_HIGHER_IS_BETTER):
            return np.greater
        raise ValueError(
            f"{type(self).__name__}: it is not known whether {self.monitor!r} should become high or low.\n"
            f"  Pass mode='max' or mode='min'."
        )


def _metrics_of(model) -> list:
    """All metrics of a model, also those that others hold."""
    found = []
    for metric in tree.leaves(getattr(model, "metrics", None) or []):
        found.append(metric)
        found += [m for m in getattr(metric, "metrics", None) or () if m is not metric]
    return [m for m in found if getattr(m, "name", None)]
