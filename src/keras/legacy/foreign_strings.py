"""`tf.strings` on arrays of texts, on the host: what programs standardize their sentences with."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from typing import Any

import numpy as np

from keras.layers._text import host_array, is_text, texts
from keras.legacy.foreign_texts import as_texts

_LOWER = {upper: upper + 32 for upper in range(65, 91)}
_UPPER = {lower: lower - 32 for lower in range(97, 123)}


def _texts(x: Any) -> np.ndarray:
    """An array of `str`, from texts, bytes, and lists and arrays of them."""
    array = host_array(x, "tf.strings")
    if not is_text(array):
        raise TypeError(f"tf.strings: expected texts, got an array of {array.dtype}.")
    return np.array(texts(array, "tf.strings"), dtype=str).reshape(array.shape)


def _each(function: Callable[[str], Any], x: Any, dtype: Any = str) -> np.ndarray:
    array = _texts(x)
    return np.array([function(one) for one in array.flat], dtype=dtype).reshape(array.shape)


def lower(input, encoding="", name=None):
    """`tf.strings.lower`: ASCII letters alone, unless `encoding` is 'utf-8'."""
    return _each(str.lower if encoding else lambda one: one.translate(_LOWER), input)


def upper(input, encoding="", name=None):
    """`tf.strings.upper`: ASCII letters alone, unless `encoding` is 'utf-8'."""
    return _each(str.upper if encoding else lambda one: one.translate(_UPPER), input)


def strip(input, name=None):
    """`tf.strings.strip`."""
    return _each(lambda one: one.strip(" \t\n\v\f\r"), input)


def regex_replace(input, pattern, rewrite, replace_global=True, name=None):
    """`tf.strings.regex_replace`; `\\1` in `rewrite` is the first group, `\\0` all of it."""
    found = _pattern(pattern)
    made = re.sub(r"\\0", r"\\g<0>", rewrite)
    return _each(lambda one: found.sub(made, one, count=0 if replace_global else 1), input)


def regex_full_match(input, pattern, name=None):
    """`tf.strings.regex_full_match`."""
    found = _pattern(pattern)
    return _each(lambda one: found.fullmatch(one) is not None, input, bool)


@functools.lru_cache(64)
def _pattern(pattern: str) -> re.Pattern:
    try:
        return re.compile(pattern, re.ASCII)
    except re.error as error:
        raise ValueError(f"tf.strings: {pattern!r} is no regular expression: {error}.") from None


def length(input, unit="BYTE", name=None):
    """`tf.strings.length`: in bytes, or with `unit` 'UTF8_CHAR' in characters."""
    return _each(lambda one: len(_in_units(one, unit)), input, "int32")


def substr(input, pos, len, unit="BYTE", name=None):
    """`tf.strings.substr`, from a position on, which may count from the end."""

    def part(one: str, pos: int, count: int) -> str:
        units = _in_units(one, unit)
        start = pos + units.__len__() if pos < 0 else pos
        found = units[start : start + count]
        return found.decode("utf-8") if isinstance(found, bytes) else found

    array, starts, counts = np.broadcast_arrays(_texts(input), np.asarray(pos), np.asarray(len))
    found = [part(str(t), int(p), int(n)) for t, p, n in zip(array.flat, starts.flat, counts.flat)]
    return np.array(found, dtype=str).reshape(array.shape)


def _in_units(text: str, unit: str) -> str | bytes:
    if unit not in ("BYTE", "UTF8_CHAR"):
        raise ValueError(f"tf.strings: `unit` must be 'BYTE' or 'UTF8_CHAR'. Got {unit!r}.")
    return text.encode("utf-8") if unit == "BYTE" else text


def join(inputs, separator="", name=None):
    """`tf.strings.join`: element by element."""
    arrays = np.broadcast_arrays(*map(_texts, inputs))
    found = [separator.join(map(str, parts)) for parts in zip(*(array.flat for array in arrays))]
    return np.array(found, dtype=str).reshape(arrays[0].shape)


def reduce_join(inputs, axis=None, keepdims=False, separator="", name=None):
    """`tf.strings.reduce_join` along one axis, or along all of them."""
    array = _texts(inputs)
    if axis is None:
        found = np.array(separator.join(map(str, array.flat)))
        return found.reshape((1,) * array.ndim) if keepdims else found
    rows = np.moveaxis(array, axis, -1)
    joined = [separator.join(map(str, row)) for row in rows.reshape(-1, rows.shape[-1])]
    found = np.array(joined, dtype=str).reshape(rows.shape[:-1])
    return np.expand_dims(found, axis) if keepdims else found


def split(input, sep=None, maxsplit=-1, name=None):
    """`tf.strings.split`: the words of one text, or a list of them for each text of a list."""
    array = _texts(input)
    words = [str(one).split(sep or None, maxsplit) for one in array.flat]
    if array.ndim == 0:
        return np.array(words[0], dtype=str)
    return words


def unicode_split(input, input_encoding="UTF-8", name=None):
    """`tf.strings.unicode_split`: the characters of one text, or a list of them for each text of a list."""
    array = _texts(input)
    characters = [list(str(one)) for one in array.flat]
    return np.array(characters[0], dtype=str) if array.ndim == 0 else characters


def to_number(input, out_type="float32", name=None):
    """`tf.strings.to_number`."""
    kind = str(getattr(out_type, "name", out_type))
    return _each(int if kind.startswith("int") else float, input, kind)


def as_string(input, precision=-1, name=None):
    """`tf.strings.as_string` of numbers; six digits behind the point, or `precision`."""
    array = np.asarray(input)
    digits = 6 if precision < 0 else precision

    def shown(one: Any) -> str:
        if array.dtype.kind == "b":
            return "true" if one else "false"
        return f"{one:.{digits}f}" if array.dtype.kind == "f" else str(one)

    return np.array([shown(one) for one in array.flat], dtype=str).reshape(array.shape)


def _as_tensors_are(function: Callable) -> Callable:
    """The function, whose texts know `numpy()`."""

    @functools.wraps(function)
    def call(*args, **kwargs):
        found = function(*args, **kwargs)
        return as_texts(found) if isinstance(found, np.ndarray) and found.dtype.kind == "U" else found

    return call


FUNCTIONS: dict[str, Callable] = {
    f"tensorflow.strings.{function.__name__}": _as_tensors_are(function)
    for function in (
        lower, upper, strip, regex_replace, regex_full_match, length, substr, join, reduce_join, split, unicode_split,
        to_number, as_string,
    )
}  # fmt: skip
