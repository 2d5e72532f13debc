"""Models that cannot be written here, by the package `jax2onnx` where it is installed."""

from __future__ import annotations

import importlib.util
from typing import Any

from keras._core import tree
from keras._jax.steps import Sizes
from keras.export._archive import in_inference
from keras.export._onnx_graph import NotInOnnx

_OPSET = 23  # the one that its authors test


def by_jax2onnx(model: Any, signature: list[Any], names: tuple, opset: int | None, refusal: NotInOnnx) -> Any:
    """The model as a message of the `onnx` package, without names of layers.

    Args:
        model, signature: what is called, and with what.
        names: those of the inputs, and those of the outputs or None.
        opset: the version of the operators; None for one that the package knows well.
        refusal: why it is not written here.

    Raises:
        NotInOnnx: `refusal`, if the package is not installed or cannot write the model either.
    """
    if importlib.util.find_spec("jax2onnx") is None:
        raise refusal
    from jax2onnx import to_onnx

    sizes, call = Sizes(), in_inference(model)
    batch = sizes.symbol("batch")
    leaves = tree.leaves(signature)

    def run(*tensors):
        outputs = tree.leaves(call(*tree.pack_like(signature, list(tensors))))
        return outputs[0] if len(outputs) == 1 else tuple(outputs)

    shapes = [
        tuple((batch if axis == 0 else sizes.symbol()) if n is None else n for axis, n in enumerate(x.shape))
        for x in leaves
    ]
    try:
        places = [sizes.place(shape, x.dtype) for shape, x in zip(shapes, leaves)]
        inputs, outputs = names
        return to_onnx(
            run, places, model_name=model.name, opset=opset or _OPSET, input_names=inputs, output_names=outputs
        )
    except Exception as error:  # of whatever kind it raises
        raise NotInOnnx(f"{refusal}\n  jax2onnx cannot either: {error}"[:4000]) from error
