"""Which year's defaults hold: the setting, and what a single call says by the way it is spelled."""

from __future__ import annotations

import contextlib
import contextvars
import importlib
import os
import re
import sys
import warnings
from collections.abc import Callable

from keras._core import release

# releases at which something that programs can see changed, in order; tf.keras parted from the releases of its own name
RELEASES = ("0.3", "1.0", "1.2", "2.0", "2.2", "2.3", "tf2.0", "tf2.11", "3")
TODAY = release.TODAY

# what else an era may be called
_NAMES = {
    "0": "0.3", "1": "1.2", "1.1": "1.0", "2": "2.3", "2.1": "2.0", "tf2": "tf2.11", "tf": "tf2.11",
    "tf.keras": "tf2.11", "3.0": "3",
}  # fmt: skip

_spoken: contextvars.ContextVar[str | None] = contextvars.ContextVar("keras_era", default=None)


class _Setting:
    release: str | None = None  # until somebody asks: then the program's text says it


_setting = _Setting()
_on_change: list[Callable[[str], None]] = []


def release_of(name: str) -> str:
    """The release whose defaults an era's name means: '1' is '1.2', '0.x' is '0.3', 'tf2.15.0' is 'tf2.11'.

    Raises:
        ValueError: there is no era of that name.
    """
    text = str(name).strip().lower().removesuffix(".x")
    text = _NAMES.get(text, text)
    if text in RELEASES:
        return text
    found = re.fullmatch(r"(tf)?(\d+)\.(\d+)(\..*)?", text)
    if found:
        # Keras 2.4 and later are the tf.keras of that number
        number = (int(found[2]), int(found[3]))
        kind = "tf" if found[1] or (2, 4) <= number < (3, 0) else ""
        like = [r for r in RELEASES if re.fullmatch(rf"{kind}{number[0]}(\..*)?", r)]
        if like:
            return ([r for r in like if int(r.partition(".")[2] or 0) <= number[1]] or like)[-1]
    raise ValueError(f"set_era: `era` must be one of '0', '1', '2', 'tf2', '3', or a release of them. Got {name!r}.")


def current() -> str:
    """The release whose defaults hold here and now."""
    return _spoken.get() or _setting.release or _set_from_program()


def before(release: str) -> bool:
    """Whether the defaults are those of a time before `release`."""
    return RELEASES.index(current()) < RELEASES.index(release)


def of_tf_keras() -> bool:
    """Whether the defaults are those of tf.keras 2."""
    return before("3") and not before("tf2.0")


def may_be_of_tensorflow() -> bool:
    """Whether a program may have been written for tf.keras: by its year, or as it has imported TensorFlow."""
    return before("3") or "tensorflow" in sys.modules


def is_today() -> bool:
    """Whether nothing older is asked for."""
    return current() == TODAY


def era() -> str:
    """The era whose defaults hold: '0', '1', '2', 'tf2' or '3'; see `set_era`."""
    release = _setting.release or _set_from_program()
    return release if release == TODAY else release.partition(".")[0]


def set_era(era: str) -> None:
    """Sets the year whose defaults hold where nothing else is said.

    Without it the variable `KERAS_ERA` decides, and without that the names that the script uses, if Python was started
    with one. Every spelling of every year is accepted whatever the era is. The era decides what is left out: gate
    activations, learning rates, how many epochs `fit` runs, `acc` or `accuracy` in the history, names of layers.

    Args:
        era: '0', '1', '2', 'tf2' or '3', or a release such as '2.2'. Today's is '3'.
    """
    _setting.release = release_of(era)
    for function in _on_change:
        function(_setting.release)


def _set_from_program() -> str:
    found = release_of(importlib.import_module("keras.legacy.program").era_of_main())
    _setting.release = found
    return found


_VERSIONS = {
    "0.3": "0.3.3", "1.0": "1.0.8", "1.2": "1.2.2", "2.0": "2.0.9", "2.2": "2.2.4", "2.3": "2.3.1", "tf2.0": "2.10.0",
    "tf2.11": "2.15.0", TODAY: release.KERAS,
}  # fmt: skip


def version() -> str:
    """`keras.__version__`: the last release of the era."""
    return _VERSIONS[current()]


def on_change(function: Callable[[str], None]) -> None:
    """Calls `function` with the release now and at every change of the setting."""
    _on_change.append(function)
    function(_setting.release or _set_from_program())


@contextlib.contextmanager
def during(release: str | None):
    """While open, the defaults are those of `release`; None changes nothing."""
    token = _spoken.set(release or _spoken.get())
    try:
        yield
    finally:
        _spoken.reset(token)


def _read_environment() -> None:
    name = os.environ.get("KERAS_ERA")
    if name:
        try:
            _setting.release = release_of(name)
        except ValueError as error:
            warnings.warn(f"KERAS_ERA={name!r} is ignored: {error}", stacklevel=2)


_read_environment()
