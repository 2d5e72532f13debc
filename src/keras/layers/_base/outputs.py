"""Shapes and dtypes of what a layer returns, found without computing it."""

from __future__ import annotations

from typing import Any

from keras._core import tree
from keras._core.checks import VALUES_UNKNOWN
from keras._core.dtype_policy import dtype_name, is_float_name
from keras._jax.op import symbolic_result
from keras.layers._base.building import unwrapped
from keras.layers._base.shapes import has_unknown, is_tensorish, shape_of, symbols_of_shape
from keras.layers._call import build_parameters, signature_of, takes_nothing


class Outputs:
    """A layer as a function of symbolic tensors."""

    def compute_output_shape(self, *args, **kwargs):
        """The shape of the outputs for inputs of a shape, found by tracing unless a layer knows it."""
        if kwargs and not args:
            signature = signature_of(type(self))
            inputs = {k.removesuffix("_shape"): symbols_of_shape(v, self.compute_dtype) for k, v in kwargs.items()}
            inputs = {k if k in signature.names else signature.first: v for k, v in inputs.items()}
            outputs = self._traced_outputs((), inputs)
        else:
            outputs = self._traced_outputs(tuple(symbols_of_shape(a, self.compute_dtype) for a in args), {})
        return tree.map_leaves(lambda x: tuple(x.shape), outputs)

    def compute_output_spec(self, *args, **kwargs):
        """Symbolic tensors with the shapes and dtypes of the outputs."""
        if type(self).compute_output_shape is Outputs.compute_output_shape:
            return self._traced_outputs(args, kwargs)
        if unwrapped(type(self).build).__qualname__ == "Layer.build" and not all(part.built for part in self._layers):
            self._traced_outputs(args, kwargs)  # only `call` builds the layers inside
        shape_from = unwrapped(type(self).compute_output_shape)
        names = build_parameters(shape_from)
        if takes_nothing(shape_from):
            shape = self.compute_output_shape()
        elif names:
            arguments = {**dict(zip(signature_of(type(self)).positional, args)), **kwargs}
            shapes = {f"{k}_shape": shape_of(v) for k, v in arguments.items() if is_tensorish(v)}
            shape = self.compute_output_shape(**{n: shapes[n] for n in names if n in shapes})
        else:
            first = args[0] if args else next(iter(kwargs.values()))
            shape = self.compute_output_shape(shape_of(first))
        return symbols_of_shape(shape, self._output_dtype(args, kwargs))

    _keeps_dtype = False  # whether outputs have the dtype of the first input, integers included

    def _output_dtype(self, args: tuple, kwargs: dict) -> str:
        if not self._keeps_dtype:
            return self.compute_dtype
        given = next(x.dtype for x in tree.leaves((args, kwargs)) if hasattr(x, "dtype"))
        return self._dtype_in_call(dtype_name(given))

    def _dtype_in_call(self, name: str) -> str:
        """The dtype in which `call` sees an input of a dtype."""
        both_floats = is_float_name(name) and is_float_name(self.compute_dtype)
        return self.compute_dtype if self.autocast and both_floats else name

    def _traced_outputs(self, args: tuple, kwargs: dict) -> Any:
        try:
            return symbolic_result(self._run_converted, *args, **kwargs)
        except (ValueError, TypeError) as error:
            if not has_unknown((args, kwargs)):
                raise
            if type(error).__module__.startswith("jax"):
                raise TypeError(f"{self.name} ({type(self).__name__}): {error}\n{VALUES_UNKNOWN}") from error
            raise type(error)(
                f"{self.name} ({type(self).__name__}): {error}\n"
                "  (Raised while finding the output's shape; unknown sizes stand in as 720 or 1440.)"
            ) from error

    def symbolic_call(self, *args, **kwargs):
        """The outputs for symbolic inputs, without a node in the graph."""
        return self.compute_output_spec(*args, **kwargs)
