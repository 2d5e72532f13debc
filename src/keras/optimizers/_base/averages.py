"""The moving averages of variables."""

from __future__ import annotations

from keras import ops


class Averages:
    """An optimizer as the keeper of averages."""

    _averages_begin_after_first = True
    """Whether an average begins as the variable after the first update, or as it was before it."""

    def _begin_averages(self) -> None:
        if self._averages_begin_after_first:
            return
        first = ops.equal(ops.convert_to_tensor(self.iterations), 0)
        for v, average in zip(self._trainable_variables, self._averages):
            if average is not None:
                average.assign(ops.where(first, v.value, average.value))

    def _follow_averages(self) -> None:
        updates = ops.convert_to_tensor(self.iterations)
        first = ops.logical_and(ops.equal(updates, 0), self._averages_begin_after_first)
        for v, average in zip(self._trainable_variables, self._averages):
            if average is not None:
                mixed = average.value * self.ema_momentum + v.value * self.one_minus_ema_momentum
                average.assign(ops.where(first, v.value, mixed))
        if self.ema_overwrite_frequency:
            due = ops.equal((updates + 1) % self.ema_overwrite_frequency, 0)
            self.change_if(due, self._take_averages, self._trainable_variables)

    def _take_averages(self) -> None:
        for v, average in zip(self._trainable_variables, self._averages):
            if average is not None:
                v.assign(average.value)

    def finalize_variable_values(self, var_list) -> None:
        """Puts the moving averages into the variables, if there are any. `fit` does so at its end."""
        if not self.use_ema:
            return
        wanted = {id(v) for v in var_list}
        for v, average in zip(self._trainable_variables, self._averages):
            if average is not None and id(v) in wanted:
                v.assign(average.value)
