"""Loaders of PyTorch, whose batches are known by the rows they take."""

from __future__ import annotations

import copy
import sys
from collections.abc import Iterator
from typing import Any

from keras._data.streams import DIVIDED_ALREADY, Stream


class Loader(Stream):
    """A `DataLoader` over rows that are asked for by number: several processes need not make all batches.

    Which rows a batch has is drawn as the loader itself would, so the batches are those that it gives a single process.
    """

    def __init__(self, x: Any):
        super().__init__(x)
        self._example: Any = None  # the rows of the first batch
        self._own: list = []  # the rows of the batches of a part
        self._made: Any = None  # the loader of a part, where its workers stay

    def may_part(self, owner: str) -> bool:
        sampler = getattr(self.x.batch_sampler, "sampler", self.x.sampler)
        if getattr(sampler, "num_replicas", 1) > 1:  # of torch's DistributedSampler and its like
            raise ValueError(DIVIDED_ALREADY.format(owner=owner, kind="sampler of the DataLoader"))
        return self.length() is not None

    def part(self, start: int, number: int, count: int) -> Iterator:
        torch = sys.modules["torch"]
        if self._made is None:  # an iterator of the loader's draws this before the order; its workers begin with it
            seed = int(torch.empty((), dtype=torch.int64).random_(generator=self.x.generator))
        self._example, own = None, []
        for at, rows in enumerate(self.x.sampler if self.x.batch_sampler is None else self.x.batch_sampler):
            self._example = rows if self._example is None else self._example
            if at >= start and (at - start) % count == number:
                own.append(rows)
        if self._made is None:
            self._own, made = own, self._with(own, torch.Generator().manual_seed((seed + number) % (1 << 63)))
            self._made = made if self.x.persistent_workers else None
        else:
            made = self._made
            self._own[:] = own  # its workers are given what this list holds
        batches = iter(made)
        return (batch for batch in batches)  # can be closed

    def example(self) -> Any:
        if self.x.batch_sampler is None:
            return self.x.collate_fn(self.x.dataset[self._example])
        several = getattr(self.x.dataset, "__getitems__", None)
        rows = [self.x.dataset[row] for row in self._example] if several is None else several(self._example)
        return self.x.collate_fn(rows)

    def drawn(self) -> Any:
        found = self._generators()
        return [generator.get_state().numpy() for generator in found] if found else None

    def draw_from(self, state: Any) -> None:
        torch = sys.modules["torch"]
        for generator, one in zip(self._generators(), state or ()):
            generator.set_state(torch.from_numpy(one.copy()))

    def close(self) -> None:
        self._made = None

    def _with(self, rows: list, generator: Any) -> Any:
        """The same loader for these rows."""
        made = copy.copy(self.x)
        name = "sampler" if self.x.batch_sampler is None else "batch_sampler"
        vars(made).update({name: rows, "generator": generator, "_iterator": None})  # which `setattr` refuses
        return made

    def _generators(self) -> list:
        """Those that the loader and its samplers draw from, without the one that all programs share."""
        places = (self.x, self.x.sampler, self.x.batch_sampler, getattr(self.x.batch_sampler, "sampler", None))
        found = [getattr(place, "generator", None) for place in places]
        return list({id(g): g for g in found if hasattr(g, "get_state")}.values())


def loads_rows(x: Any) -> bool:
    """Whether this is a DataLoader that goes through a dataset by the numbers of its rows, as PyTorch wrote it."""
    loader = next((c for c in type(x).__mro__ if _is(c, "DataLoader")), None)
    if loader is None or not hasattr(x.dataset, "__getitem__"):
        return False
    goes_through = [getattr(c, "__iter__", None) for c in (type(x), loader)]
    if goes_through[0] is not goes_through[1]:
        return False
    return not any(_is(c, "IterableDataset") for c in type(x.dataset).__mro__)


def _is(found: type, name: str) -> bool:
    return found.__name__ == name and found.__module__.startswith("torch.utils.data")
