"""`tf.summary` of TensorFlow 2, under `python -m keras`: numbers, pictures and texts for TensorBoard."""

from __future__ import annotations

import contextlib
import importlib
import os
from collections.abc import Iterator
from typing import Any

import numpy as np

from keras.legacy.foreign_texts import as_texts

_open: list[Writer] = []
_step: list[Any] = [None]


def _events() -> Any:
    return importlib.import_module("keras.callbacks._event_file")


class Writer:
    """`tf.summary.create_file_writer`: an event file in a folder."""

    def __init__(self, logdir, max_queue=None, flush_millis=None, filename_suffix=None, name=None):
        self._file = _events().EventFile(os.fspath(logdir))

    @contextlib.contextmanager
    def as_default(self, step=None) -> Iterator[Writer]:
        """A block in which `tf.summary.scalar` and its like write to the file."""
        before = _step[0]
        _open.append(self)
        _step[0] = before if step is None else step
        try:
            yield self
        finally:
            _open.remove(self)
            _step[0] = before
            self.flush()

    def set_as_default(self, step=None) -> None:
        """From now on they write to the file."""
        _open.append(self)
        _step[0] = _step[0] if step is None else step

    def flush(self) -> None:
        """Writes what waits."""
        self._file.flush()

    close = flush


def set_step(step) -> None:
    """`tf.summary.experimental.set_step`: which step it is, where a call does not say so."""
    _step[0] = step


def _write(step: Any, *values: bytes) -> bool:
    step = _step[0] if step is None else step
    if not _open:
        return False
    if step is None:
        raise ValueError("tf.summary: give `step`, or call tf.summary.experimental.set_step() before.")
    _open[-1]._file.add_summary(int(step), *values)
    return True


def scalar(name, data, step=None, description=None):
    """`tf.summary.scalar`; whether a file is open that it was written to."""
    return _write(step, _events().scalar(name, float(np.asarray(data))))


def histogram(name, data, step=None, buckets=None, description=None):
    """`tf.summary.histogram`."""
    return _write(step, _events().histogram(name, np.asarray(data), buckets or 30))


def image(name, data, step=None, max_outputs=3, description=None):
    """`tf.summary.image`: the first few pictures of a batch, of bytes or of floats from 0 to 1."""
    pictures = np.asarray(data)[:max_outputs]
    if pictures.dtype.kind == "f":
        pictures = np.clip(pictures * 255, 0, 255)
    names = [name] if len(pictures) == 1 else [f"{name}/{i}" for i in range(len(pictures))]
    return _write(step, *(_events().image(n, p.astype("uint8")) for n, p in zip(names, pictures)))


def text(name, data, step=None, description=None):
    """`tf.summary.text`."""
    events = _events()
    shown = "\n".join(str(one) for one in as_texts(data).flat)
    plugin = events.data(9, events.data(1, events.data(1, "text")))
    tensor = events.data(8, events.whole(1, 7) + events.data(2, b"") + events.data(8, shown))
    return _write(step, events.data(1, events.data(1, name) + plugin + tensor))
