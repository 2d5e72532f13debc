"""The logs of every epoch as lines of a file."""

import csv
import os
import warnings

import numpy as np

from keras._core import processes
from keras.callbacks._callback import Callback

MISSING = "NA"


class CSVLogger(Callback):
    """Writes a line per epoch: its number and the values of the logs in the order of their names.

    Every line is on disk when its epoch is over. The columns are those of the first epoch, with `val_` columns added
    in case a later epoch validates; what an epoch does not have is `NA`.

    Args:
        filename: where to.
        separator: between the columns.
        append: whether to add lines to a file that is there already, in its columns, instead of starting anew.

    Raises:
        OSError: when training begins, if the file cannot be written.

    >>> callback = keras.callbacks.CSVLogger("training.csv")
    """

    def __init__(self, filename, separator=",", append=False):
        self.filename = os.fspath(filename)
        self.sep = separator
        self.append = append
        self.keys = None
        self.append_header = True

    def on_train_begin(self, logs=None):
        """Makes the file, or looks what is in it."""
        self.keys = self._columns_there() if self.append else None
        self.append_header = self.keys is None
        with self._opened("a" if self.append else "w"):
            pass

    def on_epoch_end(self, epoch, logs=None):
        """Writes a line."""
        logs = logs or {}
        if self.keys is None:
            self.keys = sorted(logs)
            if not any(name.startswith("val_") for name in self.keys):
                self.keys += [f"val_{name}" for name in self.keys]
        left_out = [name for name in logs if name not in self.keys]
        if left_out:
            warnings.warn(
                f"CSVLogger: {self.filename} has no columns for {', '.join(left_out)}, so they are not written.",
                stacklevel=3,
            )
        values = {name: _text(logs[name]) if name in logs else MISSING for name in self.keys}
        with self._opened("a") as file:
            writer = csv.DictWriter(file, ["epoch", *self.keys], delimiter=self.sep)
            if self.append_header:
                writer.writeheader()
                self.append_header = False
            writer.writerow({"epoch": epoch, **values})

    def resume_state(self):
        """What is in the file, with its columns."""
        with self._opened("r") as file:
            return {"text": file.read(), "keys": self.keys, "append_header": self.append_header}

    def load_resume_state(self, state):
        """Makes the file what it was; lines of epochs that will run again go."""
        with self._opened("w") as file:
            file.write(state["text"])
        self.keys, self.append_header = state["keys"], state["append_header"]

    def _opened(self, mode):
        # of several processes that train together the first one writes
        name = self.filename if processes.is_first() else os.devnull
        return open(name, mode, newline="", encoding="utf-8")

    def _columns_there(self):
        """The columns of the file to be continued, None if it has none."""
        if not os.path.isfile(self.filename):
            return None
        with open(self.filename, newline="", encoding="utf-8") as file:
            header = next(csv.reader(file, delimiter=self.sep), None)
        if not header:
            return None
        if header[0] != "epoch":
            raise ValueError(f"CSVLogger: {self.filename} was not written by a CSVLogger with separator {self.sep!r}.")
        return header[1:]


def _text(value):
    """Arrays as "[1.0, 2.0]", with the quotes as every release wrote them."""
    if isinstance(value, str) or np.ndim(value) == 0:
        return value
    return f'"[{", ".join(map(str, np.asarray(value).tolist()))}]"'
