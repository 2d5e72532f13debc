"""Where a `fit` is in its data, and what it changes: what backups have to write down."""

from __future__ import annotations

from typing import Any

from keras._core import random_state
from keras._data import ArraySource, BatchSource
from keras._jax.variable import Variable
from keras._training.loop import ArrayRun, BatchRun


class FitPlace:
    """For backups: they ask it where a `fit` is, and `fit` asks it to go where a backup says.

    Args:
        run: the run over the data to train on.
        validation: the source of the data to validate on, if any.
    """

    def __init__(self, run: ArrayRun | BatchRun, validation: ArraySource | BatchSource | None):
        self._run = run
        # arrays to validate on are used from the first row on every time
        self._validation = validation if isinstance(validation, BatchSource) else None
        if isinstance(run.source, ArraySource):
            run.source.keeps_place = True

    def variables(self) -> list[Variable]:
        """All variables of the run, in an order that depends on the program alone."""
        return self._run.planner.variables.flat()

    def now(self) -> dict[str, Any]:
        """The places in the data, and the state of the generators."""
        validation = None if self._validation is None else self._validation.place()
        return {"train": self._run.place(), "validation": validation, "random": random_state.take()}

    def go_to(self, place: dict[str, Any] | None, step: int) -> None:
        """Makes the places those that `now` told, before the given step; None only skips the steps before it."""
        self._run.go_to(place and place["train"], step)
        if place is not None and place["validation"] is not None and self._validation is not None:
            self._validation.go_to(place["validation"])
        random_state.put(place and place["random"])
