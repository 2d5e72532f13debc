"""The class that users derive their own sources of batches from."""

from __future__ import annotations


class PyDataset:
    """Gives batch number i: a source of batches that can be gone through in any order, by several workers at once.

    A subclass writes `__getitem__`, which returns a batch `(x, y)` or `(x, y, sample_weight)`, and `__len__`, or a
    property `num_batches`, which is None where batches never end.

    Args:
        workers: how many threads or processes make batches; with 0 or 1 thread, the thread that trains makes them.
        use_multiprocessing: whether workers are processes. They are spawned, so the dataset must be picklable and the
            script must start under `if __name__ == "__main__":`.
        max_queue_size: how many batches are made in advance, but at least one by each worker.
        timeout: seconds after which a batch that is waited for counts as lost; None waits for ever.

    >>> class Squares(keras.utils.PyDataset):
    ...     def __len__(self):
    ...         return 3
    ...     def __getitem__(self, i):
    ...         x = np.full((2, 1), float(i))
    ...         return x, x**2
    >>> len(Squares(workers=2))
    3
    """

    # on the class, for subclasses that do not call this class's constructor
    workers = 1
    use_multiprocessing = False
    max_queue_size = 10
    timeout: float | None = 600.0

    def __init__(self, workers=1, use_multiprocessing=False, max_queue_size=10, timeout=600.0):
        owner = type(self).__name__
        for name, given in (("workers", workers), ("max_queue_size", max_queue_size)):
            if isinstance(given, bool) or not isinstance(given, int) or given < 0:
                raise ValueError(f"{owner}: `{name}` must be a number of at least 0. Got {given!r}.")
        if timeout is not None and not (isinstance(timeout, (int, float)) and timeout > 0):
            raise ValueError(f"{owner}: `timeout` must be a number of seconds, or None. Got {timeout!r}.")
        self.workers = workers
        self.use_multiprocessing = bool(use_multiprocessing)
        self.max_queue_size = max_queue_size
        self.timeout = timeout

    def __getitem__(self, index):
        """Batch number `index`; a subclass writes it."""
        raise NotImplementedError(
            f"{type(self).__name__} has no `__getitem__` method. Define __getitem__(self, index)."
        )

    def __len__(self):
        """The number of batches in an epoch."""
        found = getattr(type(self), "num_batches", None)
        if found is not PyDataset.num_batches and self.num_batches is not None:
            return self.num_batches
        raise TypeError(f"{type(self).__name__} has no length: it has neither `__len__` nor a number of batches.")

    @property
    def num_batches(self):
        """The number of batches in an epoch, None if they never end."""
        if type(self).__len__ is PyDataset.__len__:
            raise NotImplementedError(f"{type(self).__name__} has no `__len__` method. Define __len__(self).")
        return len(self)

    def on_epoch_begin(self):
        """Called before every epoch."""

    def on_epoch_end(self):
        """Called after every epoch."""
