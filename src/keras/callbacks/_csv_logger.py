"""The logs of every epoch as lines of a file."""

import csv
import os
import warnings

import numpy as np

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
        self.csv_file = None
        self.writer = None

    def on_train_begin(self, logs=None):
        """Opens the file."""
        self.keys = None
        self.writer = None
        self.append_header = True
        if self.append:
            self.keys = self._columns_there()
            self.append_header = self.keys is None
        self.csv_file = open(self.filename, "a" if self.append else "w", newline="", encoding="utf-8")

    def on_epoch_end(self, epoch, logs=None):
        """Writes a line."""
        logs = logs or {}
        if self.writer is None:
            self._start(logs)
        values = {name: _text(logs[name]) if name in logs else MISSING for name in self.keys}
        self.writer.writerow({"epoch": epoch, **values})
        self.csv_file.flush()

    def on_train_end(self, logs=None):
        """Closes the file."""
        if self.csv_file is not None:
            self.csv_file.close()
        self.csv_file = self.writer = None

    def _start(self, logs) -> None:
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
        self.writer = csv.DictWriter(self.csv_file, ["epoch", *self.keys], delimiter=self.sep)
        if self.append_header:
            self.writer.writeheader()

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
    """Arrays as [1.0, 2.0], which the reader of the file can take apart."""
    if isinstance(value, str) or np.ndim(value) == 0:
        return value
    return f"[{', '.join(map(str, np.asarray(value).tolist()))}]"
