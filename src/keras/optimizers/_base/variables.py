"""The variables that an optimizer changes, and those that it keeps for them."""

from __future__ import annotations

from keras import initializers, ops
from keras._core import tree
from keras._core.names import name_scope
from keras._jax import placement
from keras._jax.variable import Variable

# attributes that hold the model's variables, or this optimizer's in the order of creation
LISTS = ("_trainable_variables", "_undecayed_variables", "_variables")


class Variables:
    """An optimizer as the owner of variables."""

    @property
    def variables(self) -> list[Variable]:
        """The step count, the learning rate where it is a number, and what `build` made, in the order of creation."""
        self._find_variables()
        return list(self._variables)

    def _find_variables(self) -> None:
        known = {id(v) for v in self._variables} | {id(v) for v in self._trainable_variables}
        for name, value in vars(self).items():
            if name in LISTS:
                continue
            for item in tree.contained(value, Variable):
                if id(item) not in known:
                    known.add(id(item))
                    self._variables.append(item)

    def build(self, variables) -> None:
        """Makes the variables of this optimizer for those it will change."""
        if self.built:
            return
        self._trainable_variables = list(variables)
        for v in self._trainable_variables:
            if not isinstance(v, Variable):
                raise ValueError(f"{type(self).__name__}.build: needs a list of variables. Got a {type(v).__name__}.")
        self._places = {id(v): i for i, v in enumerate(self._trainable_variables)}
        self._find_variables()  # what a constructor made comes first
        if self.use_ema:
            self._averages = self.add_optimizer_variables(self._trainable_variables, "average")
        if self.gradient_accumulation_steps:
            self._accumulators = [
                self.add_variable_from_reference(v, "gradient_accumulator") for v in self._trainable_variables
            ]
        self.built = True

    def add_variable(
        self, shape, initializer="zeros", dtype=None, aggregation="none", layout=None, name=None
    ) -> Variable:
        """A new variable of this optimizer."""
        with name_scope(self.name):
            made = Variable(
                initializers.get(initializer), shape=tuple(shape), dtype=dtype, trainable=False,
                aggregation=aggregation, layout=layout, name=name,
            )  # fmt: skip
        return self._taken(made)

    def add_variable_from_reference(self, reference_variable, name=None, initializer="zeros") -> Variable:
        """A new variable of the shape and dtype of another, called after it: 'dense_kernel_momentum'.

        `initializer` may also be an array or a variable to start from.
        """
        path = reference_variable.path.replace("/", "_")
        start = initializer
        if isinstance(initializer, (str, dict)) or initializer is None:
            start = initializers.get(initializer or "zeros")
        with name_scope(self.name):
            made = Variable(
                start if callable(start) else ops.convert_to_tensor(start),
                shape=reference_variable.shape, dtype=reference_variable.dtype, trainable=False,
                layout=getattr(reference_variable, "_layout", None), name=f"{path}_{name}" if name else path,
                like=reference_variable,
            )  # fmt: skip
        return self._taken(made)

    def _taken(self, made: Variable) -> Variable:
        if self._offloads and made.ndim:
            made.keep_on_host()
        self._variables.append(made)
        return made

    def offload_state(self) -> None:
        """Keeps what this optimizer remembers per weight in the memory of the host, not of the device.

        Each step brings it to the device where it is needed and takes it back: steps need less memory on the device and
        take longer. May be called before or after the state exists; it is no part of the config.

        Raises:
            ValueError: the device cannot use the host's memory.

        >>> optimizer = keras.optimizers.Adam()
        >>> optimizer.offload_state()
        >>> model.compile(optimizer, "mse")
        """
        placement.check_host_memory()
        self._offloads = True
        for v in self._variables:
            if v.ndim:
                v.keep_on_host()
        for part in self.numbered_parts().values():
            if isinstance(part, Variables):
                part.offload_state()

    def add_optimizer_variables(self, trainable_variables, name, initializer="zeros"):
        """One list of variables per name, each with an entry per trainable variable.

        The entry is None where a variable is overwritten with its gradient, since no update reads it. With a list as
        `name` it returns a tuple of lists, and `initializer` may be a list as well.
        """
        names = [name] if isinstance(name, str) else list(name)
        starts = initializer if isinstance(initializer, (list, tuple)) else [initializer] * len(names)
        made: tuple[list, ...] = tuple([] for _ in names)
        for v in trainable_variables:
            for found, each, start in zip(made, names, starts):
                skipped = v.overwrite_with_gradient
                found.append(None if skipped else self.add_variable_from_reference(v, each, start))
        return made[0] if isinstance(name, str) else made

    def _get_variable_index(self, variable) -> int:
        return self._places[id(variable)]

    def slot(self, kept: list, variable: Variable) -> Variable:
        """The entry for `variable` in a list that `add_optimizer_variables` made."""
        return kept[self._places[id(variable)]]

    def __getstate__(self) -> dict:
        return {k: v for k, v in self.__dict__.items() if k != "_places"}

    def __setstate__(self, state: dict) -> None:
        self.__dict__.update(state)
        self._places = {id(v): i for i, v in enumerate(self._trainable_variables)}
