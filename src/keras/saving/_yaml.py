"""YAML of strangers: plain values, and the tuples and numbers of NumPy that Keras 1 and 2 let slip into it."""

from __future__ import annotations

from typing import Any

import numpy as np

from keras.saving._errors import BadFile

_LONGEST = 4 * 2**20  # characters
_MOST_PLACES = 100_000  # where an item may begin: PyYAML takes 50 microseconds for each
_MOST_ITEMS = 1_000_000  # with what aliases repeat
_LONGEST_NUMBER = 64  # characters
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


def package() -> Any:
    """The module `yaml`.

    Raises:
        ImportError: PyYAML is not installed.
    """
    try:
        import yaml  # optional, and only for this
    except ImportError as error:
        raise ImportError(
            "YAML needs PyYAML: pip install pyyaml\n"
            "  Or use JSON: model.to_json() and keras.models.model_from_json(text)."
        ) from error
    return yaml


def parse(text: Any, path: str) -> Any:
    """What a YAML text says; nothing in it is run. Of the tags that are not plain YAML only the above are known.

    Raises:
        BadFile: the text is no YAML, has other tags, or repeats too much.
        ImportError: PyYAML is not installed.
    """
    yaml = package()
    if not isinstance(text, str) or len(text) > _LONGEST:
        raise BadFile(f"{path} is refused: it is no text, or longer than a config can be.")
    if sum(text.count(sign) for sign in ("\n", ",", "[", "{", "- ", "? ")) > _MOST_PLACES:
        raise BadFile(f"{path} is refused: it has more items than any model.")

    class Loader(yaml.SafeLoader):
        """Plain values, and tuples, as Keras 1 and 2 wrote them."""

        def flatten_mapping(self, node):
            """Merges nothing: keys merged with themselves again and again become more than any memory holds."""
            if any(key.tag == "tag:yaml.org,2002:merge" for key, _ in node.value):
                raise ValueError("keys are merged with `<<`, which no config does")

    def tuple_of(loader, node):
        return loader.construct_sequence(node, deep=True)

    def short(construct):
        def construct_short(loader, node):
            if len(node.value) > _LONGEST_NUMBER:
                raise ValueError(f"the number {node.value[:20]}... is too long")
            return construct(loader, node)

        return construct_short

    for kind in ("int", "float"):
        tag = f"tag:yaml.org,2002:{kind}"
        Loader.add_constructor(tag, short(yaml.SafeLoader.yaml_constructors[tag]))
    Loader.add_constructor("tag:yaml.org,2002:python/tuple", tuple_of)
    Loader.add_constructor("tag:yaml.org,2002:python/unicode", lambda loader, node: loader.construct_scalar(node))
    Loader.add_constructor(f"{_APPLY}numpy.dtype", _dtype_name)
    Loader.add_constructor(f"{_APPLY}numpy.core.multiarray.scalar", _number)
    try:
        found = yaml.load(text, Loader)  # a SafeLoader
    except yaml.YAMLError as error:
        raise BadFile(f"{path} is refused: {error}") from error
    except (ValueError, TypeError, LookupError) as error:
        raise BadFile(f"{path} is refused: {error}.") from error
    except RecursionError as error:
        raise BadFile(f"{path} is refused: it is nested too deeply.") from error
    _count(found, path)
    return found


def _count(found: Any, path: str) -> None:
    """Counts what there is when every alias is written out, and refuses what is in itself."""
    count, stack = 0, [(found, 0)]
    while stack:
        value, depth = stack.pop()
        count += 1
        if count > _MOST_ITEMS or depth > 200:
            raise BadFile(f"{path} is refused: its aliases repeat too much, or it is nested too deeply.")
        if isinstance(value, dict):
            stack.extend((v, depth + 1) for v in value.values())
        elif isinstance(value, list):
            stack.extend((v, depth + 1) for v in value)
