"""One model, written for another runtime."""

from __future__ import annotations

import os
from typing import Any

from keras._core.checks import no_more_arguments
from keras.export import _onnx
from keras.export._archive import ExportArchive, check_no_saved_model

_ENDPOINT = "serve"
_OTHERS = (
    "model.export: `format` must be 'stablehlo' or 'onnx'. Got {format!r}.\n"
    "  OpenVINO, TensorRT, LiteRT's converters and others read ONNX files."
)


def export_model(model: Any, filepath, format=None, verbose=None, input_signature=None, **kwargs) -> None:
    """Writes a model as a program that runs without its code; `Model.export` is this function.

    Args:
        model: a model that is built.
        filepath: where to.
        format: 'stablehlo' for `keras.export.load` and other users of StableHLO, 'onnx' for ONNX Runtime and others. If
            None, ONNX for a name in `.onnx` and StableHLO for all others.
        verbose: whether to print what was written; None is yes.
        input_signature: shapes and dtypes of the inputs, for a model that does not know them; see
            `ExportArchive.add_endpoint`.
        kwargs: for ONNX, `opset_version`.

    Raises:
        ValueError: the format needs TensorFlow or is not known, or the model has layers that neither we nor the package
            `jax2onnx`, where it is installed, can write in ONNX; no file is written then.
        UnknownArgument: an argument is not known for the format.
        ImportError: the package that the format needs is not installed.
    """
    verbose = verbose is None or bool(verbose)
    path = os.fspath(filepath)
    if format is None:
        format = "onnx" if path.endswith(".onnx") else "stablehlo"
    check_no_saved_model(format, "model.export", "model.export('model.stablehlo', format='stablehlo')")
    if format not in ("stablehlo", "onnx"):
        raise ValueError(_OTHERS.format(format=format))
    known = ("opset_version",) if format == "onnx" else ()
    no_more_arguments(f"model.export(format={format!r})", [name for name in kwargs if name not in known])
    if format == "onnx":
        _onnx.write(model, path, input_signature, verbose, **kwargs)
        return
    archive = ExportArchive()
    archive.track(model)
    archive.add_endpoint(_ENDPOINT, model, input_signature)
    archive.write_out(path, verbose=verbose)
