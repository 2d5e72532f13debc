"""OptaxOptimizer: a gradient transformation of Optax as an optimizer."""

from keras import ops
from keras._jax import pytree
from keras.optimizers._optimizer import Optimizer

_NO_RATE = (
    "The learning rate is a part of the gradient transformation and cannot be read or set from outside.\n"
    "  Give the transformation a schedule instead: optax.adam(optax.cosine_decay_schedule(1e-3, 1000))."
)


def is_transformation(thing):
    """Whether `thing` is a gradient transformation of Optax: a pair of functions `init` and `update`."""
    return (
        isinstance(thing, tuple) and callable(getattr(thing, "init", None)) and callable(getattr(thing, "update", None))
    )


class OptaxOptimizer(Optimizer):
    """Changes variables as a gradient transformation says. `compile(optimizer=...)` makes it by itself.

    Learning rates, weight decay and clipping are parts of the transformation. It is a pair of functions, so a file
    cannot hold it: a loaded model has to be compiled again.

    Args:
        transformation: what a function of Optax returns, such as `optax.adam(1e-3)`.
        name: the first part of the paths of its variables.

    >>> model.compile(optimizer=optax.chain(optax.clip_by_global_norm(1.0), optax.adam(1e-3)), loss="mse")
    """

    def __init__(self, transformation, name=None):
        if not is_transformation(transformation):
            raise ValueError(f"OptaxOptimizer: `transformation` must have `init` and `update`. Got {transformation!r}.")
        super().__init__(learning_rate=lambda: 1.0, name=name or "optax_optimizer")
        self.transformation = transformation

    def build(self, variables):
        """Makes a variable for each array in the state of the transformation."""
        if self.built:
            return
        super().build(variables)
        leaves, self._rebuild = pytree.flatten(self.transformation.init([v.value for v in self._trainable_variables]))
        self._state = []
        for i, leaf in enumerate(leaves):
            leaf = ops.convert_to_tensor(leaf)
            made = self.add_variable(leaf.shape, "zeros", leaf.dtype.name, name=f"state_{i}")
            made.assign(leaf)
            self._state.append(made)

    @property
    def learning_rate(self):
        """Not known: it is inside the transformation."""
        raise AttributeError(_NO_RATE)

    @learning_rate.setter
    def learning_rate(self, value):
        raise AttributeError(_NO_RATE)

    def _rate_now(self):
        return 1.0

    def update_all(self, grads, variables, learning_rate):
        """One step of the transformation for all variables; those without a gradient get one of zeros."""
        given = {id(v): g for v, g in zip(variables, grads)}
        values = [v.value for v in self._trainable_variables]
        gradients = [given.get(id(v), ops.zeros_like(value)) for v, value in zip(self._trainable_variables, values)]
        state = self._rebuild([v.value for v in self._state])
        updates, state = self.transformation.update(gradients, state, values)
        for v, value, update in zip(self._trainable_variables, values, updates):
            if id(v) in given:
                v.assign(ops.add(value, ops.cast(update, value.dtype)))
        for kept, leaf in zip(self._state, pytree.flatten(state)[0]):
            kept.assign(leaf)

    def get_config(self):
        """Not possible: a transformation is made of functions.

        Raises:
            ValueError: always.
        """
        raise ValueError(
            "A gradient transformation of Optax is made of functions, which a config cannot hold.\n"
            "  Save with include_optimizer=False, or only the weights, and compile the loaded model again."
        )
