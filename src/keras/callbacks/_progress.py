"""Progress bars: one line redrawn in a terminal or notebook, one line when it is done in a file."""

import logging
import math
import os
import shutil
import sys
import threading
import time
import unicodedata
import weakref

import numpy as np

from keras import config
from keras._core import processes
from keras._core.checks import one_of, positive_integer

TERMINAL, NOTEBOOK, FILE = "terminal", "notebook", "file"
LEAST_INTERVAL = {TERMINAL: 0.1, NOTEBOOK: 0.5, FILE: 0.5}  # seconds between two drawings in a run
DONE, LEFT = "━", "─"
DONE_ASCII, LEFT_ASCII = "=", "."
GREEN, PLAIN = "\x1b[32m", "\x1b[0m"

_log = logging.getLogger("keras")
_lock = threading.RLock()


class _OpenLine:
    """The bar whose line the cursor stands in, if any: what else wants to print has to make room first."""

    bar = staticmethod(lambda: None)  # a weak reference once there was a bar


_open_line = _OpenLine()


def kind_of(stream) -> str:
    """Where text for `stream` ends up: in a terminal, a notebook, or a file or pipe."""
    if type(stream).__module__.partition(".")[0] == "ipykernel":
        return NOTEBOOK
    try:
        by_hand = stream.isatty()
    except (AttributeError, ValueError):  # something with only `write`; a closed file
        by_hand = False
    # the console of PyCharm is a pipe which understands carriage returns
    return TERMINAL if by_hand or "PYCHARM_HOSTED" in os.environ else FILE


def redraws() -> bool:
    """Whether a line on standard output can be drawn again and again."""
    return config.is_interactive_logging_enabled() and sys.stdout is not None and kind_of(sys.stdout) != FILE


def least_interval() -> float:
    """Seconds between two drawings of a run's bar, as suits standard output."""
    return LEAST_INTERVAL[FILE if sys.stdout is None else kind_of(sys.stdout)]


def message(text: str) -> None:
    """Prints a line on standard output, or logs it; a bar that is being drawn makes room for it.

    Of several processes that train together the first one does.
    """
    if not processes.is_first():
        return
    with _lock:
        erase_open_line()
        if not config.is_interactive_logging_enabled():
            _log.info("%s", text)
        elif sys.stdout is not None:
            _write(sys.stdout, text + "\n")


def erase_open_line() -> None:
    """Takes the bar off the terminal, so that others can print; the next drawing brings it back."""
    with _lock:
        bar = _open_line.bar()
        if bar is not None:
            bar._erase()


def leave_open_line() -> None:
    """Lets a bar that will not be finished stand as it is, and goes to the next line."""
    with _lock:
        bar = _open_line.bar()
        if bar is not None:
            bar._leave()


