"""The record of a run, which `fit` returns."""

import html

import numpy as np

from keras.callbacks._callback import Callback
from keras.callbacks._names import Record


class History(Callback):
    """Keeps the logs of every epoch; every `fit` makes one and returns it.

    Attributes:
        epoch: the numbers of the epochs, from 0.
        history: a list of values, one per epoch, for every name in the logs; `acc` and `accuracy` find the same.

    >>> history = History()
    >>> history.on_train_begin()
    >>> history.on_epoch_end(0, {"loss": 0.5})
    >>> history.on_epoch_end(1, {"loss": 0.25})
    >>> history.epoch, history.history
    ([0, 1], {'loss': [0.5, 0.25]})
    """

    _kept = ("epoch", "history", "_places")

    def __init__(self):
        self.epoch = []
        self.history = Record()
        self._places = {}  # name -> positions in `epoch` of its values, where not all epochs have one

    def on_train_begin(self, logs=None):
        """Starts a new record."""
        self.epoch = []
        self.history = Record()
        self._places = {}

    def on_epoch_end(self, epoch, logs=None):
        """Adds the values of one epoch."""
        self.epoch.append(epoch)
        for name, value in (logs or {}).items():
            dict.setdefault(self.history, name, []).append(value)
            self._places.setdefault(name, []).append(len(self.epoch) - 1)

    def load_resume_state(self, state):
        """Goes on with the record of an earlier process."""
        super().load_resume_state(state)
        self.history = Record(state["history"])

    def __getitem__(self, name):
        """The values of a name, as in `history`: estimators have it as `history_`, which SciKeras has as a dict."""
        return self.history[name]

    def __iter__(self):
        return iter(self.history)

    def keys(self):
        """The names in the logs."""
        return self.history.keys()

    def to_frame(self):
        """A pandas frame with a row per epoch and a column per value; NaN where an epoch has none.

        Raises:
            ImportError: pandas is not installed.
        """
        try:
            import pandas as pd
        except ImportError:
            raise ImportError("History.to_frame needs pandas. Install it: pip install pandas") from None
        return pd.DataFrame(self._columns(), index=pd.Index(self.epoch, name="epoch"))

    def plot(self, names=None, ax=None):
        """Draws values over the epochs with Matplotlib, those of the validation dashed, one picture per metric.

        Args:
            names: which values, without `val_`; all if None.
            ax: axes to draw all of them into, or one per name.

        Returns:
            The axes, a list of them for several names.

        Raises:
            ValueError: nothing of that name was recorded.
            ImportError: Matplotlib is not installed.
        """
        known = list(dict.fromkeys(name.removeprefix("val_") for name in self.history))
        names = known if names is None else [names] if isinstance(names, str) else list(names)
        unknown = [name for name in names if name not in known]
        if unknown or not names:
            raise ValueError(
                f"History.plot: there is no {', '.join(unknown) or 'value'}. There are: {', '.join(known)}."
            )
        if ax is None:
            try:
                import matplotlib.pyplot as plt
            except ImportError:
                raise ImportError("History.plot needs Matplotlib. Install it: pip install matplotlib") from None
            ax = plt.subplots(1, len(names), figsize=(4.5 * len(names), 3.5), squeeze=False, layout="constrained")[1][0]
        several = list(ax) if np.ndim(ax) else [ax] * len(names)
        columns = self._columns()
        for one, name in zip(several, names):
            for column, style in ((name, "-"), (f"val_{name}", "--")):
                if column in columns:
                    one.plot(np.add(self.epoch, 1), columns[column], style, label=column)
            one.set(xlabel="epoch", ylabel=name if np.ndim(ax) else "")
            one.legend()
        return several[0] if not np.ndim(ax) or len(several) == 1 else several

    def _columns(self) -> dict:
        """Every value with an entry per epoch, NaN where there was no validation."""
        found = {}
        for name, values in self.history.items():
            found[name] = [np.nan] * len(self.epoch)
            for place, value in zip(self._places.get(name, range(len(values))), values):
                found[name][place] = value
        return found

    def _repr_html_(self) -> str:
        """What a notebook shows: a table of the last epochs."""
        columns = self._columns()
        head = "".join(f"<th>{html.escape(name)}</th>" for name in ("epoch", *columns))
        rows = []
        for i in range(max(0, len(self.epoch) - 10), len(self.epoch)):
            cells = [str(self.epoch[i] + 1), *(_short(values[i]) for values in columns.values())]
            rows.append("<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in cells) + "</tr>")
        return f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"

    def __repr__(self) -> str:
        last = ", ".join(f"{name}={_short(values[-1])}" for name, values in self.history.items() if values)
        return f"<History: {len(self.epoch)} epochs{', ' if last else ''}{last}>"


def _short(value) -> str:
    return f"{float(value):.4g}" if np.ndim(value) == 0 else str(np.asarray(value).tolist())
