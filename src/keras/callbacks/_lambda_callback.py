"""A callback from functions."""

from keras._core.names import nearest
from keras.callbacks._callback import HOOKS, Callback


class LambdaCallback(Callback):
    """Calls functions at hooks.

    Args:
        on_epoch_begin, on_epoch_end: functions of `(epoch, logs)`.
        on_train_begin, on_train_end: functions of `(logs)`.
        on_train_batch_begin, on_train_batch_end: functions of `(batch, logs)`.
        kwargs: functions for the other hooks of `Callback`, by their names; what is called otherwise than 'on_...' is
            kept as an attribute, as in every release.

    Raises:
        ValueError: there is no such hook, or what came for it cannot be called.

    >>> callback = keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: print(epoch, logs["loss"]))
    """

    def __init__(
        self,
        on_epoch_begin=None,
        on_epoch_end=None,
        on_train_begin=None,
        on_train_end=None,
        on_train_batch_begin=None,
        on_train_batch_end=None,
        **kwargs,
    ):
        functions = {
            "on_epoch_begin": on_epoch_begin,
            "on_epoch_end": on_epoch_end,
            "on_train_begin": on_train_begin,
            "on_train_end": on_train_end,
            "on_train_batch_begin": on_train_batch_begin,
            "on_train_batch_end": on_train_batch_end,
            **kwargs,
        }
        for name, function in functions.items():
            if name not in HOOKS and name.startswith("on_"):
                raise ValueError(f"LambdaCallback: there is no hook {name!r}.{nearest(name, HOOKS)}")
            if function is None:
                continue
            if name in HOOKS and not callable(function):
                raise ValueError(f"LambdaCallback: `{name}` must be a function or None. Got {function!r}.")
            setattr(self, name, function)
