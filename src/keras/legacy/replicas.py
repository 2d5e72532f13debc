"""Loops of one's own in a scope of `tf.distribute`: the words for what replicas do, give and are given.

TensorFlow runs a function once on every replica, with that replica's rows, and sums the gradients. Here it runs once,
with the rows of all of them, which lie divided over the devices: inside of `Strategy.run` there is one replica. Means
and sums that a program divides by the rows of the whole batch, or by the number of replicas, are the same then.
"""

from __future__ import annotations

import contextlib
import enum
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np

from keras import ops
from keras._core import processes, tree
from keras._data import dataset
from keras._training.across import divided
from keras.distribution import DataParallel
from keras.legacy import foreign_data

_OWN_ROWS = (
    "fit: each process has its own rows in a dataset of distribute_datasets_from_function. In a strategy's scope fit\n"
    "  takes all to have the same. Give it the whole dataset, or each process's own after\n"
    "  keras.distribution.set_distribution(keras.distribution.DataParallel(auto_shard_dataset=False))"
)


class _Run:
    depth = 0  # calls of `Strategy.run` that are open


@contextlib.contextmanager
def as_one_replica() -> Iterator[None]:
    """Inside, there is one replica, which has all rows."""
    _Run.depth += 1
    try:
        yield
    finally:
        _Run.depth -= 1


def is_inside() -> bool:
    """Whether a function runs as a replica."""
    return _Run.depth > 0


class ReduceOp(enum.Enum):
    """`tf.distribute.ReduceOp`."""

    SUM = "SUM"
    MEAN = "MEAN"

    @classmethod
    def named(cls, op: Any) -> ReduceOp:
        """The one that is meant by it or by its name.

        Raises:
            ValueError: there is none of that name.
        """
        name = op.value if isinstance(op, cls) else str(op).upper()
        if name not in cls.__members__:
            raise ValueError(f"tf.distribute: `reduce_op` must be ReduceOp.SUM or ReduceOp.MEAN. Got {op!r}.")
        return cls[name]


def reduced(reduce_op: Any, value: Any, axis: int | None) -> Any:
    """What `Strategy.reduce` gives: the values of the one replica, summed or averaged along an axis if one is given."""
    by = {ReduceOp.SUM: ops.sum, ReduceOp.MEAN: ops.mean}[ReduceOp.named(reduce_op)]
    return value if axis is None else tree.map_leaves(lambda x: by(ops.convert_to_tensor(x), axis=axis), value)


def scale_regularization_loss(regularization_loss) -> Any:
    """`tf.nn.scale_regularization_loss`: the sum, of which each of several replicas would take a part."""
    return ops.sum(regularization_loss)


class ReplicaContext:
    """`tf.distribute.get_replica_context()`: what a function knows while it runs as a replica."""

    num_replicas_in_sync = 1
    replica_id_in_sync_group = 0

    def __init__(self, strategy: Any):
        self.strategy = strategy

    def all_reduce(self, reduce_op, value, options=None) -> Any:
        """The values of all replicas together."""
        return reduced(reduce_op, value, None)

    def merge_call(self, merge_fn: Callable, args=(), kwargs=None) -> Any:
        """What a function returns that is called once for all replicas."""
        return merge_fn(self.strategy, *args, **(kwargs or {}))


class InputContext(NamedTuple):
    """What a function that makes a dataset is told: each process has one, for the rows that it brings."""

    num_input_pipelines: int = 1
    input_pipeline_id: int = 0
    num_replicas_in_sync: int = 1

    def get_per_replica_batch_size(self, global_batch_size: int) -> int:
        """The rows that this process brings of each batch.

        Raises:
            ValueError: the processes cannot bring equally many.
        """
        if global_batch_size % self.num_replicas_in_sync:
            raise ValueError(
                f"get_per_replica_batch_size: {global_batch_size} rows cannot be divided evenly among "
                f"{self.num_replicas_in_sync} processes."
            )
        return global_batch_size // self.num_replicas_in_sync


class DistributedDataset(foreign_data.Dataset):
    """A dataset whose batches, in a loop over it, are divided over the devices.

    Args:
        source: the dataset.
        distribution: of the devices; None where there is one.
    """

    own_rows = False  # whether each process has other rows

    def __init__(self, source: Any, distribution: Any):
        if not isinstance(source, dataset.Dataset):
            raise TypeError(f"tf.distribute: a tf.data.Dataset is needed here. Got {type(source).__name__}.")
        super().__init__(source._start, source._length)
        self._source, self._distribution = source, distribution

    @property
    def undivided(self) -> Any:
        """The dataset for `fit`, which divides batches itself.

        Raises:
            NotImplementedError: each process has its own rows.
        """
        if self.own_rows:
            raise NotImplementedError(_OWN_ROWS)
        return self._source

    def _new(self, start: Callable[[], Iterator], length: int | None, pieces: Callable | None) -> dataset.Dataset:
        return foreign_data.Dataset(start, length, pieces)

    def __iter__(self) -> Iterator:
        if self._distribution is None:
            yield from super().__iter__()
            return
        for batch in self._source._start():
            rows = tree.map_leaves(np.asarray, batch)
            with self._distribution.scope():
                rows = divided(rows)
            yield rows


def of_each_process(make: Callable, current: Any) -> DistributedDataset:
    """The dataset of what `make(context)` brings in every process: its own rows of each batch."""
    count = processes.count()
    source = make(InputContext(count, processes.number(), count))
    if count == 1:
        return DistributedDataset(source, current)
    found = DistributedDataset(source, DataParallel(current.device_mesh, auto_shard_dataset=False))
    found.own_rows = True
    return found


class Hint:
    """How values should travel between devices, or how a dataset should be read: XLA and `fit` decide it."""

    def __init__(self, *args, **kwargs):
        pass


class Words(enum.Enum):
    """What such hints may say."""

    AUTO, RING, NCCL = "AUTO", "RING", "NCCL"
