"""Probabilities that came straight out of a sigmoid or a softmax, and the logits that went into it.

Keras 2.3 and tf.keras took the crossentropy of such probabilities from the logits: it goes on growing, and has a
gradient, where the probabilities have reached 0 or 1. Keras before and after took it from the probabilities.
"""

from __future__ import annotations

import weakref
from typing import Any

from keras._core import release

_OF_LOGITS = frozenset(("2.3", "tf2.0", "tf2.11"))

# id of an array of probabilities -> it, 'sigmoid' or 'softmax', the axis, the logits; as long as the first is there
_made: dict[int, tuple[weakref.ref, str, int, Any]] = {}


def counts() -> bool:
    """Whether crossentropies are taken from logits where these are known."""
    return release.meant in _OF_LOGITS


def remember(probabilities: Any, kind: str, axis: int, logits: Any) -> Any:
    """Notes what probabilities were made of, and returns them."""
    if counts():
        key = id(probabilities)
        found = weakref.ref(probabilities, lambda _: _made.pop(key, None))
        _made[key] = (found, kind, axis % max(logits.ndim, 1), logits)
    return probabilities


def known(probabilities: Any, kind: str, axis: int = -1) -> Any:
    """The logits that probabilities were made of by a sigmoid or softmax; None if unknown, or if they do not count."""
    found = _made.get(id(probabilities)) if counts() else None
    if found is None or found[0]() is not probabilities or found[1] != kind:
        return None
    of_axis = kind == "sigmoid" or found[2] == axis % max(found[3].ndim, 1)
    return found[3] if of_axis else None
