"""The progress bar of fit, evaluate and predict."""

from keras._core import processes
from keras.callbacks import _progress
from keras.callbacks._callback import Callback
from keras.callbacks._progress import Progbar


class ProgbarLogger(Callback):
    """Shows the epochs, a progress bar and the values in the logs; `fit`, `evaluate` and `predict` add one.

    `params["verbose"]` says how: 0 nothing, 1 or "auto" a bar, 2 one line per epoch. Of several processes that train
    together the first one shows it.
    """

    def __init__(self):
        self.verbose = 1
        self.epochs = 1
        self.target = None
        self.seen = 0
        self.progbar = None
        self._in_fit = False
        self._in_validation = False

    def set_params(self, params):
        """Takes `verbose`, `epochs` and `steps`."""
        self.params = params
        self.verbose = _progress.verbosity(params.get("verbose", 1)) if processes.is_first() else 0
        self.epochs = params.get("epochs", 1)
        self.target = params.get("steps")

    @property
    def draws_progress(self) -> bool:
        """Whether there is a line that is redrawn while a run goes on."""
        return self.verbose == 1 and _progress.redraws()

    def on_progress(self, step, total=None, logs=None):
        """Shows that `step` of `total` steps are done, None if nobody knows how many there are; `logs` as they are."""
        if not self.verbose or self._in_validation:
            return
        self.seen = step
        if self.progbar is None:
            self._start()
        if total is not None:
            self.target = self.progbar.target = total
        self.progbar.update(step, dict(sorted((logs or {}).items())), finalize=False)

    def on_train_begin(self, logs=None):
        """The validation within `fit` has no bar of its own."""
        self._in_fit = True

    def on_train_end(self, logs=None):
        """A later `evaluate` has its bar again."""
        self._in_fit = self._in_validation = False

    def on_epoch_begin(self, epoch, logs=None):
        """Shows the epoch's number, where there are several, and starts a bar."""
        if self.verbose and self._numbers_epochs():
            _progress.message(f"Epoch {epoch + 1}/{self.epochs}")
        self._start()

    def on_train_batch_end(self, batch, logs=None):
        """Counts a batch."""
        self.on_progress(batch + 1, self.target, logs)

    def on_epoch_end(self, epoch, logs=None):
        """Finishes the bar with the epoch's values."""
        self._finish(logs)

    def on_test_begin(self, logs=None):
        """Starts a bar, unless this is the validation within `fit`."""
        self._in_validation = self._in_fit
        if not self._in_fit:
            self._start()
        elif self.progbar is not None:
            self.progbar.hold()

    def on_test_batch_end(self, batch, logs=None):
        """Counts a batch."""
        self.on_progress(batch + 1, self.target, logs)

    def on_test_end(self, logs=None):
        """Finishes the bar."""
        self._in_validation = False
        if not self._in_fit:
            self._finish(logs)

    def on_predict_begin(self, logs=None):
        """Starts a bar."""
        self._start()

    def on_predict_batch_end(self, batch, logs=None):
        """Counts a batch."""
        self.on_progress(batch + 1, self.target, None)

    def on_predict_end(self, logs=None):
        """Finishes the bar."""
        self._finish(logs)

    def _numbers_epochs(self) -> bool:
        return self.epochs > 1

    def _start(self) -> None:
        self.seen = 0
        self.progbar = None
        if self.verbose:
            self.progbar = Progbar(
                self.target,
                verbose=self.verbose,
                interval=_progress.least_interval(),
                stateless_metrics=(),  # the logs are averages already
            )

    def _finish(self, logs) -> None:
        if self.progbar is None:
            return
        if self.progbar.target is None and self.seen:
            self.target = self.progbar.target = self.seen
        self.progbar.forget_values()
        # all steps, as the last word on a run's progress may be older than its end
        self.progbar.update(self.progbar.target or 0, logs, finalize=True)
        self.progbar = None
