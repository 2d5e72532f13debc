"""Every process of a job looks whether the others are alive and keep pace; one that is lost ends them all.

Each process writes on a board that all can read: a number that changes every second, the step it is at, and what it is
doing. What stands there is written and read by a thread, while the program may be waiting inside compiled code.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import threading
import time
from collections.abc import Iterator
from typing import Any, NamedTuple, Protocol

from keras._core import processes

PATIENCE = 60.0  # seconds without a sign of life after which a process is lost
SLOW_AFTER = 10.0  # seconds that all others wait for one process before it is named
_BEAT = 1.0  # seconds between two signs of life
_SILENT_AFTER = 4.0  # seconds without one that say enough where a connection has broken as well

READING, COMPUTING, ELSE = "reading the data", "computing", "between two steps"
_GO_ON = (
    "  Start the job again, with as many processes or fewer: what BackupAndRestore or fit(resume=...) has written is\n"
    "  gone on with."
)
_FIRST_LOST = "The first process of the job has ended or does not answer."
_BROKEN = ("Gloo", "UNAVAILABLE", "NCCL", "ncclComm", "Connection closed", "Connection reset", "heartbeat")


class ProcessLost(RuntimeError):
    """Another process of the job has ended or does not answer."""


class Board(Protocol):
    """A text for each process, which all of them can read."""

    def put(self, number: int, text: str) -> None:
        """Writes this process's text."""

    def all(self) -> dict[int, str]:
        """What all have written, by their numbers."""


class Entry(NamedTuple):
    """What a process writes."""

    beat: int
    step: int
    doing: str
    host: str
    ended: str = ""  # why, if it has


class Watch(threading.Thread):
    """The thread that writes and reads.

    Args:
        board: where to.
        host: the name of this machine.
        patience: seconds of silence after which a process is lost.
        end: what to do then, with a text that says it.
    """

    def __init__(self, board: Board, host: str, patience: float, end: Any = None):
        super().__init__(name="keras-watch", daemon=True)
        self.board, self.host, self.patience = board, host, patience
        self.step, self.doing, self.ended, self.beat = 0, ELSE, "", 0
        self.entries: dict[int, Entry] = {}
        self._end = end or _end_here
        now = time.monotonic()
        self._alive = dict.fromkeys(range(processes.count()), now)  # when the beat of each changed last
        self._moved = dict.fromkeys(range(processes.count()), now)  # and when its step did
        self._answered = now  # when the board could be read last
        self._looked = now  # when this thread ran last
        self._named: tuple[int, int] | None = None
        self._stopped = threading.Event()
        self._lock = threading.Lock()

    def run(self) -> None:
        """Until `stop`: a sign of life, and a look at those of the others."""
        while not self._stopped.wait(_BEAT):
            self.look()

    def look(self) -> None:
        """One sign of life, and one look at the others."""
        try:
            self.write()
            found = self.board.all()
        except Exception as error:  # whatever the runtime raises where its first process is gone
            self._looked = time.monotonic()
            if self._looked - self._answered > self.patience and not self._stopped.is_set():
                self._end(f"The first process of the job has not answered for {self.patience:g} s: {error}\n{_GO_ON}")
            return
        now = time.monotonic()
        asleep = now - self._looked - _SILENT_AFTER
        if asleep > 0:  # this process was stopped itself, maybe with all others: that is nobody's silence
            for clock in (self._alive, self._moved):
                clock.update({number: last + asleep for number, last in clock.items()})
        self._answered = self._looked = now
        self.take(found, now)

    def write(self) -> None:
        """Writes this process's entry."""
        with self._lock:
            self.beat += 1
            entry = Entry(self.beat, self.step, self.doing, self.host, self.ended)
            self.board.put(processes.number(), json.dumps(entry))

    def take(self, found: dict[int, str], now: float) -> None:
        """What all have written, at a time: ends this process where another is lost, and names a slow one."""
        for number, text in found.items():
            entry = Entry(*json.loads(text))
            before = self.entries.get(number)
            if before is None or entry.beat != before.beat:
                self._alive[number] = now
            if before is None or (entry.step, entry.doing) != (before.step, before.doing):
                self._moved[number] = now
            self.entries[number] = entry
        waits = self.doing == COMPUTING and now - self._moved.get(processes.number(), now) > self.patience
        for number, last in self._alive.items():
            known = self.entries.get(number)
            has_ended = known is not None and bool(known.ended) and number != processes.number()
            if waits if has_ended else now - last > self.patience:
                self._end(f"{self.told(number, now)}\n{_GO_ON}")
                return
        if processes.is_first():
            self._name_slow(now)

    def _name_slow(self, now: float) -> None:
        """Says which process the others wait for."""
        entries = {n: e for n, e in self.entries.items() if not e.ended}
        if len(entries) < 2:
            return
        last = min(entries, key=lambda n: entries[n].step)
        entry, seconds = entries[last], now - self._moved[last]
        ahead = [n for n, e in entries.items() if e.step > entry.step]
        if ahead and seconds > SLOW_AFTER and self._named != (last, entry.step):
            self._named = (last, entry.step)
            say(
                f"Process {last} ({entry.host}) is slow: it has been {entry.doing} for {seconds:.0f} s after its step "
                f"{entry.step}, and {len(ahead)} of {processes.count()} processes wait for it."
            )

    def told(self, number: int, now: float) -> str:
        """Who is lost, in words."""
        entry = self.entries.get(number)
        if entry is None:
            return f"Process {number} has not given a sign of life since the job began."
        who = f"Process {number} ({entry.host})"
        if entry.ended:
            return f"{who} {entry.ended}."
        return (
            f"{who} has ended or does not answer: its last sign of life came {now - self._alive[number]:.0f} s ago, "
            f"after its step {entry.step}."
        )

    def missing(self) -> str | None:
        """Which process is the reason for a broken connection, in words, after a few seconds; None if all are there.

        A process is silent if the board had nothing new of it where it was read last: on a busy machine this one may
        not have looked for a while itself.
        """
        begun = time.monotonic()
        until = begun + min(self.patience, 2 * _SILENT_AFTER)
        while (now := time.monotonic()) < until or (self._looked < until and now < begun + self.patience):
            time.sleep(_BEAT / 4)
            if self._looked - self._answered > _SILENT_AFTER and not processes.is_first():
                return _FIRST_LOST
            for number in sorted(self._alive, key=self._alive.__getitem__):  # the most silent first
                entry = self.entries.get(number)
                own = number == processes.number()
                if entry is not None and entry.ended.startswith(_FAILED) and not own:
                    return self.told(number, self._answered)
                if not own and self._answered - self._alive[number] > _SILENT_AFTER and not (entry and entry.ended):
                    return self.told(number, self._answered)
        return None

    def stop(self) -> None:
        """No more signs of life."""
        self._stopped.set()


