"""In which dtypes a layer computes and keeps variables, and how many bits they have."""

from __future__ import annotations

from keras._core.dtype_policy import DTypePolicy, policy_from
from keras._core.names import current_path
from keras._core.policy_map import DTypePolicyMap
from keras._jax.variable import allow


class Dtypes:
    """A layer as the follower of a policy."""

    @property
    def dtype_policy(self) -> DTypePolicy:
        """The policy that says in which dtypes it computes and keeps variables."""
        return self._policy if self._policy_map is None else self._policy_map

    @dtype_policy.setter
    def dtype_policy(self, value) -> None:
        policy = policy_from(value)
        self._policy_map = policy if isinstance(policy, DTypePolicyMap) else None
        self._follow_policy(policy)
        self._policy = policy
        allow(policy.compute_dtype)

    def _follow_policy(self, policy: DTypePolicy) -> None:
        """What is to be done before the policy is replaced."""

    def _take_policy(self) -> None:
        """Looks its policy up in a map of policies, now that its place in the model is known."""
        self._path = current_path()
        if self._policy_map is not None:
            self._policy = self._policy_map[self.path]

    def _policy_for_config(self) -> DTypePolicy:
        """Its policy, with those of quantised layers inside, which know theirs from it alone."""
        inside = [x for x in self._flatten_layers(include_self=False) if x._policy.quantization_mode is not None]
        if not inside:
            return self.dtype_policy
        return DTypePolicyMap(self._policy, {x.path: x._policy for x in inside})

    @property
    def dtype(self) -> str:
        """The dtype its variables are kept in."""
        return self._policy.variable_dtype

    @property
    def variable_dtype(self) -> str:
        """The dtype its variables are kept in."""
        return self._policy.variable_dtype

    @property
    def compute_dtype(self) -> str:
        """The dtype it computes in."""
        return self._policy.compute_dtype

    @property
    def input_dtype(self) -> str:
        """The dtype float inputs are converted to."""
        return self._policy.compute_dtype

    @property
    def quantization_mode(self) -> str | None:
        """How its weights are quantised; None if they are not."""
        return self._policy.quantization_mode

    def quantize(self, mode=None, type_check=True, config=None):
        """Keeps the weights in fewer bits, where a layer can: Dense, EinsumDense and the embeddings do.

        Raises:
            NotImplementedError: this layer cannot.
        """
        raise NotImplementedError(f"{type(self).__name__} cannot be quantised.")

    def quantized_build(self, input_shape, mode):
        """Makes quantised weights for inputs of a shape, where a layer can."""
        raise NotImplementedError(f"{type(self).__name__} cannot be quantised.")

    def quantized_call(self, *args, **kwargs):
        """What a call computes with quantised weights, where a layer can have them."""
        raise NotImplementedError(f"{type(self).__name__} cannot be quantised.")
