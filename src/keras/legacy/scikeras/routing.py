"""Which parameter of an estimator goes where, by its name: `optimizer__learning_rate`, `callbacks__0__patience`."""

import inspect
from collections.abc import Mapping
from typing import Any

from keras import callbacks, losses, metrics, optimizers
from keras._core.names import nearest
from keras._core.signature import parameters
from keras.models import Model

COMPILING = ("optimizer", "loss", "metrics", "loss_weights", "weighted_metrics", "run_eagerly")
# without `class_weight`, which names labels and becomes part of the weights
FITTING = tuple(n for n in parameters(Model.fit)[0] if n not in ("x", "y", "sample_weight", "class_weight"))
PREDICTING = tuple(n for n in parameters(Model.predict)[0] if n != "x")
# beginnings of names of parameters, before `__`
OWNERS = ("model", "compile", "fit", "predict", "optimizer", "loss", "metrics", "weighted_metrics", "callbacks")

# what is made of classes and their settings, and where a name in its place is looked up
_MADE = {
    "optimizer": optimizers,
    "loss": losses,
    "metrics": metrics,
    "weighted_metrics": metrics,
    "callbacks": callbacks,
}


def below(given: Mapping[str, Any], owner: str) -> dict[str, Any]:
    """Those whose names begin with `owner__`, without that."""
    start = f"{owner}__"
    return {name[len(start) :]: value for name, value in given.items() if name.startswith(start)}


def arguments(given: Mapping[str, Any], method: str, names: tuple[str, ...]) -> dict[str, Any]:
    """Arguments of a method: those called by its `names`, or better `method__name`; classes are called.

    Args:
        given: all parameters of an estimator.
        method: 'compile', 'fit' or 'predict'.
        names: what the method takes.
    """
    plain = {name: value for name, value in given.items() if name.partition("__")[0] in names}
    settings = {**plain, **below(given, method)}
    found = {name: value for name, value in settings.items() if "__" not in name}
    for name in settings:
        owner, nested, _ = name.partition("__")
        if nested and found.get(owner) is None:
            raise ValueError(f"{name}: there is no {owner!r} that it could be for.")
    for name in found.keys() & _MADE.keys():
        found[name] = made(name, found[name], below(settings, name), _MADE[name])
    return found


def made(what: str, value: Any, settings: dict[str, Any], home: Any) -> Any:
    """An object of a class and its settings; for a list or dict one of every entry.

    Args:
        what: the parameter, for messages.
        value: a class; a list or dict of them; or what needs no settings.
        settings: arguments by name, of any depth: `learning_rate__decay_rate`; `0__name` or `key__name` for an entry,
            `name` for all of them.
        home: the module in which a name is looked up that has settings.

    Raises:
        TypeError: there are settings for an object that is made already.
        ValueError: there is no entry that a setting could be for.
    """
    if isinstance(value, (list, tuple, Mapping)):
        return _entries(what, value, settings, home)
    if settings and isinstance(value, str):
        value = _class_called(value, home) or value
    if not inspect.isclass(value):
        if settings:
            raise TypeError(
                f"{what}__{min(settings)}: {value!r} does not accept parameters, because it is not a class.\n"
                "  Pass the class, which is called with them."
            )
        return value
    own = {n: made(f"{what}__{n}", v, below(settings, n), home) for n, v in settings.items() if "__" not in n}
    left = [name for name in settings if name.partition("__")[0] not in own]
    if left:
        raise ValueError(f"{what}__{left[0]}: give {what}__{left[0].partition('__')[0]} too, a class.")
    taken, takes_all = parameters(value)
    unknown = [name for name in own if not takes_all and name not in taken]
    if unknown:
        raise ValueError(
            f"{what}__{unknown[0]}: {value.__name__} has no argument {unknown[0]!r}.{nearest(unknown[0], taken)}"
        )
    return value(**own)


def _entries(what: str, value: Any, settings: dict[str, Any], home: Any) -> Any:
    keyed = isinstance(value, Mapping)
    entries = {str(key): one for key, one in (value.items() if keyed else enumerate(value))}
    unknown = [name for name in settings if "__" in name and name.partition("__")[0] not in entries]
    if unknown:
        raise ValueError(f"{what}__{unknown[0]}: `{what}` has no such entry.{nearest(unknown[0], entries)}")
    shared = {name: v for name, v in settings.items() if "__" not in name}
    found = [
        made(f"{what}__{key}", one, {**(shared if _can_be_made(one) else {}), **below(settings, key)}, home)
        for key, one in entries.items()
    ]
    return dict(zip(value, found)) if keyed else found


def _can_be_made(value: Any) -> bool:
    return inspect.isclass(value) or isinstance(value, (list, tuple, Mapping))


def _class_called(name: str, home: Any) -> type | None:
    """The class of a name such as 'adam' or 'binary_crossentropy'."""
    found = home.get(name)
    if found is None or inspect.isclass(found):
        return found
    if not inspect.isfunction(found):
        return type(found)
    camel = "".join(part.title() for part in found.__name__.split("_"))
    return next((kind for n, kind in vars(home).items() if n == camel and inspect.isclass(kind)), None)