_FAILED = "stopped with "
_watch: Watch | None = None


def begin(board: Board, host: str, patience: float) -> None:
    """Starts to watch."""
    global _watch
    _watch = Watch(board, host, patience)
    _watch.look()
    _watch.start()


def leave() -> None:
    """At the end of the program. After an error nobody is waited for, as the runtime would do."""
    if _watch is None:
        return
    failed = bool(_watch.ended)
    _watch.ended = _watch.ended or "has ended its program, while others still wait for it"
    with contextlib.suppress(Exception):
        _watch.write()
    _watch.stop()
    if failed:
        _flush()
        os._exit(1)


def reads() -> None:
    """This process begins to read the data of a step."""
    if _watch is not None:
        _watch.doing = READING


def computes(steps: int = 1) -> None:
    """This process has the data of the next steps, and computes them."""
    if _watch is not None:
        _watch.step += steps
        _watch.doing = COMPUTING


@contextlib.contextmanager
def reporting(owner: str) -> Iterator[None]:
    """Where the block fails the others are told; where another process is the reason the error says which.

    Raises:
        ProcessLost: the connection to another process is broken.
    """
    if _watch is None:
        yield
        return
    _watch.ended = ""
    try:
        yield
    except Exception as error:
        if any(word in str(error) for word in _BROKEN):
            _watch.ended = "cannot go on without another one"
            reason = _watch.missing() or "A connection to another process has broken."
            raise ProcessLost(f"{owner}: {reason}\n{_GO_ON}") from error
        text = str(error).partition("\n")[0]
        _watch.ended = f"{_FAILED}{type(error).__name__}: {text}"
        with contextlib.suppress(Exception):
            _watch.write()
        raise
    finally:
        _watch.doing = ELSE


def say(text: str) -> None:
    """Writes a line where errors go."""
    if sys.stderr is not None:
        sys.stderr.write(text + "\n")
        sys.stderr.flush()


def _end_here(text: str) -> None:
    """Ends this process at once: its program may be inside compiled code, where no exception reaches it."""
    say(f"keras: {text}")
    _flush()
    os._exit(1)


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(Exception):
            stream.flush()
