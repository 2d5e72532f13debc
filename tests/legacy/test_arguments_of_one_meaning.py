"""Arguments that said something which has one meaning here: that one is taken, the others are refused."""

import numpy as np
import pytest

import keras
from keras import callbacks, layers
from keras.config import legacy_report

TAKEN = [
    (lambda **k: layers.Embedding(3, 2, **k), "sparse", False, True),
    (lambda **k: layers.Embedding(3, 2, **k), "use_one_hot_matmul", True, "no"),
    (layers.Softmax, "robust_masking", True, "no"),
    (lambda **k: layers.MultiHeadAttention(1, 2, **k), "softmax_robust_masking", False, "no"),
    (layers.BatchNormalization, "fused", True, "no"),
    (layers.BatchNormalization, "virtual_batch_size", None, 4),
    (layers.BatchNormalization, "adjustment", None, abs),
    (lambda **k: layers.DepthwiseConv2D(3, **k), "kernel_initializer", "glorot_uniform", "ones"),
    (lambda **k: layers.SeparableConv2D(2, 3, **k), "kernel_regularizer", None, "l2"),
    (lambda **k: layers.Conv2DTranspose(2, 3, **k), "groups", 1, 2),
    (lambda **k: layers.SpatialDropout2D(0.5, **k), "noise_shape", None, (1, 2)),
    (lambda **k: layers.StackedRNNCells([layers.LSTMCell(2)], **k), "reverse_state_order", False, True),
    (layers.Attention, "causal", False, True),
    (lambda **k: layers.InputLayer(shape=(2,), **k), "type_spec", None, "spec"),
    (lambda **k: layers.Input((2,), **k), "type_spec", None, "spec"),
    (lambda **k: callbacks.ModelCheckpoint("a.keras", **k), "options", None, "o"),
    (lambda **k: callbacks.ModelCheckpoint("a.keras", **k), "load_weights_on_restart", False, True),
    (lambda **k: callbacks.BackupAndRestore("a", **k), "save_before_preemption", False, True),
    (callbacks.TensorBoard, "write_grads", False, True),
    (callbacks.TensorBoard, "batch_size", 64, "many"),
    (callbacks.TensorBoard, "embeddings_data", None, "data"),
]


@pytest.mark.parametrize(("make", "name", "taken", "refused"), TAKEN, ids=[f"{i}-{t[1]}" for i, t in enumerate(TAKEN)])
def test_the_only_meaning_is_taken_and_others_are_refused(make, name, taken, refused):
    make(**{name: taken})
    assert any(used.old == name for used in legacy_report())
    with pytest.raises(ValueError, match=f"`{name}` must be one of"):
        make(**{name: refused})


def test_layers_of_words_and_bins_take_the_names_of_their_first_releases():
    assert layers.Discretization(bins=[1.0, 2.0]).bin_boundaries == [1.0, 2.0]
    assert layers.Discretization(bins=3).num_bins == 3
    assert layers.CategoryEncoding(max_tokens=5).num_tokens == 5
    layer = layers.IntegerLookup(max_values=5, mask_value=0, oov_value=-1, vocabulary=[3, 4])
    assert (layer.max_tokens, layer.mask_token, layer.oov_token) == (5, 0, -1)
    assert keras.Input(batch_input_shape=(2, 3)).shape == (2, 3)
    np.testing.assert_array_equal(layers.Discretization(bins=[1.0, 2.0])([0.5, 1.5, 2.5]), [0, 1, 2])
