"""Lets a model be looked at with the averages of its weights."""

from keras.callbacks._callback import Callback

NO_EMA = (
    "SwapEMAWeights: the optimizer keeps no averages of the weights.\n"
    "  Compile with one that does, such as keras.optimizers.Adam(use_ema=True)."
)


class SwapEMAWeights(Callback):
    """Puts the moving averages of the weights in the weights' place while the model is validated, or after epochs.

    Args:
        swap_on_epoch: True also swaps at the end of an epoch, so that checkpoints hold the averages, and back at the
            start of the next; False swaps only around `evaluate`, `predict` and the validation within `fit`.

    Raises:
        ValueError: the optimizer was made without `use_ema=True`.

    >>> callback = keras.callbacks.SwapEMAWeights(swap_on_epoch=True)
    """

    def __init__(self, swap_on_epoch=False):
        self.swap_on_epoch = swap_on_epoch
        self._weights = None  # those that are trained, while the model has the averages

    def on_train_begin(self, logs=None):
        """Looks whether there are averages at all."""
        self._pairs()
        self._weights = None

    def on_epoch_begin(self, epoch, logs=None):
        """The weights themselves are trained."""
        self._give_back()

    def on_epoch_end(self, epoch, logs=None):
        """From now on the model has the averages, if they are to be there between epochs."""
        if self.swap_on_epoch:
            self._put_averages()

    def on_test_begin(self, logs=None):
        """From now on the model has the averages."""
        self._put_averages()

    def on_test_end(self, logs=None):
        """The model has its weights again."""
        self._give_back()

    def on_predict_begin(self, logs=None):
        """From now on the model has the averages."""
        self._put_averages()

    def on_predict_end(self, logs=None):
        """The model has its weights again."""
        self._give_back()

    def resume_state(self):
        """The weights that are trained, while the model has the averages."""
        return {"weights": None if self._weights is None else [value for _, value in self._weights]}

    def load_resume_state(self, state):
        """Takes the weights that are trained."""
        weights = state["weights"]
        variables = [variable for variable, _ in self._pairs()]
        self._weights = None if weights is None else list(zip(variables, weights))

    def _put_averages(self) -> None:
        if self._weights is None:
            pairs = self._pairs()
            self._weights = [(variable, variable.numpy()) for variable, _ in pairs]
            for variable, average in pairs:
                variable.assign(average.numpy())

    def _give_back(self) -> None:
        for variable, value in self._weights or ():
            variable.assign(value)
        self._weights = None

    def _pairs(self) -> list:
        """Variables and their averages."""
        optimizer = self.model.optimizer
        optimizer = getattr(optimizer, "inner_optimizer", optimizer)
        # the parts of a MultiOptimizer: some may keep averages
        keeping = [one for one in getattr(optimizer, "optimizers", [optimizer]) if getattr(one, "use_ema", False)]
        if not keeping:
            raise ValueError(NO_EMA)
        pairs = [pair for one in keeping for pair in zip(one._trainable_variables, one._averages)]
        return [(variable, average) for variable, average in pairs if average is not None]
