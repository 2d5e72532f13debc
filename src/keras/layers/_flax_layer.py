"""A layer from a module of Flax."""

import inspect

from keras.layers._jax_layer import JaxLayer


class FlaxLayer(JaxLayer):
    """Makes a layer of a Flax (linen) module.

    What the module keeps in "params" is trained; its other collections, such as "batch_stats", change in training.

    Args:
        module: the module. The method that is called takes inputs, and `training` if it wants.
        method: the method to call, a name or a function; `__call__` if None.
        variables: collections to start with, as `module.init` returns them; made by it if None.
        **kwargs: `seed` and what every layer takes.

    A module cannot be written into a config, so a model with this layer is rebuilt by your program.

    >>> FlaxLayer(flax.linen.Dense(3))(ops.ones((2, 4))).shape
    (2, 3)
    """

    _not_in_config = frozenset((*JaxLayer._not_in_config, "call_fn", "init_fn", "variables"))

    def __init__(self, module, method=None, variables=None, **kwargs):
        for name in ("init", "apply"):
            if not callable(getattr(module, name, None)):
                raise ValueError(f"FlaxLayer: `module` must be a module of flax.linen. Got {module!r}.")
        function = getattr(type(module), method) if isinstance(method, str) else method or type(module).__call__
        takes_training = "training" in inspect.signature(function).parameters

        def flags(training):
            return {"training": training} if takes_training else {}

        def call_fn(params, state, rng, inputs, training):
            collections = {**(state or {}), **({} if params is None else {"params": params})}
            changing = list(state) if training and state else False
            rngs = None if rng is None else dict.fromkeys(("params", "dropout", "noise", "default"), rng)
            result = module.apply(
                collections, inputs, rngs=rngs, method=method, mutable=changing, **flags(training)
            )  # fmt: skip
            if changing is False:
                return result, state
            outputs, changed = result
            return outputs, {**state, **changed}

        def init_fn(rng, inputs, training):
            names = ("params", "dropout", "noise", "default")
            found = module.init(dict.fromkeys(names, rng), inputs, method=method, **flags(training))
            return _split(found)

        params, state = (None, None) if variables is None else _split(variables)
        super().__init__(call_fn, None if variables is not None else init_fn, params, state, **kwargs)
        self.module = module
        self.method = method


def _split(variables):
    """Collections -> what is trained, and the others."""
    found = variables.unfreeze() if hasattr(variables, "unfreeze") else dict(variables)
    return found.pop("params", {}), found
