"""What the layers of a model make of data."""

from __future__ import annotations

import numpy as np

from keras.models import Model


def layer_outputs(model, x) -> dict[str, np.ndarray]:
    """The output of each layer of a functional or sequential model, by the layer's name.

    Args:
        model: the model.
        x: data, as `predict` takes them.

    Raises:
        ValueError: the model has no graph, or nothing but inputs.
    """
    graph = getattr(model, "_graph", None)
    if graph is None:
        raise ValueError(f"{model.name} has no graph, so what its layers return in a call is not known.")
    found = {}
    for node in graph.nodes:
        if not node.is_input and len(node.outputs) == 1:
            found.setdefault(node.operation.name, node.outputs[0])
    if not found:
        raise ValueError(f"{model.name} has no layers behind its inputs.")
    outputs = Model(model.inputs, list(found.values())).predict(x, verbose=0)
    return dict(zip(found, outputs if isinstance(outputs, list) else [outputs]))
