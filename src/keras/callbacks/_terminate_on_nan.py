"""Ends training when the loss is no number any more."""

import math

from keras.callbacks import _progress
from keras.callbacks._callback import Callback


class TerminateOnNaN(Callback):
    """Ends training after the first batch whose loss is NaN or infinite.

    Args:
        raise_error: whether to raise an error instead.

    Raises:
        RuntimeError: with `raise_error`, when it happens.
    """

    def __init__(self, raise_error=False):
        self.raise_error = raise_error

    def on_batch_end(self, batch, logs=None):
        """Looks at the loss."""
        loss = (logs or {}).get("loss")
        if loss is None or math.isfinite(loss):
            return
        if self.raise_error:
            raise RuntimeError(f"NaN or Inf loss encountered at batch {batch}: the loss is {loss}.")
        _progress.message(f"Batch {batch}: Invalid loss, terminating training")
        self.model.stop_training = True
