"""Computing again for the gradient what a layer's call would have to keep."""

from __future__ import annotations

import functools
from typing import Any

from keras._jax.remat import largest_output, rematerialized


class Remat:
    """A layer as made within a `RematScope`."""

    def rematerialized_call(self, layer_call, *args, **kwargs):
        """`layer_call`, with what the open `RematScope` demanded when the layer was made.

        Args:
            layer_call: the layer's `call`, or what stands for it.
            *args, **kwargs: what it will be called on, whose sizes count in the mode 'larger_than'.
        """
        mode, threshold, names = self._remat or (None, 0, ())
        if mode == "activations":
            return functools.partial(self._with_activation_again, layer_call)
        if (
            mode == "full"
            or (mode == "list_of_layers" and self.name in names)
            or (mode == "larger_than" and largest_output(layer_call, *args, **kwargs) > threshold)
        ):
            return rematerialized(layer_call, self.add_loss)
        return layer_call

    def _with_activation_again(self, layer_call, *args, **kwargs) -> Any:
        plain = vars(self).get("activation")
        if not callable(plain):
            return layer_call(*args, **kwargs)
        # for this call alone, and unseen by those who watch for changes of the layer
        vars(self)["activation"] = rematerialized(plain, self.add_loss)
        try:
            return layer_call(*args, **kwargs)
        finally:
            vars(self)["activation"] = plain
