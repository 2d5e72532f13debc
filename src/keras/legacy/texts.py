"""Configs as YAML, which Keras 1 and 2 wrote beside JSON."""

from __future__ import annotations

from typing import Any

import numpy as np

from keras.saving._errors import BadFile
from keras.saving._model import described_for, model_described

_LONGEST = 16 * 2**20  # characters
_MOST_ITEMS = 1_000_000  # with what aliases repeat


_APPLY = "tag:yaml.org,2002:python/object/apply:"  # nothing is applied: the two below are read as the numbers they are
_NUMBERS = frozenset(("b1", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8"))


def _dtype_name(loader: Any, node: Any) -> str:
    """The name of a NumPy dtype, which 1.x let slip into its configs."""
    found = loader.construct_mapping(node, deep=True) if node.id == "mapping" else {"args": [None]}
    args = found.get("args") or [None]
    if args[0] not in _NUMBERS:
        raise ValueError(f"{args[0]!r} is no dtype of numbers")
    return str(args[0])


def _number(loader: Any, node: Any) -> Any:
    """A NumPy number, from its dtype and its bytes."""
    dtype, data = loader.construct_sequence(node, deep=True)
    if isinstance(data, str):
        data = data.encode("latin-1")
    return np.frombuffer(data, dtype, 1)[0].item()


def _yaml() -> Any:
    try:
        import yaml  # optional, and only for this
    except ImportError as error:
        raise ImportError(
            "YAML needs PyYAML: pip install pyyaml\n"
            "  Or use JSON: model.to_json() and keras.models.model_from_json(text)."
        ) from error
    return yaml


def to_yaml(model, era=None, **kwargs) -> str:
    """The architecture of a model as YAML.

    Args:
        era: '1' or '2' writes what Keras 1.2 or 2.3 reads.
        kwargs: passed to `yaml.safe_dump`.

    Raises:
        ImportError: PyYAML is not installed.
    """
    return _yaml().safe_dump(_plain(described_for(model, era)), **kwargs)


def model_from_yaml(yaml_string, custom_objects=None):
    """A model from what `to_yaml` of any year returned, without weights.

    Nothing in the text is run: of the tags that are not plain YAML only tuples are known.

    Raises:
        ValueError: the text is no YAML, has other tags, or describes no model.
        ImportError: PyYAML is not installed.
    """
    yaml = _yaml()
    if not isinstance(yaml_string, str) or len(yaml_string) > _LONGEST:
        raise BadFile("The YAML is refused: it is no text, or longer than a config can be.")

    class Loader(yaml.SafeLoader):
        """Plain values, and tuples, as Keras 1 and 2 wrote them."""

    def tuple_of(loader, node):
        return loader.construct_sequence(node, deep=True)

    Loader.add_constructor("tag:yaml.org,2002:python/tuple", tuple_of)
    Loader.add_constructor("tag:yaml.org,2002:python/unicode", lambda loader, node: loader.construct_scalar(node))
    Loader.add_constructor(f"{_APPLY}numpy.dtype", _dtype_name)
    Loader.add_constructor(f"{_APPLY}numpy.core.multiarray.scalar", _number)
    try:
        found = yaml.load(yaml_string, Loader)  # a SafeLoader
    except yaml.YAMLError as error:
        raise BadFile(f"The YAML is refused: {error}") from error
    except (ValueError, TypeError, LookupError) as error:
        raise BadFile(f"The YAML is refused: {error}.") from error
    except RecursionError as error:
        raise BadFile("The YAML is refused: it is nested too deeply.") from error
    _count(found)
    if not isinstance(found, dict):
        raise BadFile("The YAML describes no model.")
    return model_described(found, "The YAML", custom_objects)


def _count(found: Any) -> None:
    """Counts what there is when every alias is written out, and refuses what is in itself."""
    count, stack = 0, [(found, 0)]
    while stack:
        value, depth = stack.pop()
        count += 1
        if count > _MOST_ITEMS or depth > 200:
            raise BadFile("The YAML is refused: its aliases repeat too much, or it is nested too deeply.")
        if isinstance(value, dict):
            stack.extend((v, depth + 1) for v in value.values())
        elif isinstance(value, list):
            stack.extend((v, depth + 1) for v in value)


def _plain(value: Any) -> Any:
    """Tuples as lists: YAML has no others."""
    if isinstance(value, dict):
        return {k: _plain(v) for k, v in value.items()}
    return [_plain(v) for v in value] if isinstance(value, (list, tuple)) else value
