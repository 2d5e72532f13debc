"""Names that layers of published networks had: files with weights go by them, and `get_layer` of older programs."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

_OTHERS = {
    # ResNet50 of keras.applications until 2.3
    "conv1": "conv1_conv", "bn_conv1": "conv1_bn", "fc1000": "predictions",
    # MobileNetV2 of keras.applications until 2.3
    "Logits": "predictions",
    # DenseNet until TensorFlow 2.15
    "conv1/conv": "conv1_conv", "conv1/bn": "conv1_bn", "conv1/relu": "conv1_relu",
}  # fmt: skip
# MobileNetV3 until TensorFlow 2.15: 'expanded_conv_1/expand/BatchNorm', 'Conv_1'
_EXPANDED = re.compile(r"(expanded_conv|Conv)(_\d+)?(/.+)?|Logits")
_BRANCH = re.compile(r"(res|bn)([2-5])([a-f])_branch(1|2[abc])")
_PLACES = {"1": 0, "2a": 1, "2b": 2, "2c": 3}


def layer_name(name: str, known: Collection[str]) -> str:
    """What a layer of a published network is called today, if that is known; any other name as it is.

    >>> layer_name("res2a_branch2b", {"conv2_block1_2_conv"})
    'conv2_block1_2_conv'
    """
    return name if name in known else next((one for one in _todays(name) if one in known), name)


def _todays(name: str) -> Iterator[str]:
    if _EXPANDED.fullmatch(name):
        yield name.replace("/", "_").replace("BatchNorm", "bn").replace("AvgPool", "avg_pool").lower()
    if name in _OTHERS:
        yield _OTHERS[name]
    found = _BRANCH.fullmatch(name)
    if found:
        kind, stack, block, branch = found.groups()
        yield f"conv{stack}_block{ord(block) - ord('a') + 1}_{_PLACES[branch]}_{'conv' if kind == 'res' else 'bn'}"
