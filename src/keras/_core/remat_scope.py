"""Which layers made here compute again in the backward pass what they computed in the forward pass."""

from __future__ import annotations

import threading

from keras._core.checks import one_of, positive_integer

_MODES = ("full", "activations", "larger_than", "list_of_layers", None)


class _Open(threading.local):
    scopes: tuple[RematScope, ...] = ()


_open = _Open()


class RematScope:
    """Layers made while it is open save memory: backwards they compute again what they do not keep forwards.

    Args:
        mode: 'full' for all layers; 'activations' for the activation functions inside layers alone; 'larger_than' for
            layers with an output of more elements than `output_size_threshold`; 'list_of_layers' for those named in
            `layer_names`; None for none, inside of another scope.
        output_size_threshold: elements, for 'larger_than'.
        layer_names: names of layers, for 'list_of_layers'.

    >>> with keras.RematScope(mode="list_of_layers", layer_names=["big"]):
    ...     layer = keras.layers.Dense(1000, name="big")
    """

    def __init__(self, mode="full", output_size_threshold=1024, layer_names=None):
        self.mode = one_of("mode", mode, _MODES, "RematScope")
        self.output_size_threshold = positive_integer("output_size_threshold", output_size_threshold, "RematScope")
        self.layer_names = [] if layer_names is None else list(layer_names)

    def __enter__(self) -> RematScope:
        _open.scopes = (*_open.scopes, self)
        return self

    def __exit__(self, *_) -> None:
        _open.scopes = _open.scopes[:-1]


def remat_settings() -> tuple | None:
    """Mode, threshold and names of the innermost open scope; None if that says nothing."""
    if not _open.scopes or _open.scopes[-1].mode is None:
        return None
    scope = _open.scopes[-1]
    return scope.mode, scope.output_size_threshold, tuple(scope.layer_names)
