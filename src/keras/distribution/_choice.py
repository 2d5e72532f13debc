"""What `fit(..., distribution=...)` may be given."""

from __future__ import annotations

from typing import Any

from keras.distribution._distributions import DataParallel, Distribution
from keras.distribution._mesh import list_devices

_WORDS = ("auto", "sharded")


def distribution_for(asked: Any) -> Distribution | None:
    """The distribution that is asked for, None where there is one device only.

    Args:
        asked: 'auto' for a part of the rows on every device, 'sharded' for a part of the weights as well, or a
            distribution.

    Raises:
        ValueError: it is something else.
    """
    if isinstance(asked, Distribution):
        return asked
    if not isinstance(asked, str) or asked not in _WORDS:
        raise ValueError(f"`distribution` must be 'auto', 'sharded', a distribution or None. Got {asked!r}.")
    return DataParallel(shard_weights=asked == "sharded") if len(list_devices()) > 1 else None
