"""Batches made by several threads or processes at once, handed out in their order.

Processes are spawned, never forked: a fork of a process that computes with JAX can hang. Each process is served by one
thread here, so that both kinds look the same from outside.
"""

from __future__ import annotations

import collections
import contextlib
import itertools
import multiprocessing
import multiprocessing.connection
import pickle
import queue
import signal
import threading
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

STUCK = (
    "{kind}: batch {number} was not ready after {timeout:g} seconds, so its worker ({worker}) hangs.\n"
    "  If a batch may take that long, raise `timeout` of the dataset."
)
DIED = (
    "{kind}: the worker process that made batch {number} ended with exit code {code} and without a word.\n"
    "  A negative code is a signal: -9 comes with too little memory. Code 1 right at the start mostly means that the\n"
    '  script starts training outside of `if __name__ == "__main__":`, which spawned processes need.'
)
NOT_PICKLABLE = (
    "{kind}: `use_multiprocessing=True` sends the dataset to other processes, and it cannot be pickled: {error}\n"
    "  Leave out what cannot travel (open files, locks, lambdas), or use threads: use_multiprocessing=False."
)


STARTUP = 120.0  # seconds that a worker may take before it begins its first batch: it has to import the script


class WorkerError(RuntimeError):
    """A worker died, hangs, or could not be started."""


class _Remote(Exception):
    """The traceback of another process, shown as the cause of an error."""

    def __str__(self) -> str:
        return f"\n\n{self.args[0]}"


class _Job:
    """One batch: asked for, under way, or ready."""

    def __init__(self, number: int):
        self.number = number
        self.worker = "none has begun it"
        self.begun = threading.Event()
        self.ready = threading.Event()
        self.value: Any = None
        self.error: BaseException | None = None

    def run(self, caller: Callable[[int], Any]) -> None:
        self.worker = threading.current_thread().name
        try:
            if isinstance(caller, _Process):
                caller.prepare()
            self.begun.set()
            self.value = caller(self.number)
        except BaseException as error:  # raised where the batch is waited for
            self.error = error
            self.begun.set()
        self.ready.set()

    def wait(self, timeout: float | None) -> bool:
        """Waits until the batch is ready; False if it takes longer, not counting the start of the worker."""
        start = None if timeout is None else max(timeout, STARTUP)
        return self.begun.wait(start) and self.ready.wait(timeout)


_counter = itertools.count()


def in_order(
    numbers: Iterable[Any], callers: Sequence[Callable[[Any], Any]], ahead: int, timeout: float | None, kind: str
) -> Iterator[Any]:
    """`caller(number)` for every number, computed by one thread per caller and up to `ahead` batches in advance.

    Args:
        numbers: what to call with, numbers of batches as a rule.
        callers: one function per thread.
        ahead: how many results may wait to be taken.
        timeout: seconds after which a result that is waited for counts as lost; None waits for ever.
        kind: what to call the dataset in messages.

    Raises:
        WorkerError: a result did not come in time.
    """
    jobs: queue.SimpleQueue = queue.SimpleQueue()
    stopped = threading.Event()

    def work(caller: Callable[[int], Any]) -> None:
        while (job := jobs.get()) is not None and not stopped.is_set():
            job.run(caller)

    for caller in callers:
        threading.Thread(target=work, args=(caller,), name=f"keras-data-{next(_counter)}", daemon=True).start()
    left = iter(numbers)
    waiting: collections.deque[_Job] = collections.deque()

    def ask_for(count: int) -> None:
        for number in itertools.islice(left, count):
            waiting.append(_Job(number))
            jobs.put(waiting[-1])

    try:
        ask_for(max(ahead, len(callers)))
        while waiting:
            job = waiting.popleft()
            if not job.wait(timeout):
                raise WorkerError(STUCK.format(kind=kind, number=job.number, timeout=timeout, worker=job.worker))
            if job.error is not None:
                raise job.error
            ask_for(1)
            yield job.value
    finally:
        stopped.set()
        for _ in callers:
            jobs.put(None)


