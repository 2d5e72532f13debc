"""The base class of everything that is told how a run goes on."""


class Callback:
    """Is told about the beginning and end of runs, epochs and batches; subclasses override what they care about.

    Every hook gets `logs`, a dict of plain floats by name: at the end of an epoch the averages over the epoch, those of
    the validation data with `val_` in front; at the end of a batch the averages so far. What a hook writes into the
    epoch's `logs` is seen by the callbacks after it and by the history.

    Overriding a hook of batches makes the run stop after every batch to call it. Without such a hook many steps run as
    one program.

    Attributes:
        params: what is known of the run: `verbose`, `epochs`, `steps`.
        model: the model that runs. Setting `model.stop_training = True` ends a `fit`; `stop_evaluating` and
            `stop_predicting` do so for `evaluate` and `predict`.

    >>> class Announce(Callback):
    ...     def on_epoch_end(self, epoch, logs=None):
    ...         print("epoch", epoch, "is over, the loss is", logs["loss"])
    >>> Announce().on_epoch_end(0, {"loss": 0.25})
    epoch 0 is over, the loss is 0.25
    """

    # on the class, so that a subclass need not call this class's constructor
    params = None
    model = None
    _kept = ()  # names of the attributes that make up the state

    def set_params(self, params):
        """Called before a run with what is known of it."""
        self.params = params

    def set_model(self, model):
        """Called before a run with its model."""
        self.model = model

    def resume_state(self):
        """What has to be known to go on with a run in another process, by name: numbers, text, arrays, lists, dicts.

        `fit(resume=...)` and `BackupAndRestore` keep it.
        """
        return {name: getattr(self, name) for name in self._kept}

    def load_resume_state(self, state):
        """Takes what `resume_state` returned, when a run goes on: after `on_train_begin`."""
        for name in self._kept:
            setattr(self, name, state[name])

    def on_batch_begin(self, batch, logs=None):
        """Another name for `on_train_batch_begin`."""

    def on_batch_end(self, batch, logs=None):
        """Another name for `on_train_batch_end`."""

    def on_epoch_begin(self, epoch, logs=None):
        """Called before every epoch; the first is number 0."""

    def on_epoch_end(self, epoch, logs=None):
        """Called after every epoch and its validation."""

    def on_train_batch_begin(self, batch, logs=None):
        """Called before every batch of `fit`; each epoch's first is number 0."""
        self.on_batch_begin(batch, logs)

    def on_train_batch_end(self, batch, logs=None):
        """Called after every batch of `fit`."""
        self.on_batch_end(batch, logs)

    def on_test_batch_begin(self, batch, logs=None):
        """Called before every batch of `evaluate`, and of the validation within `fit`."""

    def on_test_batch_end(self, batch, logs=None):
        """Called after every batch of `evaluate`, and of the validation within `fit`."""

    def on_predict_batch_begin(self, batch, logs=None):
        """Called before every batch of `predict`."""

    def on_predict_batch_end(self, batch, logs=None):
        """Called after every batch of `predict`."""

    def on_train_begin(self, logs=None):
        """Called once when `fit` begins."""

    def on_train_end(self, logs=None):
        """Called once when `fit` ends."""

    def on_test_begin(self, logs=None):
        """Called when `evaluate`, or the validation within `fit`, begins."""

    def on_test_end(self, logs=None):
        """Called when `evaluate`, or the validation within `fit`, ends."""

    def on_predict_begin(self, logs=None):
        """Called when `predict` begins."""

    def on_predict_end(self, logs=None):
        """Called when `predict` ends."""


HOOKS = tuple(name for name in vars(Callback) if name.startswith("on_"))


def overrides(callback, hook: str) -> bool:
    """Whether `callback` does something of its own at `hook`.

    A method that does so only in some objects has a function `acts_if`, which tells by the object.
    """
    if hook in getattr(callback, "__dict__", ()):
        return True
    method = getattr(type(callback), hook, None)
    if method is getattr(Callback, hook):
        return False
    acts_if = getattr(method, "acts_if", None)
    return acts_if is None or acts_if(callback)
