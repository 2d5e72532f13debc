"""All callbacks of one run as one."""

from keras._core import tree
from keras.callbacks import _progress
from keras.callbacks._backup_and_restore import BackupAndRestore
from keras.callbacks._callback import HOOKS, Callback, overrides
from keras.callbacks._history import History
from keras.callbacks._progbar_logger import ProgbarLogger

_BATCH_HOOKS = {
    "train": ("on_train_batch_begin", "on_train_batch_end", "on_batch_begin", "on_batch_end"),
    "test": ("on_test_batch_begin", "on_test_batch_end"),
    "predict": ("on_predict_batch_begin", "on_predict_batch_end"),
}
# a callback is asked at these if it overrides any of the names
_ASKED = {
    "on_train_batch_begin": ("on_train_batch_begin", "on_batch_begin"),
    "on_train_batch_end": ("on_train_batch_end", "on_batch_end"),
    "on_batch_begin": ("on_train_batch_begin", "on_batch_begin"),
    "on_batch_end": ("on_train_batch_end", "on_batch_end"),
    "on_test_batch_begin": ("on_test_batch_begin",),
    "on_test_batch_end": ("on_test_batch_end",),
    "on_predict_batch_begin": ("on_predict_batch_begin",),
    "on_predict_batch_end": ("on_predict_batch_end",),
}