class Processes:
    """Processes that hold a copy of a dataset each and make batches of it.

    Args:
        count: how many.
        kind: what to call the dataset in messages.
    """

    def __init__(self, count: int, kind: str):
        self.kind = kind
        self.callers: list[_Process] = []
        self._count = count
        self._sent: bytes | None = None

    def take(self, dataset: Any) -> None:
        """Gives all processes the dataset as it is now.

        Raises:
            WorkerError: it cannot be sent.
        """
        try:
            found = pickle.dumps(dataset, protocol=5)
        except Exception as error:
            raise WorkerError(NOT_PICKLABLE.format(kind=self.kind, error=error)) from error
        if not self.callers:
            self.callers = [_Process(self.kind) for _ in range(self._count)]
        if found != self._sent:
            for caller in self.callers:
                caller.dataset = found
        self._sent = found

    def close(self) -> None:
        """Ends all processes, also those in the middle of a batch."""
        for caller in self.callers:
            caller.end()
        for caller in self.callers:
            caller.process.join(5)


class _Process:
    """One process, from the side of the thread that asks it."""

    def __init__(self, kind: str):
        self.kind = kind
        self.dataset: bytes | None = None  # to be sent before the next batch is asked for
        context = multiprocessing.get_context("spawn")
        self.ours, theirs = context.Pipe()
        self.process = context.Process(target=_serve, args=(theirs,), daemon=True, name="keras-data")
        self.process.start()
        theirs.close()  # so that the end of the process is the end of the pipe

    def prepare(self) -> None:
        """Sends the dataset if it is new, and waits until the process has it."""
        if self.dataset is not None:
            dataset, self.dataset = self.dataset, None
            with contextlib.suppress(EOFError, OSError):  # the question for a batch will say so
                self.ours.send_bytes(dataset)
                self.ours.recv()

    def __call__(self, number: int) -> Any:
        try:
            self.ours.send(number)
            fine, value, text = self.ours.recv()
        except (EOFError, OSError):
            self.process.join(1)
            raise WorkerError(DIED.format(kind=self.kind, number=number, code=self.process.exitcode)) from None
        if fine:
            return value
        error = value if isinstance(value, BaseException) else WorkerError(f"{self.kind}: batch {number} failed.")
        raise error from _Remote(text)

    def end(self) -> None:
        """Closes the pipe and ends the process."""
        self.process.terminate()
        with contextlib.suppress(OSError):
            self.ours.close()


def _serve(pipe: Any) -> None:
    """What a process does: makes the batches whose numbers come, until the other side is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that trains, which ends this one
    dataset: Any = None
    while True:
        try:
            message = pipe.recv_bytes()
        except (EOFError, OSError):
            return
        number: int | None = None
        try:
            found = pickle.loads(message)  # from the process that started this one, through a pipe of our own
            number = found if isinstance(found, int) else None
            dataset = dataset if isinstance(found, int) else found
            reply = pickle.dumps((True, None if number is None else dataset[number], ""), protocol=5)
        except BaseException as error:
            reply = _failure(error)
            if number is None:  # the dataset could not be read: the next question for a batch is answered so
                dataset = _Broken(error)
        try:
            pipe.send_bytes(reply)
        except OSError:
            return


def _failure(error: BaseException) -> bytes:
    text = "".join(traceback.format_exception(error))
    try:
        return pickle.dumps((False, error, text), protocol=5)
    except Exception:  # the error cannot travel, for whatever reason its class has; its text can
        return pickle.dumps((False, None, text), protocol=5)


class _Broken:
    """Stands for a dataset that could not be unpickled; says why when it is asked for a batch."""

    def __init__(self, error: BaseException):
        self.error = error

    def __getitem__(self, number: int) -> Any:
        raise self.error
