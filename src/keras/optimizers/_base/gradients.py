"""What becomes of gradients before the update: checks, sums over several calls, clipping."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

from keras import ops
from keras._jax.variable import Variable


class Gradients:
    """An optimizer as the receiver of gradients."""

    def _with_gradients(self, grads: list, variables: list) -> tuple[list, list]:
        pairs = [(g, v) for g, v in zip(grads, variables) if g is not None]
        missing = [v.path for g, v in zip(grads, variables) if g is None]
        if not pairs:
            raise ValueError(f"{type(self).__name__}.apply: no variable has a gradient.")
        if missing:
            warnings.warn(f"There is no gradient for {', '.join(missing)}, so these do not change.", stacklevel=4)
        return [ops.convert_to_tensor(g) for g, _ in pairs], [v for _, v in pairs]

    def _overwrite_with_gradients(self, grads: list, variables: list) -> tuple[list, list]:
        """Assigns the gradients of variables that want just that, such as scales of 8-bit floats; returns the rest."""
        rest: list[tuple] = []
        for g, v in zip(grads, variables):
            if not v.overwrite_with_gradient:
                rest.append((g, v))
            elif g is not None:
                self._overwrite(v, ops.cast(g, v.dtype))
        return [g for g, _ in rest], [v for _, v in rest]

    def _overwrite(self, variable: Variable, gradient: Any) -> None:
        if not self.gradient_accumulation_steps:
            variable.assign(gradient)
            return
        # over several calls the largest value counts
        complete = self._completes_update()
        kept = self.slot(self._accumulators, variable)
        largest = ops.maximum(kept.value, gradient)
        variable.assign(ops.where(complete, largest, variable.value))
        kept.assign(ops.where(complete, ops.zeros_like(largest), largest))

    def _accumulate(self, grads: list, variables: list[Variable]) -> None:
        """Adds to the sums of gradients, and makes an update with their mean when there are enough."""
        steps = self.gradient_accumulation_steps
        complete = self._completes_update()
        sums = [self.slot(self._accumulators, v) for v in variables]
        totals = [s.value + g for s, g in zip(sums, grads)]
        self.change_if(
            complete, lambda: self._update([t / steps for t in totals], variables), [*variables, *self._own_slots()]
        )
        for s, total in zip(sums, totals):
            s.assign(ops.where(complete, ops.zeros_like(total), total))

    def _completes_update(self):
        steps = self.gradient_accumulation_steps
        return ops.equal((self._iterations.value + 1) % steps, 0)

    def _own_slots(self) -> list[Variable]:
        others = {id(v) for v in (*self._averages, *self._accumulators, self._iterations)}
        return [v for v in self.variables if id(v) not in others]

    @staticmethod
    def change_if(condition, change: Callable, variables: list[Variable]) -> None:
        """Runs `change`, and takes back what it did to `variables` where `condition` is false."""
        before = [v.value for v in variables]
        change()
        for v, old in zip(variables, before):
            new = v.value
            if new is not old:
                v.assign(ops.where(condition, new, old))

    def _clip(self, grads: list) -> list:
        if self.stored_number("clipnorm") is not None:
            return [_clipped_by_norm(g, self.clipnorm) for g in grads]
        if self.stored_number("global_clipnorm") is not None:
            norm = ops.sqrt(sum(ops.sum(ops.square(g)) for g in grads))
            # `norm - norm` is 0, or NaN if the norm is not finite: then no gradient can be trusted
            scale = self.global_clipnorm / ops.maximum(norm, self.global_clipnorm) + (norm - norm)
            return [g * ops.cast(scale, g.dtype) for g in grads]
        if self.stored_number("clipvalue") is not None:
            return [ops.clip(g, -self.clipvalue, self.clipvalue) for g in grads]
        return grads


def _clipped_by_norm(gradient: Any, limit: Any) -> Any:
    norm = ops.sqrt(ops.sum(ops.square(gradient)))
    return gradient * (limit / ops.maximum(norm, limit))
