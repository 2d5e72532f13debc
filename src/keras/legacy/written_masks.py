"""Where masks go in a model for readers of another year: most layers of Keras 1 and 2 refused them.

Today, as in tf.keras, such a layer drops the mask and goes on.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

_LOOPS = ("LSTM", "GRU", "SimpleRNN", "RNN")
_STOPS = ("Dot", "Lambda", "GlobalAveragePooling1D")
# what Keras 1.2.2 and 2.3.1 said of themselves, without layers of pictures and volumes, which no mask reaches
_BY_2 = {
    "AveragePooling1D", "Conv1D", "Cropping1D", "Flatten", "GlobalMaxPooling1D", "Highway", "LocallyConnected1D",
    "MaxoutDense", "MaxPooling1D", "Permute", "RepeatVector", "Reshape", "SeparableConv1D", "UpSampling1D",
    "ZeroPadding1D",
}  # fmt: skip
REFUSED = {"1": _BY_2 | {"Dense", "GlobalAveragePooling1D", "Lambda"}, "2": _BY_2}


def refusing(found: dict, refused: set[str]) -> list[dict]:
    """The entries of layers that a mask reaches in a model, and that refuse it.

    Args:
        found: what `serialize` returned for the model.
        refused: classes of layers.
    """
    met: list[dict] = []

    def note(entry: dict) -> None:
        if entry not in met:
            met.append(entry)

    _leaves_masked(found, False, refused, note)
    return met


def _leaves_masked(entry: dict, masked: bool, refused: set[str], note: Callable[[dict], None]) -> bool:
    """Whether what a layer or a model returns has a mask."""
    cls, config = entry["class_name"], entry["config"]
    if isinstance(config, dict) and isinstance(config.get("layers"), list):
        if "input_layers" in config:
            return _graph_masked(config, masked, refused, note)
        for inner in config["layers"]:
            masked = masked if inner["class_name"] == "InputLayer" else _leaves_masked(inner, masked, refused, note)
        return masked
    if cls in ("Embedding", "Masking"):
        return cls == "Masking" or bool(config.get("mask_zero"))
    if not masked or entry.get("registered_name"):
        return False
    if cls in refused:
        note(entry)
    if cls in _LOOPS or cls == "Bidirectional":
        loop = config["layer"]["config"] if cls == "Bidirectional" else config
        return bool(loop.get("return_sequences"))
    return cls not in refused and cls not in _STOPS


def _graph_masked(config: dict, masked: bool, refused: set[str], note: Callable[[dict], None]) -> bool:
    returned: set[tuple[str, int]] = set()  # calls whose results have masks: the layer's name, the call's number
    if masked:
        returned |= {(entry["config"]["name"], 0) for entry in config["layers"] if entry["class_name"] == "InputLayer"}
    before = -1
    while before != len(returned):  # layers that are shared may take what comes from later ones
        before = len(returned)
        for entry in config["layers"]:
            name = entry.get("name") or entry["config"]["name"]
            for number, node in enumerate(entry.get("inbound_nodes", [])):
                reached = any(source in returned for source in _sources(node["args"]))
                if _leaves_masked(entry, reached, refused, note):
                    returned.add((name, number))
    return any(source in returned for source in _outputs(config["output_layers"]))


def _sources(args: Any) -> list[tuple[str, int]]:
    if isinstance(args, dict) and args.get("class_name") == "__keras_tensor__":
        return [tuple(args["config"]["keras_history"][:2])]
    inner = args.values() if isinstance(args, dict) else args if isinstance(args, (list, tuple)) else ()
    return [source for x in inner for source in _sources(x)]


def _outputs(places: Any) -> list[tuple[str, int]]:
    if isinstance(places, (list, tuple)) and len(places) == 3 and isinstance(places[0], str):
        return [(places[0], places[1])]
    inner = places.values() if isinstance(places, dict) else places
    return [source for x in inner for source in _outputs(x)]
