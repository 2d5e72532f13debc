"""Training of many models at once, for searches."""

from typing import Any

from keras import config
from keras._core import random_state
from keras._data import ArraySource
from keras._training.together import Run, Together
from keras.callbacks import History

# arguments of `fit` that training together knows; `verbose` shows nothing
KNOWN = frozenset({"batch_size", "epochs", "shuffle", "verbose", "sample_weight"})


class Fit:
    """A call of `Model.fit` that can wait: what it draws is drawn now, the training comes later.

    Args:
        model: a compiled model.
        x, y: arrays.
        settings: further arguments of `Model.fit`.

    Attributes:
        history: what `fit` returns, once it is trained.
    """

    def __init__(self, model: Any, x: Any, y: Any, settings: dict):
        self.model, self.x, self.y, self.settings = model, x, y, settings
        self.history: Any = None
        self._run: Run | None = None
        self._before: Any = None

    def draw(self) -> bool:
        """Draws the orders of the rows; False if this fit cannot wait and has to be trained now."""
        model, settings = self.model, self.settings
        if not settings.keys() <= KNOWN or getattr(model.optimizer, "use_ema", False):
            return False
        weights = settings.get("sample_weight")
        source = model._source(
            self.x, self.y, weights, settings.get("batch_size"), None, settings.get("shuffle", True), None, "fit"
        )
        if not isinstance(source, ArraySource):
            return False
        epochs, most = settings.get("epochs", 1), config.max_epochs()
        self._before = random_state.take()
        run = Run(model, source, epochs if most is None else min(epochs, most))
        if run.key is None:
            return False
        if weights is None:
            model._compiled_loss.check_labels(source.data[1], "fit")
        self._run = run
        return True

    def train(self) -> None:
        """Trains the model alone; with what was drawn, if it was."""
        if self._run is None:
            self.history = self.model.fit(self.x, self.y, **self.settings)
            return
        now = random_state.take()
        random_state.put(self._before)
        self.history = self.model.fit(self.x, self.y, **self.settings)
        random_state.put(now)

    def record(self) -> None:
        """Makes the history of a training that went on together with others."""
        self.history = History()
        self.history.set_model(self.model)
        self.history.on_train_begin()
        for epoch, logs in enumerate(self._run.logs if self._run else []):
            self.history.on_epoch_end(epoch, logs)
        self.model.history = self.history


class SideBySide:
    """Fits that were drawn, to be trained with those of the same structure in one program; see `Together`."""

    def __init__(self) -> None:
        self._fits: dict[Run, Fit] = {}
        self._together = Together()

    def __enter__(self) -> "SideBySide":
        return self

    def __exit__(self, *error: Any) -> None:
        self._together.__exit__(*error)

    def add(self, fit: Fit) -> None:
        """Takes a fit whose `draw` was true."""
        assert fit._run is not None
        self._fits[fit._run] = fit
        self._together.add(fit._run)

    def begin(self) -> int:
        """Trains those that have to be trained alone, and begins with the others; returns how many these are."""
        self._together.begin(alone=lambda run: self._fits[run].train())
        return sum(fit.history is None for fit in self._fits.values())

    def finish(self, fit: Fit) -> None:
        """Waits until a fit is done."""
        if fit.history is None:
            self._together.finish(fit._run)
            fit.record()
