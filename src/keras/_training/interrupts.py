"""Ctrl-C during a run: the step under way is finished, so that no weights are lost."""

from __future__ import annotations

import signal
import threading


class Interrupts:
    """While open, Ctrl-C waits for the end of a program that is running; a second Ctrl-C does not wait.

    Python code between programs, such as callbacks, is interrupted at once as usual. One that is never opened leaves
    Ctrl-C alone.
    """

    _busy = False
    _pending = False
    _before = None

    def __enter__(self) -> Interrupts:
        if threading.current_thread() is threading.main_thread():
            before = signal.getsignal(signal.SIGINT)
            if before is signal.default_int_handler:  # someone else's handler stays in charge
                self._before = before
                signal.signal(signal.SIGINT, self._handle)
        return self

    def __exit__(self, *_):
        if self._before is not None:
            signal.signal(signal.SIGINT, self._before)
        if self._pending:
            self._pending = False
            raise KeyboardInterrupt

    def _handle(self, number, frame):
        if self._busy and not self._pending:
            self._pending = True
            return
        self._pending = False
        raise KeyboardInterrupt

    def run(self, function, *args):
        """Calls `function`; a Ctrl-C that comes meanwhile is raised after it."""
        self._busy = True
        try:
            return function(*args)
        finally:
            self._busy = False
            if self._pending:
                self._pending = False
                raise KeyboardInterrupt
