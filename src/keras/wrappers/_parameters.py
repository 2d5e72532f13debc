"""Parameters of estimators whose names say where they go: `model__units`, `optimizer__learning_rate`, `epochs`."""

import inspect
from collections.abc import Mapping

import numpy as np
from sklearn.utils import check_random_state

from keras import optimizers
from keras._core import signature
from keras._core.names import nearest
from keras.models import Model

# what has parameters of its own, as in `optimizer__learning_rate`
_OWNERS = ("model", "fit", "predict", "optimizer", "callbacks")
# arguments of `compile` that replace those the model came with
_COMPILING = ("optimizer", "loss", "metrics", "weighted_metrics", "loss_weights")


def _arguments_of(function) -> tuple[str, ...]:
    return tuple(inspect.signature(function).parameters)[1:]


_FITTING = tuple(n for n in _arguments_of(Model.fit) if n not in ("x", "y"))
_PREDICTING = tuple(n for n in _arguments_of(Model.predict) if n != "x")
KNOWN = (*_COMPILING, *(n for n in _FITTING if n not in _COMPILING), "random_state")


def goes_somewhere(name: str) -> bool:
    """Whether a parameter of this name has a place to go."""
    owner, nested, rest = name.partition("__")
    if not nested:
        return name in KNOWN
    if not rest or owner not in _OWNERS:
        return False
    return rest in {"fit": _FITTING, "predict": _PREDICTING}.get(owner, (rest,))


class Parameters:
    """The parameters of an estimator, sorted by where they go.

    Args:
        given: names and values; `None` among the plain ones means not given.
    """

    def __init__(self, given: Mapping):
        self._given = given

    def of(self, owner: str) -> dict:
        """Those whose names begin with `owner__`, without that."""
        return {n.partition("__")[2]: v for n, v in self._given.items() if n.startswith(f"{owner}__")}

    def for_maker(self, maker, who: str) -> dict:
        """Arguments of the function that makes the model.

        Raises:
            ValueError: it has no such argument.
        """
        found = self.of("model")
        names, takes_all = signature.parameters(maker if inspect.isroutine(maker) else maker.__call__)
        for name in found if not takes_all else ():
            if name not in names:
                raise ValueError(
                    f"Invalid parameter 'model__{name}' for estimator {who}: what makes the model has no argument "
                    f"{name!r}.{nearest(name, names)}"
                )
        return found

    def for_fit(self) -> dict:
        """Arguments of `Model.fit`."""
        plain = {n: v for n, v in self._given.items() if n in _FITTING and v is not None}
        found = {**plain, **self.of("fit")}
        if found.get("callbacks") is not None or self.of("callbacks"):
            found["callbacks"] = _callbacks(found.get("callbacks"), self.of("callbacks"))
        return found

    def for_predict(self) -> dict:
        """Arguments of `Model.predict`: its own, else those of `fit` that hold for it."""
        shared = {n: v for n, v in self.for_fit().items() if n in ("batch_size", "verbose")}
        return {**shared, **self.of("predict")}

    def compiled(self, model: Model) -> Model:
        """The model, compiled anew if a parameter changes what it was compiled with."""
        changed = {n: self._given[n] for n in _COMPILING if self._given.get(n) is not None}
        settings = self.of("optimizer")
        if settings:
            changed["optimizer"] = _with_settings(changed.get("optimizer", model.optimizer), settings)
        if changed:
            model.compile(**{**(model._compile_arguments or {}), **changed})
        return model

    def seed(self) -> int | None:
        """What `random_state` stands for, as one number."""
        given = self._given.get("random_state")
        if given is None or isinstance(given, (int, np.integer)):
            return None if given is None else int(given)
        return int(check_random_state(given).randint(2**31 - 1))


def _with_settings(optimizer, settings: dict):
    """An optimizer like the one given, a name, a class or an object, with some of its arguments changed."""
    if isinstance(optimizer, type):
        return optimizer(**settings)
    base = optimizers.get(optimizer)
    names, _ = signature.parameters(type(base).__init__)
    unknown = [n for n in settings if n not in names and n not in base.get_config()]
    if unknown:
        raise ValueError(
            f"optimizer__{unknown[0]}: {type(base).__name__} has no argument {unknown[0]!r}."
            f"{nearest(unknown[0], names)} It has: {', '.join(names)}."
        )
    if isinstance(optimizer, str):
        return type(base)(**settings)
    return type(base).from_config({**base.get_config(), **settings})


def _callbacks(given, settings: dict):
    """Callbacks from objects and classes; classes are called with their settings.

    Args:
        given: a callback or a class of one, or a list or dict of them.
        settings: arguments by name, for one class; `0__name` or `key__name` for those in a list or dict.
    """
    if given is None:
        raise ValueError(f"callbacks__{min(settings)}: there is no `callbacks` that it could be for.")
    if isinstance(given, Mapping):
        entries = list(given.items())
    elif isinstance(given, (list, tuple)):
        entries = [(str(i), callback) for i, callback in enumerate(given)]
    else:
        entries = [("", given)]
    taken: set[str] = set()
    made = []
    for key, callback in entries:
        start = f"{key}__" if key else ""
        own = {n[len(start) :]: v for n, v in settings.items() if n.startswith(start)}
        shared = {} if not key else {n: v for n, v in settings.items() if "__" not in n}
        taken |= {start + n for n in own} | set(shared)
        if isinstance(callback, type):
            callback = callback(**{**shared, **own})
        elif own:
            raise ValueError(
                f"callbacks__{start}{min(own)}: {type(callback).__name__} is made already. Pass the class instead."
            )
        made.append(callback)
    left = set(settings) - taken
    if left:
        raise ValueError(f"callbacks__{min(left)}: `callbacks` has no such entry.")
    return made