class Progbar:
    """Shows how far a loop has come, how long a step takes and how much time is left.

    Args:
        target: the number of steps, or None if it is not known.
        width: the length of the bar in characters.
        verbose: 0 shows nothing, 1 a bar, 2 one line at the end.
        interval: least seconds between two drawings.
        stateful_metrics: names of values shown as they come; those not named are averaged over the steps.
        stateless_metrics: names of values averaged over the steps; those not named are shown as they come.
            At most one of the two can be given. Without either all values are averaged.
        unit_name: the word for a step.

    In a terminal or notebook the bar is redrawn in its line. Into a file or pipe goes one line, when the bar is done.

    >>> bar = Progbar(target=8, verbose=2)
    >>> for step in range(8):
    ...     bar.update(step + 1, [("loss", 0.5)])
    8/8 - ... - loss: 0.5000
    """

    def __init__(
        self,
        target,
        width=20,
        verbose=1,
        interval=0.05,
        stateful_metrics=None,
        stateless_metrics=None,
        unit_name="step",
    ):
        if stateful_metrics is not None and stateless_metrics is not None:
            raise ValueError("Progbar: give `stateful_metrics` or `stateless_metrics`, not both.")
        self.target = target
        self.width = positive_integer("width", width, owner="Progbar")
        self.verbose = verbose
        self.interval = interval
        self.stateful_metrics = set(stateful_metrics or ())
        self.stateless_metrics = None if stateless_metrics is None else set(stateless_metrics)
        self.unit_name = unit_name
        self._start = time.perf_counter()
        self._seen = 0
        self._first = None  # (steps, time) at the first update, which compiling makes slower than the others
        self._last_step = self._start
        self._held = None  # when the last step ended, once `hold` was called
        self._shown = {}  # name -> value to show
        self._sums = {}  # name -> (sum, count) of an averaged value
        self._drawn_at = -math.inf
        self._drawn = ""  # what stands in the open line
        self._stream = None  # where that line is

    def update(self, current, values=None, finalize=None):
        """Says that `current` steps are done.

        Args:
            current: steps done since the beginning.
            values: pairs (name, value), or a dict, to show.
            finalize: whether this is the last call; by default when `current` has reached the target.
        """
        now = time.perf_counter()
        self._take(current, values or (), now)
        if not self.verbose:
            return
        if finalize is None:
            finalize = self.target is not None and current >= self.target
        if not finalize and (self.verbose != 1 or now - self._drawn_at < self.interval):
            return
        with _lock:
            self._show(finalize, now)

    def add(self, n, values=None):
        """Says that `n` more steps are done."""
        self.update(self._seen + n, values)

    def hold(self) -> None:
        """Says that no more steps are made: time that passes from now on is not theirs."""
        self._held = time.perf_counter()

    def forget_values(self) -> None:
        """Forgets all values, so that only those of the next update are shown, in their order."""
        self._shown, self._sums = {}, {}

    def _take(self, current, values, now) -> None:
        steps = max(current - self._seen, 1)
        if current > self._seen:
            self._last_step = now if self._held is None else self._held
            if self._first is None:
                self._first = (current, now)
        for name, value in values.items() if isinstance(values, dict) else values:
            if self._averaged(name) and _is_number(value):
                total, count = self._sums.get(name, (0.0, 0))
                self._sums[name] = total, count = total + np.mean(value) * steps, count + steps
                value = total / count
            self._shown[name] = value
        self._seen = current

    def _averaged(self, name) -> bool:
        if self.stateless_metrics is not None:
            return name in self.stateless_metrics
        return name not in self.stateful_metrics

    def _show(self, finished, now) -> None:
        if not config.is_interactive_logging_enabled():
            if finished:
                _log.info("%s", self._line(finished, now, ascii_only=False))
            return
        stream = sys.stdout
        if stream is None:  # a program without a console
            return
        self._drawn_at = now
        kind = kind_of(stream)
        if kind == FILE or self.verbose == 2:
            if finished and self.verbose in (1, 2):
                if self.verbose == 2:
                    erase_open_line()
                _write(stream, self._line(finished, now, ascii_only=not _can_show(stream)) + "\n")
            return
        self._draw(stream, kind, finished, now)

    def _draw(self, stream, kind, finished, now) -> None:
        if _open_line.bar() is not self:
            erase_open_line()
        ascii_only = not _can_show(stream)
        line = self._line(finished, now, ascii_only)
        if not finished:
            columns = shutil.get_terminal_size().columns if kind == TERMINAL else 1000
            line = _cut(line, columns - 1)
        gap = " " * (_columns(self._drawn) - _columns(line))  # what the longer line before would leave standing
        text = _coloured(line) if kind == TERMINAL and not ascii_only and _has_colours() else line
        _write(stream, "\r" + text + gap + ("\n" if finished else ""))
        if finished:
            self._close()
        else:
            self._drawn, self._stream = line, stream
            _open_line.bar = weakref.ref(self)

    def _erase(self) -> None:
        _write(self._stream, "\r" + " " * _columns(self._drawn) + "\r")
        self._close()

    def _leave(self) -> None:
        _write(self._stream, "\n")
        self._close()

    def _close(self) -> None:
        self._drawn, self._stream, self._drawn_at = "", None, -math.inf
        if _open_line.bar() is self:
            _open_line.bar = _OpenLine.bar

    def _line(self, finished, now, ascii_only) -> str:
        step_time = self._step_time()
        pace = f"{_pace(step_time)}/{self.unit_name}"
        values = "".join(f" - {name}: {_value(value)}" for name, value in self._shown.items())
        if self.verbose == 2:
            return f"{self._count()} - {now - self._start:.0f}s - {pace}{values}"
        if finished or self.target is None:
            clock = f"{now - self._start:.0f}s"
        else:
            clock = _clock(step_time * max(self.target - self._seen, 0))
        bar = "" if self.target is None else self._bar(ascii_only) + " "
        return f"{self._count()} {bar}{clock} {pace}{values}"

    def _count(self) -> str:
        if self.target is None:
            return f"{self._seen}/Unknown"
        return f"{self._seen:>{len(str(self.target))}}/{self.target}"

    def _bar(self, ascii_only) -> str:
        done = min(self.width, self.width * self._seen // self.target) if self.target else self.width
        if ascii_only:
            return DONE_ASCII * done + LEFT_ASCII * (self.width - done)
        return DONE * done + LEFT * (self.width - done)

    def _step_time(self) -> float:
        """Seconds per step, without the time before the first update if there were others."""
        if not self._seen or self._first is None:
            return 0.0
        steps, at = self._first
        if self._seen > steps:
            return (self._last_step - at) / (self._seen - steps)
        return (self._last_step - self._start) / self._seen


def verbosity(value) -> int:
    """0, 1, 2, ... from what `verbose` may be; "auto" is 1."""
    if isinstance(value, (int, np.integer)):  # True and False as well
        return max(int(value), 0)
    return 1 if one_of("verbose", value, ("auto", 0, 1, 2)) == "auto" else int(value)


def _write(stream, text: str) -> None:
    if getattr(stream, "closed", False):
        return
    try:
        stream.write(text)
    except UnicodeEncodeError:  # a metric's name
        encoding = stream.encoding or "ascii"
        stream.write(text.encode(encoding, "replace").decode(encoding))
    if hasattr(stream, "flush"):
        stream.flush()


def _can_show(stream) -> bool:
    """Whether the bar's characters exist in the stream's encoding."""
    encoding = getattr(stream, "encoding", None)
    if encoding is None:  # takes any text, such as io.StringIO
        return True
    try:
        (DONE + LEFT).encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def _has_colours() -> bool:
    if "NO_COLOR" in os.environ or os.environ.get("TERM") == "dumb":
        return False
    return os.name != "nt" or "WT_SESSION" in os.environ


def _coloured(line: str) -> str:
    start, end = line.find(DONE), line.rfind(DONE) + 1
    return line if start < 0 else line[:start] + GREEN + line[start:end] + PLAIN + line[end:]


def _columns(text: str) -> int:
    """How many columns of a terminal the text takes."""
    if text.isascii():
        return len(text)
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def _cut(line: str, columns: int) -> str:
    while _columns(line) > columns:
        line = line[: -max((_columns(line) - columns) // 2, 1)]
    return line


def _clock(seconds: float) -> str:
    """0s, 59s, 1:05, 2:00:05."""
    seconds = int(seconds)
    if seconds >= 3600:
        return f"{seconds // 3600}:{seconds % 3600 // 60:02d}:{seconds % 60:02d}"
    return f"{seconds // 60}:{seconds % 60:02d}" if seconds >= 60 else f"{seconds}s"


def _pace(seconds: float) -> str:
    """5us, 20ms, 3s."""
    if seconds >= 0.9995 or seconds == 0:
        return f"{seconds:.0f}s"
    return f"{seconds * 1e3:.0f}ms" if seconds >= 0.9995e-3 else f"{seconds * 1e6:.0f}us"


def _is_number(value) -> bool:
    return isinstance(value, (int, float)) or getattr(getattr(value, "dtype", None), "kind", "") in tuple("fiub")


def _value(value) -> str:
    """0.1234, or 1.2345e-05 where four places would not show it."""
    if not _is_number(value):
        return str(value)
    number = float(np.mean(value))
    return f"{number:.4e}" if 0 < abs(number) < 1e-3 else f"{number:.4f}"