class CallbackList(Callback):
    """Passes every hook on to several callbacks, in their order.

    Args:
        callbacks: callbacks, also nested in lists; or one callback.
        add_history: whether to add a `History` where there is none.
        add_progbar: whether to add a `ProgbarLogger` where there is none.
        model: the model of the run.
        params: what is known of the run: `verbose`, `epochs`, `steps`.

    An exception in a hook passes through as it is.

    >>> callbacks = CallbackList([Callback()], add_history=True)
    >>> [type(c).__name__ for c in callbacks.callbacks]
    ['Callback', 'History']
    """

    def __init__(self, callbacks=None, add_history=False, add_progbar=False, model=None, **params):
        self.callbacks = [_checked(c) for c in tree.leaves(callbacks)] if callbacks is not None else []
        self.progbar = self._first(ProgbarLogger)
        self.history = self._first(History)
        # after the user's, so that they show and keep what those add to the logs
        if add_progbar and self.progbar is None:
            self.progbar = ProgbarLogger()
            self.callbacks.append(self.progbar)
        if add_history and self.history is None:
            self.history = History()
            self.callbacks.append(self.history)
        self.place = None  # where `fit` is in its data, for backups
        self._put_backups_last()
        self._asked = None
        if model is not None:
            self.set_model(model)
        if params:
            self.set_params(params)

    def append(self, callback):
        """Adds a callback at the end, where it learns what the others know already."""
        self.callbacks.append(_checked(callback))
        if self.params is not None:
            callback.set_params(self.params)
        if self.model is not None:
            callback.set_model(self.model)
        self._put_backups_last()
        self._asked = None

    @property
    def backups(self) -> list:
        """The callbacks that write down where a run is."""
        return [c for c in self.callbacks if isinstance(c, BackupAndRestore)]

    @property
    def pause(self):
        """What to call with steps done between two programs, None if nobody asks."""
        return next((c.on_pause for c in self.backups if hasattr(c, "on_pause")), None)

    def _put_backups_last(self) -> None:
        # a backup holds what the other callbacks have made of an epoch
        self.callbacks.sort(key=lambda callback: isinstance(callback, BackupAndRestore))
        for callback in self.backups:
            callback.run = self

    def set_params(self, params):
        """Hands what is known of the run to all."""
        self.params = params
        for callback in self.callbacks:
            callback.set_params(params)

    def set_model(self, model):
        """Hands the model to all; its `history` is the run's from now on."""
        self.model = model
        if self.history is not None:
            model.history = self.history
        for callback in self.callbacks:
            callback.set_model(model)

    @property
    def needs_train_batches(self) -> bool:
        """Whether a callback has to be called at every batch of `fit`."""
        return self._needs_batches("train")

    @property
    def needs_test_batches(self) -> bool:
        """Whether a callback has to be called at every batch of `evaluate`."""
        return self._needs_batches("test")

    @property
    def needs_predict_batches(self) -> bool:
        """Whether a callback has to be called at every batch of `predict`."""
        return self._needs_batches("predict")

    @property
    def draws_progress(self) -> bool:
        """Whether anything is shown at `on_progress`, so that its `logs` are worth fetching.

        A bar in a file is written at the end of an epoch only, and from the logs of its end.
        """
        return self.progbar is not None and self.progbar.draws_progress

    def on_progress(self, step, total=None, logs=None):
        """Shows that `step` of `total` steps of the epoch, the evaluation or the prediction are done.

        To be called now and then, by runs which do not call the hooks of batches, and at the end where nobody knew the
        number of steps. `logs` are the averages so far.
        """
        if self.progbar is not None:
            self.progbar.on_progress(step, total, logs)

    def end_progress(self):
        """Goes to a new line if a bar is half drawn: for runs that an exception ends."""
        _progress.leave_open_line()

    def on_batch_begin(self, batch, logs=None):
        """Passes it on."""
        for callback in self._asked_at("on_batch_begin"):
            callback.on_batch_begin(batch, logs or {})

    def on_batch_end(self, batch, logs=None):
        """Passes it on."""
        for callback in self._asked_at("on_batch_end"):
            callback.on_batch_end(batch, logs or {})

    def on_epoch_begin(self, epoch, logs=None):
        """Passes it on."""
        logs = logs or {}
        for callback in self.callbacks:
            callback.on_epoch_begin(epoch, logs)

    def on_epoch_end(self, epoch, logs=None):
        """Passes it on; the same `logs` go to all."""
        logs = logs or {}
        if any(overrides(c, "on_epoch_end") and not _is_ours(c) for c in self.callbacks):
            _progress.erase_open_line()  # theirs may print
        for callback in self.callbacks:
            callback.on_epoch_end(epoch, logs)

    def on_train_batch_begin(self, batch, logs=None):
        """Passes it on."""
        for callback in self._asked_at("on_train_batch_begin"):
            callback.on_train_batch_begin(batch, logs or {})

    def on_train_batch_end(self, batch, logs=None):
        """Passes it on."""
        for callback in self._asked_at("on_train_batch_end"):
            callback.on_train_batch_end(batch, logs or {})

    def on_test_batch_begin(self, batch, logs=None):
        """Passes it on."""
        for callback in self._asked_at("on_test_batch_begin"):
            callback.on_test_batch_begin(batch, logs or {})

    def on_test_batch_end(self, batch, logs=None):
        """Passes it on."""
        for callback in self._asked_at("on_test_batch_end"):
            callback.on_test_batch_end(batch, logs or {})

    def on_predict_batch_begin(self, batch, logs=None):
        """Passes it on."""
        for callback in self._asked_at("on_predict_batch_begin"):
            callback.on_predict_batch_begin(batch, logs or {})

    def on_predict_batch_end(self, batch, logs=None):
        """Passes it on."""
        for callback in self._asked_at("on_predict_batch_end"):
            callback.on_predict_batch_end(batch, logs or {})

    def on_train_begin(self, logs=None):
        """Passes it on."""
        self._tell("on_train_begin", logs)

    def on_train_end(self, logs=None):
        """Passes it on."""
        self._tell("on_train_end", logs)

    def on_test_begin(self, logs=None):
        """Passes it on."""
        self._tell("on_test_begin", logs)

    def on_test_end(self, logs=None):
        """Passes it on."""
        self._tell("on_test_end", logs)

    def on_predict_begin(self, logs=None):
        """Passes it on."""
        self._tell("on_predict_begin", logs)

    def on_predict_end(self, logs=None):
        """Passes it on."""
        self._tell("on_predict_end", logs)

    def _tell(self, hook, logs) -> None:
        logs = logs or {}
        self._asked = None  # a hook may set another hook
        for callback in self.callbacks:
            getattr(callback, hook)(logs)
        self._asked = None

    def _asked_at(self, hook) -> list:
        """The callbacks that do something at a batch's hook."""
        if self._asked is None:
            self._asked = {
                hook: [c for c in self.callbacks if any(overrides(c, name) for name in names)]
                for hook, names in _ASKED.items()
            }
        return self._asked[hook]

    def _needs_batches(self, phase) -> bool:
        return any(_acts_at(c, hook) for c in self.callbacks for hook in _BATCH_HOOKS[phase])

    def _first(self, kind):
        return next((c for c in self.callbacks if isinstance(c, kind)), None)


def _acts_at(callback, hook) -> bool:
    if getattr(type(callback), hook, None) is getattr(ProgbarLogger, hook) and isinstance(callback, ProgbarLogger):
        return hook in vars(callback)  # it is told by `on_progress`
    return overrides(callback, hook)


def _is_ours(callback) -> bool:
    return type(callback).__module__.startswith("keras.callbacks.")


def _checked(callback):
    if isinstance(callback, Callback):
        return callback
    if isinstance(callback, type):
        raise ValueError(
            f"`callbacks` must be callback objects. Got the class {callback.__name__}.\n"
            f"  Write: callbacks=[{callback.__name__}(...)]"
        )
    missing = [name for name in ("set_model", "set_params", *HOOKS) if not hasattr(callback, name)]
    if missing:
        raise ValueError(
            f"`callbacks` must be objects of a class derived from keras.callbacks.Callback. Got {callback!r}, "
            f"which has no method `{missing[0]}`."
        )
    return callback
