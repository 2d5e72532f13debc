"""What is special about attention layers."""

import numpy as np
import pytest

import keras
from keras import layers, ops

from .contract import assert_close

DRAW = np.random.default_rng(0)
X, V = (DRAW.normal(size=shape).astype("float32") for shape in ((2, 5, 4), (2, 3, 4)))
SEEN = np.array([[True, True, False], [True, True, True]])


@pytest.fixture
def flash_setting():
    yield
    keras.config._settings.flash_attention = None  # as at the start


def masked(x, mask):
    return layers.Masking()(np.where(mask[..., None], x, 0))


def test_attention_is_a_mean_of_values_weighted_by_softmax():
    y, shares = layers.Attention()([X, V], return_attention_scores=True)
    weights = np.exp(X @ V.swapaxes(1, 2))
    weights /= weights.sum(axis=-1, keepdims=True)
    assert_close(shares, weights)
    assert_close(y, weights @ V)


def test_attention_multiplies_its_shares_by_what_dropout_leaves():
    layer = layers.Attention(dropout=0.5, seed=1)
    y, shares = layer([X, V], training=True, return_attention_scores=True)
    assert (np.asarray(shares) == 0).any()
    assert_close(y, np.asarray(shares) @ V)
    assert_close(layer([X, V]), layers.Attention()([X, V]))


@pytest.mark.parametrize(
    ("inputs", "mask", "message"),
    [
        (X, None, r"takes a list of shapes: \[query, value\]"),
        ([X], None, r"or \[query, value, key\]. Got 1 of them"),
        ([X, V], SEEN, "takes `mask` as a list"),
    ],
)
def test_attention_says_what_it_takes(inputs, mask, message):
    with pytest.raises(ValueError, match=message):
        layers.Attention()(inputs, mask=mask)


def test_heads_are_attention_on_projections():
    layer = layers.MultiHeadAttention(2, 3)
    y, shares = layer(X, V, return_attention_scores=True)
    q, k, v = (np.asarray(d(x)) for d, x in ((layer.query_dense, X), (layer.key_dense, V), (layer.value_dense, V)))
    scores = np.exp(np.einsum("bthd,bshd->bhts", q, k) / np.sqrt(3))
    scores /= scores.sum(axis=-1, keepdims=True)
    assert_close(shares, scores)
    assert_close(y, layer.output_dense(np.einsum("bhts,bshd->bthd", scores, v)))
    assert_close(layer(X, V), y)


def test_groups_of_heads_share_keys_and_values():
    one = layers.GroupQueryAttention(3, num_query_heads=4, num_key_value_heads=2)
    other = layers.GroupQueryAttention(3, num_query_heads=4, num_key_value_heads=4)
    for layer in (one, other):
        layer(X, V)
    values = one.get_weights()
    for i in (2, 3, 4, 5):  # kernels and biases of key and value, an axis of heads before the last
        values[i] = np.repeat(values[i], 2, axis=-2)
    other.set_weights(values)
    assert_close(one(X, V), other(X, V))


@pytest.mark.parametrize("make", [lambda: layers.MultiHeadAttention(2, 3), lambda: layers.GroupQueryAttention(3, 2, 1)])
def test_masks_of_tensors_are_used_and_go_on(make):
    layer, targets = make(), np.arange(10).reshape(2, 5) % 4 > 0
    x, v = masked(X, targets), masked(V, SEEN)
    y, shares = layer(x, v, return_attention_scores=True)
    assert (np.asarray(shares)[0, :, :, 2] == 0).all()
    assert (np.asarray(shares).transpose(0, 2, 1, 3)[~targets] == 0).all()  # masked targets see nothing, as in 3.15
    np.testing.assert_array_equal(y._keras_mask, targets)
    assert_close(layer(x, v), layer(np.asarray(x), np.asarray(v), value_mask=SEEN, query_mask=targets))


def test_a_window_ends_at_its_size_on_both_sides_and_at_the_target_if_causal():
    def seen(**call):
        layer = layers.MultiHeadAttention(1, 2, sliding_window=2)
        return (np.asarray(layer(X, X, return_attention_scores=True, **call)[1])[0, 0] > 0).astype(int)

    distance = np.subtract.outer(np.arange(5), np.arange(5))
    np.testing.assert_array_equal(seen(), abs(distance) < 2)
    np.testing.assert_array_equal(seen(use_causal_mask=True), (distance >= 0) & (distance < 2))


def test_attention_along_one_of_two_axes_is_attention_row_by_row():
    x = DRAW.normal(size=(2, 3, 4, 2)).astype("float32")
    layer = layers.MultiHeadAttention(2, 3, attention_axes=2)
    y, shares = layer(x, x, return_attention_scores=True)
    assert shares.shape == (2, 3, 2, 4, 4)
    plain = layers.MultiHeadAttention(2, 3)
    rows = x.reshape(6, 4, 2)
    plain(rows, rows)
    plain.set_weights(layer.get_weights())
    assert_close(ops.reshape(y, (6, 4, 2)), plain(rows, rows))
    mask = np.arange(24).reshape(2, 3, 4) % 3 > 0
    assert_close(ops.reshape(layer(x, x, value_mask=mask), (6, 4, 2)), plain(rows, rows, value_mask=mask.reshape(6, 4)))


