"""DTypePolicyMap: a dtype policy for each layer of a model, by its path."""

from __future__ import annotations

import re
from collections.abc import MutableMapping

from keras._core.dtype_policy import DTypePolicy, by_class, policy_from


class DTypePolicyMap(DTypePolicy, MutableMapping):
    """Policies by paths of layers, such as 'decoder/attention/query', or by regular expressions for them.

    A path takes the policy of the key it equals, or else of the one key that matches all of it, or else the default.

    Args:
        default_policy: a policy or its name, for paths that nothing matches; the global policy if None.
        policy_map: path -> policy or its name.

    >>> policies = DTypePolicyMap("mixed_bfloat16", {"head/.*": "float32"})
    >>> policies["head/dense"].name, policies["body"].name
    ('float32', 'mixed_bfloat16')
    """

    def __init__(self, default_policy=None, policy_map=None):
        if policy_map is not None and not isinstance(policy_map, dict):
            raise TypeError(f"DTypePolicyMap: `policy_map` must be a dict. Got {policy_map!r}.")
        self._given_default = default_policy
        self._default = policy_from(default_policy)
        if self._default.quantization_mode is not None:
            raise ValueError(
                f"DTypePolicyMap: `default_policy` must not quantise. Got {self._default.name!r}.\n"
                "  Quantised layers need entries of their own."
            )
        self._policies: dict[str, DTypePolicy] = {}
        for path, policy in (policy_map or {}).items():
            self[path] = policy

    @property
    def name(self) -> str:
        """The default policy's name with 'map_' before it."""
        return f"map_{self._default.name}"

    @property
    def default_policy(self) -> DTypePolicy:
        """The policy of paths that nothing matches."""
        return self._default

    @property
    def compute_dtype(self) -> str:
        """That of the default policy."""
        return self._default.compute_dtype

    @property
    def variable_dtype(self) -> str:
        """That of the default policy."""
        return self._default.variable_dtype

    def __getitem__(self, key) -> DTypePolicy:
        if key in self._policies:
            return self._policies[key]
        found = [pattern for pattern in self._policies if re.fullmatch(pattern, key)]
        if len(found) > 1:
            raise ValueError(f"DTypePolicyMap: the path {key!r} matches several keys: {', '.join(map(repr, found))}.")
        return self._policies[found[0]] if found else self._default

    def __setitem__(self, key, policy) -> None:
        if key in self._policies:
            raise ValueError(
                f"DTypePolicyMap: there is a policy for {key!r} already: {self._policies[key].name!r}.\n"
                "  Delete it first."
            )
        self._policies[key] = policy_from(policy)

    def __delitem__(self, key) -> None:
        del self._policies[key]

    def __contains__(self, key) -> bool:
        return key in self._policies

    def __iter__(self):
        return iter(self._policies)

    def __len__(self) -> int:
        return len(self._policies)

    def get_config(self) -> dict:
        """The constructor's arguments."""
        given = self._given_default
        # without a default, policies of layers follow the global one wherever they are made again
        open_ended = {} if given is not None else {"name": None, "source_name": None}
        return {
            "default_policy": given.name if isinstance(given, DTypePolicy) else given,
            "policy_map": {
                path: {
                    "module": "keras" if type(policy) is DTypePolicy else "keras.dtype_policies",
                    "class_name": type(policy).__name__,
                    "config": {key: open_ended.get(key, value) for key, value in policy.get_config().items()},
                    "registered_name": None,
                }
                for path, policy in self._policies.items()
            },
        }

    @classmethod
    def from_config(cls, config, custom_objects=None):
        """A map from what `get_config` returned. Policies are built in, so `custom_objects` adds nothing."""
        found = {path: policy_from(policy) for path, policy in (config.get("policy_map") or {}).items()}
        return cls(config.get("default_policy"), found)

    def __eq__(self, other) -> bool:
        return (
            isinstance(other, DTypePolicyMap)
            and (other._given_default is None) == (self._given_default is None)
            and (other._default, other._policies) == (self._default, self._policies)
        )

    def __hash__(self) -> int:
        return id(self)

    def __repr__(self) -> str:
        shown = {path: policy.name for path, policy in self._policies.items()}
        return f"<DTypePolicyMap default_policy={self._default.name!r}, mapping={list(shown.items())}>"


by_class["DTypePolicyMap"] = DTypePolicyMap
