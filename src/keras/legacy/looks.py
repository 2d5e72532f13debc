"""How progress bars looked before Keras 3, and what metrics were called."""

from __future__ import annotations

import contextlib
import contextvars
import importlib
import itertools
from collections.abc import Callable
from typing import Any, NamedTuple

from keras._core import tree
from keras.legacy import era

WIDTH = 30  # characters of a bar


class Run(NamedTuple):
    """What a bar says besides its own counts: rows in all and in a batch, and the order of the values.

    Callbacks were given the arrays of the validation data too.
    """

    rows: int | None
    batch: int
    names: tuple[str, ...]
    shows_values: bool = True
    tested: bool = False
    validation: list | None = None


_NOTHING = Run(None, 1, ())
_run: contextvars.ContextVar[Run] = contextvars.ContextVar("keras_run", default=_NOTHING)


@contextlib.contextmanager
def run(
    rows: int | None,
    batch: int | None,
    names: list[str],
    shows_values: bool,
    tested: bool = False,
    validation: list | None = None,
):
    """While open, bars count rows rather than steps, if `rows` is known."""
    token = _run.set(Run(rows, batch or 32, tuple(names), shows_values, tested, validation))
    try:
        yield
    finally:
        _run.reset(token)


def current() -> Run:
    """The run that is going on."""
    return _run.get()


def opening(train_rows: int | None, test_rows: int | None) -> str | None:
    """The line that `fit` began with before tf.keras when it was given arrays to train on and others to validate on."""
    if train_rows is None or test_rows is None:
        return None
    return f"Train on {train_rows} samples, validate on {test_rows} samples"


def bar_line(function: Callable, self, finished, now, ascii_only):
    """The line of a `Progbar`, as the era draws it."""
    if not era.before("3"):
        return function(self, finished, now, ascii_only)
    step, unit = self._step_time(), "step"
    seen, target = self._seen, self.target
    known = _run.get()
    if known.rows is not None and target is not None and era.before("tf2.0"):
        seen, target, step, unit = min(seen * known.batch, known.rows), known.rows, step / known.batch, "step"
    shown = self._shown if known.shows_values or not era.before("tf2.0") else {}
    values = "".join(f" - {name}: {_number(value)}" for name, value in _in_order(shown, known.names))
    seconds = f"{now - self._start:.0f}s"
    if self.verbose == 2:
        if era.before("2.0"):
            return f"{seconds}{values}"
        return f" - {seconds}{values}" if era.before("tf2.0") else f"{seen}/{target} - {seconds}{values}"
    if target is None:
        count = f"{seen}/Unknown"
    else:
        done = WIDTH * seen // max(target, 1)
        filled = "=" * (done - 1) + (">" if seen < target else "=") if done else ""
        count = f"{seen:>{len(str(target))}}/{target} [{filled}{'.' * (WIDTH - len(filled))}]"
    if not finished and target is not None:
        return f"{count} - ETA: {step * max(target - seen, 0):.0f}s{values}"
    pace = "" if era.before("2.0") else f" {_pace(step)}/{unit}"
    return f"{count} - {seconds}{pace}{values}"


def numbers_epochs(function: Callable, self):
    """Whether a bar says which epoch it is for: before tf.keras also where there is one alone."""
    return era.before("tf2.0") or function(self)


def _in_order(shown: dict, names: tuple[str, ...]) -> list[tuple[str, Any]]:
    """Values of training in the order of the metrics, then those of validation."""
    places = {name: i for i, name in enumerate(names)}

    def place(item):
        name = item[0].removeprefix("val_")
        return (item[0].startswith("val_"), places.get(name, -1 if name == "loss" else len(places)))

    return sorted(shown.items(), key=place)


def _number(value: Any) -> str:
    try:
        value = float(value)
    except (TypeError, ValueError):
        return str(value)
    return f"{value:.4f}" if abs(value) > 1e-3 else f"{value:.4e}"


def _pace(seconds: float) -> str:
    if seconds >= 1:
        return f"{seconds:.0f}s"
    return f"{seconds * 1e3:.0f}ms" if seconds >= 1e-3 else f"{seconds * 1e6:.0f}us"


def metric_names(model: Any) -> list[str]:
    """The names of what `evaluate` returns, before any data came."""
    outputs = getattr(model, "output_names", None) or [""]
    several = len(outputs) > 1
    found = ["loss", *(f"{o}_loss" for o in outputs)] if several else ["loss"]
    prefix = "weighted_" if era.before("2.3") else ""
    for i, output in enumerate(outputs):
        plain = _names_of_metrics(model, "metrics", i, outputs)
        weighted = _names_of_metrics(model, "weighted_metrics", i, outputs)
        for name in (*plain, *(prefix + name for name in weighted)):
            found.append(_numbered(f"{output}_{name}" if several else name, found))
    return found


def _names_of_metrics(model: Any, which: str, i: int, outputs: list[str]) -> list[str]:
    """What the metrics of output `i` are called, of those that `compile` was given."""
    given = model._compile_arguments[which]
    mine = given.get(outputs[i], []) if isinstance(given, dict) else given or []
    if len(outputs) > 1 and isinstance(mine, (list, tuple)) and not isinstance(given, dict):
        mine = (mine[i] or []) if len(mine) == len(outputs) else mine
    every = mine if isinstance(mine, (list, tuple)) else [mine]
    names_of_values = importlib.import_module("keras._training.named_values").names_of_values  # which needs metrics
    known = tree.leaves(getattr(model, "outputs", None) or [])
    found: list[str] = []
    for m in every:
        # a function of 1.x might return several values; targets were as large as outputs then
        several = names_of_values(m, known[i], known[i]) if callable(m) and len(known) == len(outputs) else []
        found += several or [m if isinstance(m, str) else getattr(m, "name", None) or getattr(m, "__name__", str(m))]
    return found


def _numbered(name: str, taken: list[str]) -> str:
    numbers = (f"{name}_{i}" if i else name for i in itertools.count())
    return next(one for one in numbers if one not in taken)
