"""How values become one number: reductions, weights, masks."""

import jax.numpy as jnp
import numpy as np
import pytest

import keras
from keras import losses

Y = np.array([[0.0, 0.0], [0.0, 0.0], [0.0, 0.0]])
P = np.array([[1.0, 1.0], [2.0, 2.0], [1.0, 3.0]])  # squared errors 1, 4, 5
VALUES = np.array([1.0, 4.0, 5.0])
STEPS_Y = np.zeros((2, 3, 1))
STEPS_P = np.array([[[1.0], [2.0], [3.0]], [[4.0], [5.0], [6.0]]])  # 1 4 9 / 16 25 36
STEPS = STEPS_P[:, :, 0] ** 2
MASK = np.array([[True, False, True], [False, False, True]])
MEANS = ["sum_over_batch_size", "mean"]


def mse(reduction, y_true=Y, y_pred=P, **kwargs):
    return np.asarray(losses.MeanSquaredError(reduction=reduction)(y_true, y_pred, **kwargs))


def test_each_reduction_without_weights():
    assert mse("sum") == 10
    for reduction in (*MEANS, "mean_with_sample_weight"):
        assert mse(reduction) == pytest.approx(10 / 3)
    for reduction in (None, "none"):
        np.testing.assert_allclose(mse(reduction), VALUES)


@pytest.mark.parametrize("weights", [[1.0, 2.0, 0.5], [[1.0], [2.0], [0.5]], np.array([1, 2, 0.5], "float16")])
def test_each_reduction_with_a_weight_per_example(weights):
    assert mse("sum", sample_weight=weights) == 11.5
    for reduction in MEANS:  # divided by the number of examples, not by the sum of the weights
        assert mse(reduction, sample_weight=weights) == pytest.approx(11.5 / 3)
    assert mse("mean_with_sample_weight", sample_weight=weights) == pytest.approx(11.5 / 3.5)
    np.testing.assert_allclose(mse(None, sample_weight=weights).reshape(-1), [1, 8, 2.5])


def test_one_weight_for_all():
    assert mse("sum", sample_weight=0.5) == 5
    assert mse("mean", sample_weight=0.5) == pytest.approx(5 / 3)


def test_weights_of_nothing_make_a_weighted_mean_of_zero():
    assert mse("mean_with_sample_weight", sample_weight=[0.0, 0.0, 0.0]) == 0


@pytest.mark.parametrize(
    ("weights", "full"),
    [
        ([[1.0, 2, 3], [4, 5, 6]], [[1, 2, 3], [4, 5, 6]]),
        ([[[1.0], [2], [3]], [[4], [5], [6]]], [[1, 2, 3], [4, 5, 6]]),
        ([1.0, 2.0], [[1, 1, 1], [2, 2, 2]]),
        ([[1.0], [2.0]], [[1, 1, 1], [2, 2, 2]]),
    ],
)
def test_weights_of_steps_or_of_whole_sequences(weights, full):
    expected = STEPS * np.array(full)
    assert mse("sum", STEPS_Y, STEPS_P, sample_weight=weights) == pytest.approx(expected.sum())
    assert mse("mean", STEPS_Y, STEPS_P, sample_weight=weights) == pytest.approx(expected.mean())


def test_a_weight_per_example_is_never_taken_for_one_per_step():
    y, p = np.zeros((3, 3, 1)), np.ones((3, 3, 1))
    per_example = mse(None, y, p, sample_weight=[1.0, 2.0, 3.0])
    np.testing.assert_allclose(per_example, [[1, 1, 1], [2, 2, 2], [3, 3, 3]])


@pytest.mark.parametrize("weights", [[1.0, 2.0], [[1.0, 2.0]] * 3, [[[1.0]]] * 2])
def test_weights_that_do_not_fit_are_refused(weights):
    with pytest.raises(ValueError, match=r"MeanSquaredError: `sample_weight` of shape .* does not fit losses of shape"):
        mse("mean", sample_weight=weights)


# --- masks


def masked(reduction, mask, y_true=STEPS_Y, y_pred=STEPS_P, **kwargs):
    """Once with a mask that the predictions carry, once with one that is passed."""
    one = losses.MeanSquaredError(reduction=reduction)
    carrying = jnp.asarray(y_pred)
    carrying._keras_mask = jnp.asarray(mask)
    carried = np.asarray(one(y_true, carrying, **kwargs))
    np.testing.assert_array_equal(one.with_mask(y_true, y_pred, mask=mask, **kwargs), carried)
    return carried


def test_masked_positions_do_not_count():
    assert masked("sum", MASK) == 1 + 9 + 36
    for reduction in (*MEANS, "mean_with_sample_weight"):
        assert masked(reduction, MASK) == pytest.approx((1 + 9 + 36) / 3)
    np.testing.assert_allclose(masked(None, MASK), STEPS * MASK)


def test_masks_and_weights_together():
    weights = np.array([[1.0, 2, 3], [4, 5, 6]])
    assert masked("sum", MASK, sample_weight=weights) == 1 + 27 + 216
    for reduction in MEANS:
        assert masked(reduction, MASK, sample_weight=weights) == pytest.approx((1 + 27 + 216) / 3)
    assert masked("mean_with_sample_weight", MASK, sample_weight=weights) == pytest.approx((1 + 27 + 216) / 10)
    assert masked("sum", MASK, sample_weight=[1.0, 2.0]) == 1 + 9 + 72


def test_a_mask_of_whole_sequences_or_with_an_axis_more():
    assert masked("mean", [True, False]) == pytest.approx((1 + 4 + 9) / 3)
    assert masked("mean", MASK[:, :, None]) == pytest.approx((1 + 9 + 36) / 3)


def test_nothing_left_is_zero():
    for reduction in ("sum", *MEANS, "mean_with_sample_weight"):
        assert masked(reduction, np.zeros((2, 3), bool)) == 0


def test_masks_and_ignored_classes_add_up():
    p = np.array([[0.5, 0.5], [0.25, 0.75], [0.125, 0.875]])
    one = losses.SparseCategoricalCrossentropy(ignore_class=1)
    value = one.with_mask([0, 1, 0], p, mask=np.array([False, True, True]))
    np.testing.assert_allclose(value, np.log(8), rtol=1e-5)


def test_a_mask_that_does_not_fit_is_refused():
    with pytest.raises(ValueError, match=r"the mask of the predictions of shape \(3,\) does not fit losses of shape"):
        losses.MeanSquaredError().with_mask(STEPS_Y, STEPS_P, mask=np.ones(3, bool))


def test_a_loss_with_a_call_of_its_own_is_asked_with_masks_as_well():
    class Own(losses.MeanSquaredError):
        def __call__(self, y_true, y_pred, sample_weight=None):
            return -2 * super().__call__(y_true, y_pred, sample_weight)

    assert float(Own().with_mask(Y, P, mask=np.ones(3, bool))) == pytest.approx(-20 / 3)


def test_a_symbolic_loss_is_a_number():
    value = losses.MeanSquaredError()(keras.KerasTensor((None, 2)), keras.KerasTensor((None, 2)))
    assert value.shape == ()
