"""Batches made ahead by threads: the queues of `fit_generator`, and their public classes."""

from __future__ import annotations

import contextlib
import itertools
import queue
import threading
from collections.abc import Iterator
from typing import Any

import numpy as np

from keras._data import PyDataset
from keras.legacy import report

_END = object()


class _Failure:
    def __init__(self, error: BaseException):
        self.error = error


class Prefetched:
    """A generator whose items threads make ahead.

    Args:
        source: an iterator.
        workers: how many threads; only one of them is inside the generator at a time.
        size: how many items are kept ready.
    """

    def __init__(self, source: Iterator, workers: int, size: int):
        self._source = source
        self._turn = threading.Lock()
        self._items: queue.Queue = queue.Queue(max(1, size))
        self._stopped = threading.Event()
        self._threads = [threading.Thread(target=self._work, daemon=True) for _ in range(workers)]
        for thread in self._threads:
            thread.start()

    def _work(self) -> None:
        while not self._stopped.is_set():
            with self._turn:  # kept until the item is in the queue, so that the order stays
                if self._stopped.is_set():
                    return
                try:
                    item = next(self._source)
                except StopIteration:
                    item = _END
                except BaseException as error:
                    item = _Failure(error)
                if item is _END or isinstance(item, _Failure):
                    self._put(item)
                    self._stopped.set()
                    return
                self._put(item)

    def _put(self, item: Any) -> None:
        while True:
            try:
                self._items.put(item, timeout=0.1)
                return
            except queue.Full:
                if self._stopped.is_set():
                    return

    def __iter__(self):
        return self

    def __next__(self):
        item = self._items.get()
        if item is _END:
            self._items.put(_END)  # asked again, it has still ended
            raise StopIteration
        if isinstance(item, _Failure):
            raise item.error
        return item

    def stop(self) -> None:
        """Ends the threads; the generator is left where it is."""
        self._stopped.set()
        with contextlib.suppress(queue.Empty):
            while True:
                self._items.get_nowait()
        for thread in self._threads:
            thread.join(timeout=5)


def _note_processes(where: str, wanted: Any) -> None:
    """Says in the report that threads do what processes were to do."""
    if wanted:
        report.note(where, "use_multiprocessing=True", "workers=... (threads)")


def repeated(data: Any) -> Any:
    """Batches without an end of what `ImageDataGenerator` flows: a number of steps, not a pass, makes an epoch then."""
    if not (isinstance(data, PyDataset) and hasattr(data, "__next__")):
        return data
    return (batch for _ in itertools.count() for batch in _one_pass(data))


def _one_pass(data: Any) -> Iterator:
    for i in range(len(data)):
        yield data[i]
    data.on_epoch_end()


@contextlib.contextmanager
def prefetched(data: Any, settings: dict | None):
    """`data`, made ahead while the block runs if it is a generator and `settings` ask for threads."""
    if settings is not None:
        _note_processes("Model.fit", settings["use_multiprocessing"])
    if settings is None or not hasattr(data, "__next__") or settings["workers"] < 1:
        yield data
        return
    if isinstance(data, PyDataset):  # gives batches by number too, so its own workers make them
        before = data.workers, data.max_queue_size
        data.workers, data.max_queue_size = int(settings["workers"]), int(settings["max_queue_size"])
        try:
            yield data
        finally:
            data.workers, data.max_queue_size = before
        return
    feed = Prefetched(data, int(settings["workers"]), int(settings["max_queue_size"]))
    try:
        yield feed
    finally:
        feed.stop()


class SequenceEnqueuer:
    """Base of the objects that make batches ahead.

    Args:
        sequence: where batches come from.
        use_multiprocessing: True asked for processes instead of threads; threads are what is used here.
    """

    def __init__(self, sequence, use_multiprocessing=False):
        self.sequence = sequence
        self.use_multiprocessing = use_multiprocessing
        _note_processes(type(self).__name__, use_multiprocessing)
        self._feed: Prefetched | None = None

    def _batches(self) -> Iterator:
        raise NotImplementedError(f"{type(self).__name__} does not say where batches come from.")

    def start(self, workers=1, max_queue_size=10, nb_worker=None, max_q_size=None, wait_time=None):
        """Begins to make batches.

        Args:
            workers: how many threads make them; `nb_worker` in 1.x.
            max_queue_size: how many are kept ready; `max_q_size` in 1.x.
            wait_time: how long a full queue was waited for in 1.x; threads are woken as soon as there is room.
        """
        if wait_time is not None:
            report.note(f"{type(self).__name__}.start", "wait_time", "(left out)")
        workers = workers if nb_worker is None else nb_worker
        max_queue_size = max_queue_size if max_q_size is None else max_q_size
        self._feed = Prefetched(self._batches(), max(1, workers), max_queue_size)

    def join_end_of_epoch(self):
        """Nothing: batches come in order, so those of an epoch are out before the next ones."""

    def is_running(self):
        """Whether batches are being made."""
        return self._feed is not None

    def stop(self, timeout=None):
        """Ends it."""
        if self._feed is not None:
            self._feed.stop()
        self._feed = None

    def get(self):
        """A generator of the batches."""
        while self._feed is not None:
            try:
                yield next(self._feed)
            except StopIteration:
                return


class GeneratorEnqueuer(SequenceEnqueuer):
    """Makes the items of a generator ahead.

    Args:
        sequence: the generator; `generator` in 1.x.
        use_multiprocessing: as for `SequenceEnqueuer`; `pickle_safe` in 1.x.
        wait_time, random_seed, seed: must be None: threads wait for each other, and the generator draws by itself.
    """

    def __init__(
        self,
        sequence=None,
        use_multiprocessing=False,
        wait_time=None,
        random_seed=None,
        generator=None,
        pickle_safe=None,
        seed=None,
    ):
        if (sequence is None) == (generator is None):
            raise TypeError("GeneratorEnqueuer takes a generator: `sequence`, or `generator` in 1.x.")
        processes = use_multiprocessing if pickle_safe is None else pickle_safe
        super().__init__(generator if sequence is None else sequence, processes)
        if any(x is not None for x in (wait_time, random_seed, seed)):
            raise ValueError("GeneratorEnqueuer: `wait_time` and `random_seed` belonged to processes; leave them out.")

    def _batches(self):
        return iter(self.sequence)


class OrderedEnqueuer(SequenceEnqueuer):
    """Makes the batches of a `Sequence` ahead, in order, epoch after epoch.

    Args:
        sequence: has `len` and gives batch number i.
        use_multiprocessing: as for `SequenceEnqueuer`.
        shuffle: whether the order changes before each epoch.
    """

    def __init__(self, sequence, use_multiprocessing=False, shuffle=False):
        super().__init__(sequence, use_multiprocessing)
        self.shuffle = shuffle

    def _batches(self):
        while True:
            order = list(range(len(self.sequence)))
            if self.shuffle:
                np.random.shuffle(order)
            for i in order:
                yield self.sequence[i]
            if hasattr(self.sequence, "on_epoch_end"):
                self.sequence.on_epoch_end()
