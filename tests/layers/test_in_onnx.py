"""Every layer of every table, compared with what ONNX Runtime computes from its file."""

import numpy as np
import pytest

import keras

from . import test_data_contract, test_every_layer, test_image_contract, test_other_contract, test_recurrent_contract
from .contract import leaves, name_of

pytest.importorskip("onnx")
runtime = pytest.importorskip("onnxruntime")

CASES = [
    *test_every_layer.LAYER_CASES,
    *test_recurrent_contract.LAYER_CASES,
    *test_image_contract.CASES,
    *test_other_contract.CASES,
    *test_data_contract.CASES,
]  # `test_other_contract` checks that together they hold every public layer

# what ONNX has no operators for; layers that need other packages (FlaxLayer, TFSMLayer, TorchModuleWrapper) are in no
# table: the first is traced as all of JAX is, the others call Python
REASONS = {
    "TextVectorization": "it reads text in a way that ONNX does not know",
    "Hashing": "it calls Python while it computes",
    "HashedCrossing": "it calls Python while it computes",
    "IntegerLookup with farmhash": "it calls Python while it computes",
}


def reason_for(case):
    kind = case.layer.__name__
    return REASONS.get(f"{kind} with {case.arguments['oov_method']}" if "oov_method" in case.arguments else kind)


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_every_layer_computes_the_same_in_onnx_runtime(case, tmp_path):
    layer = case.make() if case.dtype == "string" else case.built()
    has_arrays = any(x.ndim for x in leaves(case.call) if x.dtype != object)
    symbols = case.symbols(2 if has_arrays else None)  # arrays among the arguments fix the batch
    model, path = keras.Model(symbols, case.on(layer, symbols, **case.call)), tmp_path / "layer.onnx"
    reason = reason_for(case)
    if reason is not None:
        with pytest.raises(ValueError, match=f"{layer.name}: {reason}"):
            model.export(path)
        return
    model.export(path, verbose=False)
    inputs = case.inputs()
    arrays = [x.astype(object) if x.dtype.kind == "U" else x for x in keras.tree.flatten(inputs)]
    running = runtime.InferenceSession(path, providers=["CPUExecutionProvider"])
    got = running.run(None, dict(zip(model.input_names, arrays)))
    for mine, its in zip(leaves(model(inputs, training=False)), got, strict=True):
        np.testing.assert_allclose(its, mine, rtol=1e-5, atol=1e-5)
        assert its.dtype == mine.dtype
