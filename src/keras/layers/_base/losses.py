"""What a layer adds to the loss."""

from __future__ import annotations

from typing import Any

from keras._core import tree
from keras._jax import pure


class Losses:
    """A layer as the owner of losses."""

    def add_loss(self, loss) -> None:
        """Adds one or several scalars to what training minimises; meant for use inside `call`."""
        for one in tree.leaves(loss):
            if not pure.add_loss(one):
                self._losses.append(one)

    def add_metric(self, *args, **kwargs):
        """Gone since Keras 3.

        Raises:
            NotImplementedError: always; says what to do instead.
        """
        raise NotImplementedError(
            f"{self.name}: add_metric() is gone since Keras 3. Name the metric in `compile(metrics=[...])`, or make a "
            "metric in the constructor and call its `update_state` in `call`."
        )

    def _forget_losses(self) -> None:
        for layer in self._flatten_layers():
            layer._losses.clear()

    @property
    def losses(self) -> list[Any]:
        """Losses added by the last call, then those of weight regularizers."""
        added = pure.added_losses()
        if added is None:
            added = [x for layer in self._flatten_layers() for x in layer._losses]
        return [*added, *self._regularization_losses()]

    def _regularization_losses(self) -> list[Any]:
        return [v.regularizer(v) for v in self.trainable_variables if v.regularizer is not None]
