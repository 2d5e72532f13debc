"""What surrounds a `build` method."""

from __future__ import annotations

import functools

from keras._core.names import name_scope
from keras.layers._call import build_parameters


def watched_build(function):
    """`build` that opens the layer's name scope, notes the shapes and marks the layer as built."""

    @functools.wraps(function)
    def build(self, *args, **kwargs):
        if self._building:  # a subclass calls the build of its base class
            return function(self, *args, **kwargs)
        scope = self._scope_name()
        self._building = True
        try:
            with name_scope(scope):
                self._take_policy()
                result = function(self, *args, **kwargs)
            names = build_parameters(function)
            if names or kwargs:
                given = {**dict(zip(names, args)), **kwargs}
                # Keras 3 calls a single shape `input_shape`, whatever `build` calls it
                alone = len(given) == 1 and next(iter(given)) in (names[:1] or given)
                self._build_shapes = {"input_shape": next(iter(given.values()))} if alone else {"shapes_dict": given}
            else:
                self._build_shapes = {"input_shape": args[0] if args else None}
            self.built = True
        finally:
            self._building = False
        with name_scope(scope):
            self._scope_open, before = True, self._scope_open
            self._after_build()
            self._scope_open = before
        return result

    build.__wrapped__ = function
    return build


def unwrapped(function):
    """The function under a wrapper."""
    return getattr(function, "__wrapped__", function)
