"""JSON of strangers: no duplicate keys, no NaN, no numbers beyond floats, not nested too deeply."""

from __future__ import annotations

import json
import math
from typing import Any

from keras.saving._errors import BadFile, refusing

MOST_BYTES = 32 * 2**20  # of one config
_MOST_CONTAINERS = 400_000  # objects and lists, which take far more memory than text
_MOST_VALUES = 2_000_000
_DEEPEST = 200


def parse(text: str | bytes, path: str, place: str) -> Any:
    """What a JSON text says.

    Raises:
        BadFile: it is no JSON, or holds what no config does.
    """
    if len(text) > MOST_BYTES:
        raise BadFile(f"{path} is refused: at {place}, there are {len(text):,} bytes of JSON.")
    with refusing(path, place):
        if isinstance(text, bytes):
            text = text.decode("utf-8")
        if text.count("{") + text.count("[") > _MOST_CONTAINERS or text.count(",") > _MOST_VALUES:
            raise ValueError("it has more objects than any model")
        found = json.loads(text, object_pairs_hook=_unique, parse_constant=_no_constant, parse_float=_finite)
    _check_depth(found, path, place)
    return found


def write(value: Any) -> str:
    """`value` as JSON.

    Raises:
        ValueError: it holds NaN or an infinity, which JSON does not have.
    """
    try:
        return json.dumps(value, allow_nan=False)
    except ValueError as error:
        if "float values" not in str(error):
            raise
        raise ValueError("The config holds NaN or an infinity, which a file cannot keep.") from error


def _unique(pairs: list[tuple[str, Any]]) -> dict:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the key {twice!r} stands twice in one object")
    return found


def _no_constant(text: str) -> Any:
    raise ValueError(f"{text} is no number of JSON")


def _finite(text: str) -> float:
    value = float(text)
    if math.isinf(value):
        raise ValueError(f"the number {text[:20]} is too large")
    return value


def _check_depth(value: Any, path: str, place: str) -> None:
    level = [value]
    for _ in range(_DEEPEST):
        inner = (x for x in level if isinstance(x, (dict, list)))
        level = [item for x in inner for item in (x.values() if isinstance(x, dict) else x)]
        if not level:
            return
    raise BadFile(f"{path} is refused: at {place}, it is nested more than {_DEEPEST} levels deep.")
