"""The next items of an iterator, fetched by a thread while the last one is used."""

from __future__ import annotations

import itertools
import queue
import threading
from collections.abc import Callable, Iterator
from typing import Any

_counter = itertools.count()


class _End:
    """What the thread puts last: the iterator ended, or raised."""

    def __init__(self, error: BaseException | None):
        self.error = error


def read_ahead(start: Callable[[], Iterator], depth: int) -> Iterator[Any]:
    """The items of `start()`, up to `depth` of them fetched in advance by a thread.

    The thread ends with the iterator, with an exception in it, which is raised here, and when this generator is closed.
    Only one thread ever asks the iterator.
    """
    items: queue.Queue = queue.Queue(max(1, depth))
    stopped = threading.Event()

    def fetch() -> None:
        error: BaseException | None = None
        try:
            for item in start():
                if not _put(items, item, stopped):
                    return
        except BaseException as caught:  # raised where the items are used
            error = caught
        _put(items, _End(error), stopped)

    threading.Thread(target=fetch, name=f"keras-read-{next(_counter)}", daemon=True).start()
    try:
        while True:
            item = items.get()
            if not isinstance(item, _End):
                yield item
            elif item.error is None:
                return
            else:
                raise item.error
    finally:
        stopped.set()


def _put(items: queue.Queue, item: Any, stopped: threading.Event) -> bool:
    """Puts an item in as soon as there is room; False if nobody wants it any more."""
    while not stopped.is_set():
        try:
            items.put(item, timeout=0.1)
        except queue.Full:
            continue
        return True
    return False
