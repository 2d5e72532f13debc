"""Models as configs, and from configs, without weights."""

from __future__ import annotations

import contextlib
import os
from typing import Any

from keras._core import draws, limits, registry, serialization
from keras.saving import _for_older, _json
from keras.saving._errors import BadFile, refusing

CONFIG = "config.json"
_SPARE = 2**26  # bytes of variables that a file need not have: seeds, states of optimizers that start anew
_SPARE_ALONE = 2**22  # where it has no weights at all, so that each variable is drawn: QR of 64 MB takes half a minute


def config_of(model: Any) -> tuple[dict, dict[str, Any]]:
    """The config of a model, and the classes and functions in it that are not built in."""
    with serialization.sharing() as strangers:
        return _as_keras_3_knows_it(serialization.serialize(model)), strangers


def _as_keras_3_knows_it(found: Any) -> Any:
    """A config without what layers were told of their inputs by arguments, and with today's names of their classes.

    The inputs themselves say it: a `Sequential` whose first layer was told begins with an `InputLayer`.
    """
    if isinstance(found, list):
        return [_as_keras_3_knows_it(x) for x in found]
    if not isinstance(found, dict):
        return found
    if isinstance(found.get("config"), dict) and not found.get("registered_name") and "class_name" in found:
        config = found["config"]
        if found.get("module") == "keras.layers":
            found = {**found, "class_name": registry.todays_class_name(found["class_name"], config)}
        if found["class_name"] != "InputLayer" and "batch_input_shape" in config:
            found = {**found, "config": {k: v for k, v in config.items() if k != "batch_input_shape"}}
    return {key: _as_keras_3_knows_it(value) for key, value in found.items()}


def described_for(model: Any, era: Any = None) -> dict:
    """The architecture of a model, with what it was compiled with, as readers of an era read it.

    Raises:
        ValueError: the model has something that the era did not have.
    """
    config, _ = config_of(model)
    return registry.writer_for(era).config(config) if _for_older.is_older(era) else config


def make_model(config: Any, path: str, saved_bytes: int, custom_objects: dict | None, compile: bool) -> Any:
    """A model from its config, without weights.

    Args:
        config: what a file says.
        path: the file's name, for messages.
        saved_bytes: bytes of the weights that the file has; the model's must fit.
        custom_objects: the caller's classes and functions.
        compile: whether to compile it as the config says.
    """
    if not isinstance(config, dict):
        raise BadFile(f"{path} is refused: at {CONFIG}, there is no object but a {type(config).__name__}.")
    if not compile:
        config = _without_compile(config)
    why = f"more than the {saved_bytes:,} bytes of weights in the file leave room for"
    with (
        refusing(path, CONFIG),
        limits.room_for_variables(4 * saved_bytes + _SPARE if saved_bytes else _SPARE_ALONE, why),
        serialization.sharing(),
        draws.large_ones_left_out() if saved_bytes else contextlib.nullcontext(),
    ):
        found = serialization.deserialize(registry.in_todays_form(config), custom_objects, "keras.models")
        # a FeatureSpace stands in a file by itself too
        if not hasattr(found, "layers") and not hasattr(found, "get_encoded_features"):
            raise ValueError(f"it describes a {type(found).__name__}, which is no model")
    return found


def _without_compile(config: Any) -> Any:
    if isinstance(config, dict):
        return {k: _without_compile(v) for k, v in config.items() if k != "compile_config"}
    return [_without_compile(v) for v in config] if isinstance(config, list) else config


def model_from_text(text, custom_objects: dict | None = None) -> Any:
    """A model from the JSON of its config, without weights."""
    if not isinstance(text, (str, bytes)):
        raise TypeError(f"model_from_json takes a string of JSON. Got a {type(text).__name__}.")
    config = _json.parse(text, "the JSON", "its text")
    if not isinstance(config, dict):
        raise BadFile("The JSON describes no model.")
    return model_described(config, "the JSON", custom_objects)


def model_described(config: dict, what: str, custom_objects: dict | None) -> Any:
    """A model from a config that came as text, whose weights this machine has room for."""
    room = limits.room_for_variables(_memory(), "more than this machine has")
    with refusing(what, "its text"), serialization.sharing(), room:
        return serialization.deserialize(registry.in_todays_form(config), custom_objects, "keras.models")


def _memory() -> int:
    """Bytes of memory of this machine; a number that is never in the way where the system does not tell."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return 2**50
