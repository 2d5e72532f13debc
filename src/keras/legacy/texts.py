"""Configs as YAML, which Keras 1 and 2 wrote beside JSON."""

from __future__ import annotations

from typing import Any

from keras.saving import _yaml
from keras.saving._described import described_for, model_described
from keras.saving._errors import BadFile


def to_yaml(model, era=None, **kwargs) -> str:
    """The architecture of a model as YAML.

    Args:
        era: '1' or '2' writes what Keras 1.2 or 2.3 reads.
        kwargs: passed to `yaml.safe_dump`.

    Raises:
        ImportError: PyYAML is not installed.
    """
    return _yaml.package().safe_dump(_plain(described_for(model, era)), **kwargs)


def model_from_yaml(yaml_string, custom_objects=None):
    """A model from what `to_yaml` of any year returned, without weights.

    Nothing in the text is run: of the tags that are not plain YAML only tuples are known.

    Raises:
        ValueError: the text is no YAML, has other tags, or describes no model.
        ImportError: PyYAML is not installed.
    """
    found = _yaml.parse(yaml_string, "The YAML")
    if not isinstance(found, dict):
        raise BadFile("The YAML describes no model.")
    return model_described(found, "The YAML", custom_objects)


def _plain(value: Any) -> Any:
    """Tuples as lists: YAML has no others."""
    if isinstance(value, dict):
        return {k: _plain(v) for k, v in value.items()}
    return [_plain(v) for v in value] if isinstance(value, (list, tuple)) else value
