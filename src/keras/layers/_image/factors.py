"""Ranges that random numbers are drawn from, as constructors take them."""

import numbers


def factor_range(name, value, bounds, owner, within=False):
    """(lowest, highest) from one number or two.

    One number `f` means from `-f` to `f` where `bounds` begin below 0, and otherwise from their beginning to `f`.
    Two are taken as they are, in order; as in Keras 3, they only must not lie beyond the bounds altogether, and for the
    layers that pass `within` neither of them may.
    """
    low, high = bounds
    if _is_number(value):
        if low < 0 and abs(value) <= high:
            return (-abs(value), abs(value))
        if low >= 0 and low <= value <= high:
            return (low, value)
    elif isinstance(value, (tuple, list)) and len(value) == 2 and all(map(_is_number, value)):
        first, last = sorted(value)
        if first <= high and last >= low and not (within and (first < low or last > high)):
            return (first, last)
    raise ValueError(
        f"{owner}: `{name}` must be a number from {low} to {high}, or two of them, the lowest and the highest. "
        f"Got {value!r}."
    )


def two_numbers(name, value, owner):
    """A pair of numbers, the second not below the first."""
    if isinstance(value, (tuple, list)) and len(value) == 2 and all(map(_is_number, value)) and value[0] <= value[1]:
        return tuple(value)
    raise ValueError(f"{owner}: `{name}` must be a pair of numbers, the lower one first. Got {value!r}.")


def _is_number(x):
    return isinstance(x, numbers.Real) and not isinstance(x, bool)