def test_attention_along_all_axes_is_attention_over_all_places():
    x = DRAW.normal(size=(2, 3, 4, 2)).astype("float32")
    layer, flat = layers.MultiHeadAttention(2, 3), layers.MultiHeadAttention(2, 3)
    y, shares = layer(x, x, return_attention_scores=True)
    assert shares.shape == (2, 2, 3, 4, 3, 4)
    places = x.reshape(2, 12, 2)
    flat(places, places)
    flat.set_weights(layer.get_weights())
    assert_close(ops.reshape(y, (2, 12, 2)), flat(places, places))
    with pytest.raises(ValueError, match="need one attention axis"):
        layer(x, x, use_causal_mask=True)


def test_the_fused_kernel_is_refused_where_there_is_none(flash_setting):
    with pytest.raises(ValueError, match="`flash_attention=True` cannot be done here"):
        layers.MultiHeadAttention(2, 4, flash_attention=True)(X, V)  # in float32 no platform has it
    with pytest.raises(ValueError, match=r"`flash_attention=True` needs `dropout=0\.0`"):
        layers.GroupQueryAttention(4, 2, 1, flash_attention=True, dropout=0.1)
    with pytest.raises(ValueError, match="does not return the scores"):
        layers.MultiHeadAttention(2, 4, flash_attention=True)(X, V, return_attention_scores=True)
    keras.config.disable_flash_attention()
    assert keras.config.is_flash_attention_enabled() is False
    assert layers.MultiHeadAttention(2, 4)(X, V).shape == X.shape


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: layers.MultiHeadAttention(0, 2), "`num_heads` must be a positive integer"),
        (lambda: layers.MultiHeadAttention(2, 2, output_shape="x"), "`output_shape` must be a positive integer"),
        (lambda: layers.MultiHeadAttention(2, 2, sliding_window=0), "`sliding_window` must be a positive integer"),
        (lambda: layers.MultiHeadAttention(2, 2, attention_axes=0)(X, V), "must lie between batch and last axis"),
        (lambda: layers.MultiHeadAttention(2, 2)(X, V, X), "needs a key for every value"),
        (lambda: layers.GroupQueryAttention(2, 4, 3), "must be a multiple of `num_key_value_heads`. Got 4 and 3"),
        (lambda: layers.GroupQueryAttention(2, 4, 2)(X[0], V[0]), "takes a query with 3 axes"),
        (lambda: layers.AdditiveAttention(dropout=2), "`dropout` must be a number from 0 to 1"),
    ],
)
def test_wrong_arguments_are_explained(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_penalties_of_projections_count_once_and_only_for_numbers():
    layer = layers.MultiHeadAttention(2, 3, kernel_regularizer="l2", activity_regularizer="l2")
    y = layer(keras.Input((5, 4)), keras.Input((3, 4)))
    assert y.shape == (None, 5, 4)
    assert len(layer.losses) == 4  # the kernels: no call has been made on numbers
    layer(X, V)
    assert len(layer.losses) == 8


def test_configs_name_the_layer_as_the_public_name_says():
    layer = layers.GroupQueryAttention(2, 4, 2)
    assert layers.serialize(layer)["class_name"] == "GroupQueryAttention"
    assert layer.name.startswith("grouped_query_attention")  # what Keras 3 calls it in weight files


def test_a_subclass_may_compute_the_attention_of_grouped_heads_with_five_arguments():
    seen = []

    class Own(layers.GroupQueryAttention):
        def _compute_attention(self, query, key, value, attention_mask=None, training=None):
            seen.append(attention_mask is None)
            return super()._compute_attention(query, key, value, attention_mask, training)

    x = np.arange(24.0, dtype="float32").reshape(1, 3, 8) / 24
    layer = Own(2, 4, 2)
    plain = layers.GroupQueryAttention(2, 4, 2)
    plain.build(x.shape, x.shape)
    wanted = plain(x, x, use_causal_mask=True)
    layer.build(x.shape, x.shape)
    layer.set_weights(plain.get_weights())
    assert_close(layer(x, x, use_causal_mask=True), wanted)
    assert seen == [False]


@pytest.mark.parametrize(
    ("value", "key", "message"), [((2, 2, 7), None, "last axis"), ((2, 2, 8), (2, 1, 8), "up to the last axis")]
)
def test_grouped_heads_have_no_output_for_shapes_that_do_not_fit(value, key, message):
    with pytest.raises(ValueError, match=message):
        layers.GroupQueryAttention(2, 4, 4).compute_output_shape((2, 4, 8), value, key)


def test_grouped_queries_in_a_graph_need_values_of_their_size():
    layer, query = layers.GroupQueryAttention(2, 4, 4), keras.Input((4, 8))
    with pytest.raises(ValueError, match="the last axis of query and value must agree"):
        layer(query, keras.Input((2, 7)))
    assert layers.GroupQueryAttention(2, 4, 4)(query, keras.Input((2, 8)), keras.Input((2, 7))).shape == (None, 4, 8)
    assert layers.GroupQueryAttention(2, 4, 4)(np.ones((1, 4, 8)), np.ones((1, 2, 7))).shape == (1, 4, 8)
