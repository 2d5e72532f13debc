"""Batches that the processes of a job make in turn: each makes one, then all get their rows of all of them."""

from __future__ import annotations

import json
import time
import zlib
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from keras._core import tree, watch
from keras._jax import exchange
from keras._jax.processes import of_all, same_random_state

UNLIKE = (
    "Several processes: all batches must hold as many arrays. One holds {one}, another {count} arrays.\n"
    "  Give weights or targets to all of them, or to none."
)


class Rounds:
    """Joins the batches of all processes.

    Attributes:
        seconds: what this process has taken to make its own.
    """

    def __init__(self) -> None:
        self.seconds = 0.0
        self._like: Any = None  # a batch, to know how they are built

    def agree(self) -> None:
        """Gives the generators of all processes the state that those of the first have."""
        same_random_state()

    def join(self, own: Iterator, first: Callable) -> Iterator:
        """The batches of all processes, divided among the devices.

        Args:
            own: those of this process.
            first: makes the first of all batches, for a process that has none of its own to know how they are built.
        """
        while True:
            batch = self._next(own)
            self._like = self._like if batch is None else batch
            text = b"" if batch is None else json.dumps(_shapes(batch)).encode()
            # (processes, 3): whether there is a batch, how long its shapes are as text, and whether all have the same
            heads = of_all(np.array([batch is not None, len(text), zlib.crc32(text) & 0x7FFFFFFF], "int32"))
            makers = np.flatnonzero(heads[:, 0]).tolist()
            if not makers:
                return
            if self._like is None:
                self._like = first()
            alike = len(makers) == len(heads) and (heads == heads[0]).all()
            if alike and exchange.divides(_rows(batch)):
                shapes = _shapes(batch)
                found: Iterator = ((shapes, leaves) for leaves in exchange.dealt(_arrays(batch)))
            else:
                found = self._one_by_one(batch, makers, heads, text)
            for i, (shapes, leaves) in enumerate(found):
                if i:
                    watch.computes()
                yield _built(self._like, shapes, leaves)
            if len(makers) < len(heads):
                return

    def _next(self, own: Iterator) -> Any:
        watch.reads()
        started = time.perf_counter()
        batch = next(own, None)
        self.seconds += time.perf_counter() - started
        watch.computes()
        return batch

    def _one_by_one(self, batch: Any, makers: list[int], heads: np.ndarray, text: bytes) -> Iterator:
        """The batches of a round that differ in shape, or that the devices cannot share evenly."""
        wide = np.zeros((heads[:, 1].max(),), "uint8")
        wide[: len(text)] = np.frombuffer(text, "uint8")
        texts = of_all(wide)
        for maker in makers:
            shapes = json.loads(texts[maker, : heads[maker, 1]].astype("uint8").tobytes())
            mine = text and json.loads(text) == shapes
            arrays = _arrays(batch) if mine else [np.zeros(s, np.dtype(d)) for s, d in filter(None, shapes)]
            yield shapes, exchange.from_one(maker, arrays)


def _shapes(batch: Any) -> list:
    return [None if x is None else [list(x.shape), np.dtype(x.dtype).name] for x in tree.leaves(batch)]


def _arrays(batch: Any) -> list[np.ndarray]:
    return [np.asarray(x) for x in tree.leaves(batch) if x is not None]


def _rows(batch: Any) -> int:
    return next(len(x) for x in tree.leaves(batch) if x is not None)


def _built(like: Any, shapes: list, leaves: list) -> Any:
    """The leaves in the structure of `like`, with None where the shapes have none."""
    if len(shapes) != len(tree.leaves(like)):
        raise ValueError(UNLIKE.format(one=tree.describe(like), count=len(leaves)))
    rest = iter(leaves)
    return tree.pack_like(like, [None if shape is None else next(rest) for shape in shapes])
