"""How the loss of a model depends on the learning rate."""

import math

import numpy as np

from keras._core.checks import positive_integer
from keras.callbacks import Callback


def find_learning_rate(
    model, x, y=None, sample_weight=None, batch_size=None, lowest=1e-6, highest=1.0, steps=100, smoothing=0.9
):
    """Trains for a while with a rate that grows at every step, and suggests one (Smith, 2017).

    `rate_i = lowest * (highest / lowest) ** (i / (steps - 1))`. It ends early when the smoothed loss is four
    times its lowest, or the loss no number. Afterwards the model, its optimizer and its rate are as they were before.

    Args:
        model: a compiled model.
        x, y, sample_weight, batch_size: data as `fit` takes them; gone through as often as is needed.
        lowest, highest: the range of rates.
        steps: how many updates are made.
        smoothing: from 0 to below 1: the share of the average so far in the curve.

    Returns:
        A `LearningRateSearch`, with `suggestion`, `rates`, `losses` and `plot()`.

    Raises:
        ValueError: the model is not compiled, or a number is outside its range.
    """
    if not 0 < lowest < highest:
        raise ValueError(f"find_learning_rate: `lowest` must be above 0 and below `highest`. Got {lowest}, {highest}.")
    if not 0 <= smoothing < 1:
        raise ValueError(f"find_learning_rate: `smoothing` must be from 0 to below 1. Got {smoothing!r}.")
    if positive_integer("steps", steps, owner="find_learning_rate") < 3:
        raise ValueError(f"find_learning_rate: `steps` must be at least 3. Got {steps}.")
    if getattr(model, "optimizer", None) is None:
        raise ValueError(
            "find_learning_rate needs a compiled model. Call model.compile(optimizer=..., loss=...) first."
        )
    rates = np.geomspace(lowest, highest, steps)
    raising = _Raising(rates, smoothing)
    before = [(v, np.array(v)) for v in (*model.variables, *model.optimizer.variables)]
    rate, stopped, history = model.optimizer.learning_rate, model.stop_training, getattr(model, "history", None)
    known = {id(v) for v, _ in before}
    try:
        model.fit(
            x, y, sample_weight=sample_weight, batch_size=batch_size, epochs=steps, verbose=0, callbacks=[raising]
        )  # fmt: skip
    finally:
        model.optimizer.learning_rate = rate
        for v, value in before:
            v.assign(value)
        for v in model.optimizer.variables:  # slots that the run has made start at nothing
            if id(v) not in known:
                v.assign(np.zeros(v.shape))
        model.stop_training, model.history = stopped, history
    return LearningRateSearch(rates[: len(raising.losses)], raising.losses, smoothing)


class _Raising(Callback):
    """Sets the next rate before every batch, and notes the batch's loss after it."""

    def __init__(self, rates, smoothing):
        self.rates = rates
        self.smoothing = smoothing
        self.losses = []
        self._sum = 0.0

    def on_epoch_begin(self, epoch, logs=None):
        """The logs are averages over the epoch."""
        self._sum = 0.0

    def on_train_batch_begin(self, batch, logs=None):
        """Sets the rate."""
        self.model.optimizer.learning_rate = float(self.rates[len(self.losses)])

    def on_train_batch_end(self, batch, logs=None):
        """Gets the batch's own loss out of the average, and ends the run in time."""
        total = float(logs["loss"]) * (batch + 1)
        loss, self._sum = total - self._sum, total
        self.losses.append(loss)
        smooth = _smoothed(self.losses, self.smoothing)  # one batch may have four times the loss of another
        if len(self.losses) == len(self.rates) or not math.isfinite(loss) or smooth[-1] > 4 * max(min(smooth), 1e-12):
            self.model.stop_training = True


class LearningRateSearch:
    """What `find_learning_rate` found.

    Attributes:
        rates: the learning rates, rising.
        losses: the loss of the batch at each of them.
        smooth: the same, smoothed.
        suggestion: the rate at which the smoothed loss falls fastest.
    """

    def __init__(self, rates, losses, smoothing=0.9):
        self.rates = np.asarray(rates)
        self.losses = np.asarray(losses)
        self.smooth = _smoothed(self.losses, smoothing)
        self.suggestion = self._suggested(smoothing)

    def _suggested(self, smoothing) -> float:
        usable = np.flatnonzero(np.isfinite(self.smooth))
        if len(usable) < 3:
            raise ValueError(
                "find_learning_rate: the loss was no number from the start. Scale the inputs, or lower `lowest`."
            )
        smooth, x = self.smooth[usable], np.log(self.rates[usable])
        last = max(int(np.argmin(smooth)) + 1, 3)  # beyond the lowest point nothing falls
        # slopes of lines through a fifth of the points each: from one batch to the next there is more noise than slope
        half = max(1, len(smooth) // 10)
        parts = [slice(max(i - half, 0), min(i + half + 1, last)) for i in range(last)]
        slopes = [np.polyfit(x[part], smooth[part], 1)[0] if part.stop - part.start > 2 else 0.0 for part in parts]
        # the first averages are of few batches each, so they fall and rise with what is in those
        settled = min(int(math.log(0.5, smoothing)) if smoothing else 0, last - 1)
        return float(self.rates[usable][settled + int(np.argmin(slopes[settled:]))])

    def plot(self, ax=None):
        """Draws the loss over the rate, with Matplotlib; returns the axes."""
        if ax is None:
            import matplotlib.pyplot as plt

            ax = plt.subplots()[1]
        ax.plot(self.rates, self.losses, alpha=0.3)
        ax.plot(self.rates, self.smooth)
        ax.axvline(self.suggestion, linestyle="--", color="gray")
        ax.set(xscale="log", xlabel="learning rate", ylabel="loss", title=f"suggestion: {self.suggestion:.2g}")
        return ax

    def __repr__(self):
        return f"<LearningRateSearch: {len(self.rates)} rates, suggestion {self.suggestion:.3g}>"


def _smoothed(losses, share: float):
    """Averages in which older values count less; the first ones are not pulled towards zero."""
    found, average = [], 0.0
    for i, loss in enumerate(losses):
        average = share * average + (1 - share) * loss
        found.append(average / (1 - share ** (i + 1)))
    return np.array(found)
