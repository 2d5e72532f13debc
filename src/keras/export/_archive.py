"""ExportArchive: functions and the variables they read, written as programs."""

from __future__ import annotations

import os
from typing import Any

import numpy as np

from keras._core import tree
from keras._core.checks import no_more_arguments
from keras._core.graph import KerasTensor
from keras._jax import exported
from keras._jax.variable import Variable
from keras.export import _format
from keras.models import Model
from keras.saving import _archive, _json
from keras.saving._atomic import written_atomically

_NO_SAVED_MODEL = (
    "{who} writes no TensorFlow SavedModel: its functions are TensorFlow's graphs, which only TensorFlow can make.\n"
    "  write:  {instead}\n"
    "  For TensorFlow Serving and TFLite, write it with model.save('model.keras'), and export that with Keras 3 on\n"
    "  TensorFlow."
)


def check_no_saved_model(format: str, who: str, instead: str) -> None:
    """Refuses the format that needs TensorFlow.

    Raises:
        ValueError: it is asked for.
    """
    if format in ("saved_model", "tf_saved_model"):
        raise ValueError(_NO_SAVED_MODEL.format(who=who, instead=instead))


class ExportArchive:
    """Collects functions and writes them, with the variables they read, as programs that run without their code.

    Args:
        format: 'stablehlo'.
        kwargs: none are known.

    Raises:
        ValueError: the format is another one; 'saved_model' needs TensorFlow.

    >>> archive = keras.export.ExportArchive()
    >>> archive.add_endpoint("serve", model, [keras.InputSpec(shape=(None, 8), dtype="float32")])
    >>> archive.write_out("model.stablehlo")
    >>> keras.export.load("model.stablehlo").serve(x)
    """

    def __init__(self, format="stablehlo", **kwargs):
        no_more_arguments("ExportArchive", kwargs)
        check_no_saved_model(format, "ExportArchive", "keras.export.ExportArchive(format='stablehlo')")
        if format != "stablehlo":
            raise ValueError(f"ExportArchive: `format` must be 'stablehlo'. Got {format!r}.")
        self._tracked: list[Variable] = []
        self._endpoints: dict[str, exported.Program] = {}
        self._collections: dict[str, list[Variable]] = {}

    # --- what is in it

    @property
    def variables(self) -> list[Variable]:
        """Variables of everything tracked, and those that endpoints read."""
        read = [v for program in self._endpoints.values() for v in program.variables]
        collected = [v for variables in self._collections.values() for v in variables]
        return _once([*self._tracked, *read, *collected])

    @property
    def trainable_variables(self) -> list[Variable]:
        """Those that training changes."""
        return [v for v in self.variables if v.trainable]

    @property
    def non_trainable_variables(self) -> list[Variable]:
        """Those that training does not change."""
        return [v for v in self.variables if not v.trainable]

    def track(self, resource) -> None:
        """Keeps the variables of a layer, a model or an optimizer in the file, whether an endpoint reads them or not.

        Raises:
            ValueError: it has no variables.
        """
        variables = [resource] if isinstance(resource, Variable) else getattr(resource, "variables", None)
        if variables is None:
            raise ValueError(f"track: `resource` must be a layer, a model or a variable. Got {resource!r}.")
        if not variables and not getattr(resource, "built", True):
            raise ValueError(f"track: {resource.name} is not built. Call it on data, or build it, before.")
        self._tracked = _once([*self._tracked, *variables])

    def add_endpoint(self, name, fn, input_signature=None, **kwargs):
        """Adds a function under a name, traced now.

        Args:
            name: what it is called by in the loaded file.
            fn: a function of tensors, a layer or a model. A layer is called with `training=False` if it takes that.
            input_signature: one entry per argument: an InputSpec, a KerasTensor, anything else with `shape` and
                `dtype`, or lists and dicts of these. Unknown sizes stay free; the first axes that are unknown are the
                batch, the same in all inputs. May be left out for a model that knows its inputs.
            kwargs: none are known.

        Returns:
            `fn`.

        Raises:
            ValueError: the name is taken, there is no signature, or `fn` assigns variables.
        """
        if "jax2tf_kwargs" in kwargs or "is_static" in kwargs:
            raise ValueError("add_endpoint: `jax2tf_kwargs` and `is_static` concern TensorFlow; leave them out.")
        no_more_arguments("add_endpoint", kwargs)
        if not isinstance(name, str) or not name.isidentifier() or name.startswith("_"):
            raise ValueError(f"add_endpoint: `name` must be a name that can be called. Got {name!r}.")
        if name in self._endpoints:
            raise ValueError(f"add_endpoint: there is an endpoint called {name!r} already.")
        if not callable(fn):
            raise ValueError(f"add_endpoint: `fn` must be a function. Got {fn!r}.")
        signature = signature_of(fn, input_signature)
        function = in_inference(fn)
        variables = exported.variables_read(function, signature, name)
        self._endpoints[name] = exported.Program(exported.traced(function, signature, variables), variables)
        return fn

    def track_and_add_endpoint(self, name, resource, input_signature, **kwargs):
        """`track(resource)`, then `add_endpoint(name, resource, input_signature)`."""
        self.track(resource)
        return self.add_endpoint(name, resource, input_signature, **kwargs)

    def add_variable_collection(self, name, variables) -> None:
        """Makes variables readable in the loaded file, as `loaded.collections[name]`.

        Raises:
            ValueError: the name is taken, or something is no variable.
        """
        if name in self._collections:
            raise ValueError(f"add_variable_collection: there is a collection called {name!r} already.")
        variables = list(variables)
        for variable in variables:
            if not isinstance(variable, Variable):
                raise ValueError(f"add_variable_collection: {name!r} must hold variables. Got {variable!r}.")
        self._collections[str(name)] = variables

    # --- writing

    def write_out(self, filepath, options=None, verbose=True) -> None:
        """Writes everything to one file, whole or not at all.

        Args:
            filepath: where to.
            options: None; options of TensorFlow's files.
            verbose: whether to print what was written.

        Raises:
            ValueError: there is no endpoint.
        """
        if options is not None:
            raise ValueError("write_out: `options` are those of TensorFlow's files. Leave it at None.")
        if not self._endpoints:
            raise ValueError("write_out: there is nothing to write. Call add_endpoint() before.")
        with written_atomically(filepath) as name, open(name, "wb+") as file:
            self._write(_archive.Writer(file))
        if verbose:
            print(f"Wrote {os.fspath(filepath)}: StableHLO with {', '.join(self._endpoints)}.")

    def _write(self, archive: _archive.Writer) -> None:
        variables = self.variables
        number = {id(v): i for i, v in enumerate(variables)}
        values = [np.asarray(v) for v in variables]
        metadata = {
            "format": _format.FORMAT,
            "version": _format.VERSION,
            "endpoints": [
                {"name": name, "variables": [number[id(v)] for v in program.variables]}
                for name, program in self._endpoints.items()
            ],
            "variables": [
                {"path": v.path, "shape": list(x.shape), "dtype": x.dtype.name, "trainable": bool(v.trainable)}
                for v, x in zip(variables, values)
            ],
            "collections": {name: [number[id(v)] for v in held] for name, held in self._collections.items()},
        }
        archive.add(_format.METADATA, _json.write(metadata).encode())
        for i, program in enumerate(self._endpoints.values()):
            archive.add(_format.program_member(i), program.data)
        for i, value in enumerate(values):
            archive.add(_format.variable_member(i), value.tobytes())
        archive.close()


