"""Code of published networks in files: it is never run but known by its bytes, and a layer of today takes its place."""

from __future__ import annotations

import base64
import binascii
import re

__all__ = ["known_layer"]

# what `inputs[0] + inputs[1] * scale` was compiled to by CPython 2.7 to 3.5, 3.6 to 3.10 and 3.11
_SCALED_SUMS = (
    b"|\0\0d\1\0\x19|\0\0d\2\0\x19|\1\0\x14\x17S",
    b"|\0d\1\x19\0|\0d\2\x19\0|\1\x14\0\x17\0S\0",
    b"|\0d\1\x19" + b"\0" * 9 + b"|\0d\2\x19" + b"\0" * 9 + b"|\1z\5\0\0z\0\0\0S\0",
)
# the code, and after it the constants None, 0 and 1
_SCALED_SUM = re.compile(
    b"(?:" + b"|".join(re.escape(code) for code in _SCALED_SUMS) + rb")[()]\x03(?:\0{3})?N[\xe9i]\0{4}[\xe9i]\x01\0{3}",
)


def known_layer(inner: dict) -> dict | None:
    """What a `Lambda` is today whose code is that of InceptionResNetV2, in which blocks are added to what came in.

    Args:
        inner: its config, as releases before 3 wrote it.
    """
    function, arguments = inner.get("function"), inner.get("arguments")
    if not isinstance(function, list) or not function or not isinstance(function[0], str):
        return None
    if (
        not isinstance(arguments, dict)
        or list(arguments) != ["scale"]
        or not isinstance(arguments["scale"], int | float)
    ):
        return None
    try:
        code = base64.b64decode(function[0])
    except (binascii.Error, ValueError):
        return None
    if any(function[1:]) or not _SCALED_SUM.search(code):
        return None
    return {
        "module": "keras.src.applications.inception_resnet_v2",
        "class_name": "CustomScaleLayer",
        "config": {**{k: inner[k] for k in ("name", "trainable", "dtype") if k in inner}, **arguments},
    }
