"""All layers of a model quantised."""

import re
import warnings

from keras._core.checks import no_more_arguments
from keras.layers._adaptable import Adaptable
from keras.quantizers._calibration import calibrate
from keras.quantizers._config import AWQConfig, GPTQConfig
from keras.quantizers._layers import checked_mode

_CALIBRATED = {"gptq": GPTQConfig, "awq": AWQConfig}


def quantize_model(model, mode=None, config=None, filters=None, type_check=True, **kwargs):
    """Quantises the layers of a built model that can be, as far as `filters` picks them."""
    no_more_arguments(f"{model.name}.quantize", kwargs)
    mode = checked_mode(mode, config)
    wanted = _picker(filters)
    if not model.built:
        raise ValueError(f"{model.name} is not built yet, so it has no weights to quantise. Call it on data first.")
    structure = None
    if mode in _CALIBRATED:
        kind = _CALIBRATED[mode]
        if not isinstance(config, kind):
            raise ValueError(
                f"{model.name}.quantize: mode {mode!r} needs a {kind.__name__} as `config`. Got {config!r}."
            )
        structure = config.quantization_layer_structure or model.get_quantization_layer_structure(mode)
        if not isinstance(structure, dict) or not {"pre_block_layers", "sequential_blocks"} <= set(structure):
            raise ValueError(
                f"{model.name}.quantize: mode {mode!r} must know what the model is made of: pass "
                "`quantization_layer_structure` in the config, or let `get_quantization_layer_structure` return it: a "
                "dict with 'pre_block_layers' and 'sequential_blocks'."
            )
    for layer in _layers_to_quantize(model, structure):
        if not wanted(layer) or (structure is not None and layer.quantization_mode is not None):
            continue
        try:
            layer.quantize(mode, type_check=type_check, config=config)
        except NotImplementedError as error:
            warnings.warn(f"{layer.name} stays as it is: {error}", stacklevel=3)
    if structure is not None:
        calibrate(config, structure, wanted)


def _layers_to_quantize(model, structure):
    if structure is None:
        outer = [model]
    else:
        outer = structure["sequential_blocks"]
    found = {id(layer): layer for one in outer for layer in one._flatten_layers() if isinstance(layer, Adaptable)}
    return [layer for layer in found.values() if layer.built]


def _picker(filters):
    """A function that says of a layer whether it is wanted."""
    if filters is None:
        return lambda layer: True
    if callable(filters):
        return filters
    patterns = [filters] if isinstance(filters, str) else filters
    if not isinstance(patterns, (list, tuple)) or not all(isinstance(p, str) for p in patterns):
        raise ValueError(
            "quantize: `filters` must be a regular expression for names of layers, a list of them, or a function of a "
            f"layer. Got {filters!r}."
        )
    return lambda layer: any(re.search(pattern, layer.name) for pattern in patterns)