def signature_of(fn: Any, given: Any, text: bool = False) -> list[Any]:
    """One structure of symbolic tensors per argument.

    Args:
        fn: what is called with them.
        given: the `input_signature`.
        text: whether tensors of text are known.

    Raises:
        ValueError: none is given, and `fn` is no model that knows its inputs or was called before; or it takes text.
    """
    name = getattr(fn, "name", "The function")
    if given is None:
        known = isinstance(fn, Model) and fn._graph is not None
        first = fn.input if known else fn._first_input() if isinstance(fn, Model) else None
        if first is None:
            raise ValueError(
                f"{name} needs `input_signature`: shapes and dtypes of its arguments.\n"
                "  write:  input_signature=[keras.InputSpec(shape=(None, 8), dtype='float32')]"
            )
        given = [first]
    arguments = list(given) if isinstance(given, (list, tuple)) else [given]
    signature = [tree.map_leaves(_symbol, argument) for argument in arguments]
    if not text and any(x.dtype == "string" for x in tree.leaves(signature)):
        raise ValueError(_TEXT.format(name=name))
    return signature


def _symbol(x: Any) -> KerasTensor:
    shape = getattr(x, "shape", None)
    if shape is None:
        raise ValueError(f"`input_signature` must hold InputSpecs with a shape, or tensors. Got {x!r}.")
    return KerasTensor(shape, getattr(x, "dtype", None) or "float32")


_TEXT = (
    "{name} takes text, which no exported program can read.\n"
    "  Make a model of what comes behind the layers that read it, export that, and call those layers in Python."
)


def in_inference(fn: Any) -> Any:
    """`fn`, called with `training=False` if it is a layer."""
    return (lambda *args: fn(*args, training=False)) if hasattr(fn, "_flatten_layers") else fn


def _once(variables: list[Variable]) -> list[Variable]:
    return list({id(v): v for v in variables}.values())
