"""The triple (x, y, sample_weight) and the shorter tuples that stand for it."""

from typing import Any

from keras._core import tree


def pack_x_y_sample_weight(x: Any, y: Any = None, sample_weight: Any = None) -> Any:
    """The shortest tuple that holds the three; `x` alone when it is no list or tuple and there is nothing else.

    >>> pack_x_y_sample_weight("x"), pack_x_y_sample_weight("x", "y"), pack_x_y_sample_weight(["a", "b"])
    ('x', ('x', 'y'), (['a', 'b'],))
    """
    if y is None and sample_weight is None:
        return (x,) if isinstance(x, (list, tuple)) else x
    return (x, y) if sample_weight is None else (x, y, sample_weight)


def unpack_x_y_sample_weight(data: Any) -> tuple[Any, Any, Any]:
    """`(x, y, sample_weight)` from `x`, `(x,)`, `(x, y)` or `(x, y, sample_weight)`; None for what is not there.

    >>> unpack_x_y_sample_weight(("x", "y"))
    ('x', 'y', None)

    Raises:
        ValueError: a tuple or list of another length.
    """
    if not isinstance(data, (list, tuple)):
        return data, None, None
    if 1 <= len(data) <= 3:
        return (*data, None, None)[:3]
    raise ValueError(
        f"A batch is x, (x,), (x, y) or (x, y, sample_weight). Got {len(data)} things: {tree.describe(data)}.\n"
        f"  Several inputs go into one list or dict: ([x1, x2], y)."
    )
