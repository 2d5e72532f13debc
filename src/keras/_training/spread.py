"""One run over several devices: what `fit(..., distribution=...)` and its siblings do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from keras.distribution._choice import distribution_for


def spread_over(distribution: Any, method: Callable, arguments: dict[str, Any]) -> Any:
    """Calls `method` with a distribution set.

    Args:
        distribution: as `distribution_for` takes it.
        arguments: all of the method's, `self` and `distribution` included.
    """
    arguments = {name: value for name, value in arguments.items() if name not in ("distribution", "kwargs")}
    chosen = distribution_for(distribution)
    if chosen is None:
        return method(**arguments)
    with chosen.scope():
        return method(**arguments)
