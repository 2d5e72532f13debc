"""Steps of each optimizer worked out by hand."""

import numpy as np
import pytest

import keras
from keras import optimizers


def steps(optimizer, gradients, start=(1.0,)):
    """The variable after each of some steps."""
    w = keras.Variable(np.array(start, "float32"))
    result = []
    for g in gradients:
        optimizer.apply([np.array(g if isinstance(g, (list, tuple)) else [g] * len(start), "float32")], [w])
        result.append(w.numpy().tolist())
    return np.array(result).squeeze(-1) if len(start) == 1 else np.array(result)


def test_sgd_goes_down_the_gradient():
    np.testing.assert_allclose(steps(optimizers.SGD(0.1), [2.0, 3.0]), [0.8, 0.5], rtol=1e-6)


def test_sgd_momentum_repeats_half_of_the_last_change():
    # changes -0.2, then 0.5 * -0.2 - 0.2
    np.testing.assert_allclose(steps(optimizers.SGD(0.1, momentum=0.5), [2.0, 2.0]), [0.8, 0.5], rtol=1e-6)


def test_sgd_nesterov_looks_ahead():
    # m = -0.2, change 0.5 * -0.2 - 0.2 = -0.3; then m = -0.3, change -0.15 - 0.2 = -0.35
    got = steps(optimizers.SGD(0.1, momentum=0.5, nesterov=True), [2.0, 2.0])
    np.testing.assert_allclose(got, [0.7, 0.35], rtol=1e-6)


def test_adam_takes_steps_of_the_learning_rate_along_a_constant_gradient():
    got = steps(optimizers.Adam(0.1, epsilon=0.0), [5.0, 5.0, 5.0])
    np.testing.assert_allclose(got, [0.9, 0.8, 0.7], rtol=1e-5)


def test_adam_second_step_by_hand():
    # beta_1 = beta_2 = 0.5: m = 0.5 * 0.5 * 1 + 0.5 * 3 = 1.75, corrected by 0.75; v = 0.25 + 4.5 = 4.75, by 0.75
    got = steps(optimizers.Adam(0.1, beta_1=0.5, beta_2=0.5, epsilon=0.0), [1.0, 3.0])
    np.testing.assert_allclose(got[1], 0.9 - 0.1 * (1.75 / 0.75) / np.sqrt(4.75 / 0.75), rtol=1e-6)


def test_amsgrad_divides_by_the_largest_mean_square():
    # v = 2, then 0.5 * 2 + 0.5 * 0 = 1: divided by the 2 from before. m = 1, then 0.5
    got = steps(optimizers.Adam(0.1, beta_1=0.5, beta_2=0.5, epsilon=0.0, amsgrad=True), [2.0, 0.0])
    np.testing.assert_allclose(got[1], 0.9 - 0.1 * np.sqrt(0.75) / 0.75 * 0.5 / np.sqrt(2.0), rtol=1e-6)


def test_adamw_shrinks_the_weight_before_the_step():
    np.testing.assert_allclose(steps(optimizers.AdamW(0.1, weight_decay=0.5), [2.0]), [1 - 0.05 - 0.1], rtol=1e-6)


def test_adamax_divides_by_the_largest_gradient():
    # m = 2, u = 4; then m = 1.5, u = max(0.5 * 4, 1) = 2, divided by 1 - 0.5**2
    got = steps(optimizers.Adamax(0.1, beta_1=0.5, beta_2=0.5, epsilon=0.0), [4.0, 1.0])
    np.testing.assert_allclose(got, [0.9, 0.9 - 0.1 / 0.75 * 1.5 / 2.0], rtol=1e-6)


def test_nadam_first_step_by_hand():
    # u1 = 0.9 * (1 - 0.48), u2 = 0.9 * (1 - 0.4608); m_hat = u2 * 0.1 / (1 - u1 * u2) + (1 - u1) / (1 - u1)
    u1, u2 = 0.9 * (1 - 0.5 * 0.96), 0.9 * (1 - 0.5 * 0.96**2)
    wanted = 1 - 0.1 * (u2 * 0.1 / (1 - u1 * u2) + 1.0)
    np.testing.assert_allclose(steps(optimizers.Nadam(0.1, epsilon=0.0), [1.0]), [wanted], rtol=1e-5)


def test_adadelta_first_step_by_hand():
    # a = 0.1 * 4, change = -sqrt(0.01) / sqrt(0.41) * 2
    wanted = 1 - 0.5 * np.sqrt(0.01) / np.sqrt(0.41) * 2
    np.testing.assert_allclose(steps(optimizers.Adadelta(0.5, rho=0.9, epsilon=0.01), [2.0]), [wanted], rtol=1e-6)


def test_adagrad_divides_by_the_root_of_the_sum():
    got = steps(optimizers.Adagrad(0.1, initial_accumulator_value=0.0, epsilon=0.0), [3.0, 4.0])
    np.testing.assert_allclose(got, [0.9, 0.9 - 0.1 * 4 / 5], rtol=1e-6)


def test_rmsprop_by_hand():
    # v = 0.5 * 4 = 2, then 1 + 8 = 9
    got = steps(optimizers.RMSprop(0.1, rho=0.5, epsilon=0.0), [2.0, 4.0])
    np.testing.assert_allclose(got, [1 - 0.2 / np.sqrt(2.0), 1 - 0.2 / np.sqrt(2.0) - 0.4 / 3], rtol=1e-6)


def test_rmsprop_centered_subtracts_the_squared_mean():
    # v = 2, a = 1: divisor sqrt(2 - 1)
    got = steps(optimizers.RMSprop(0.1, rho=0.5, epsilon=0.0, centered=True, momentum=0.5), [2.0, 0.0])
    # then v = 1, a = 0.5; the gradient is 0, the momentum 0.5 * 0.2
    np.testing.assert_allclose(got, [0.8, 0.7], rtol=1e-6)


def test_ftrl_keeps_small_weights_at_zero_and_moves_large_ones():
    # n = 0 -> 4, z = 2 - (2 - 0) / 0.1 * w; w = (clip(z, -1, 1) - z) / (2 / 0.1)
    got = steps(
        optimizers.Ftrl(0.1, initial_accumulator_value=0.0, l1_regularization_strength=1.0), [2.0], start=(1.0,)
    )
    np.testing.assert_allclose(got, [(-1.0 + 18.0) / 20.0], rtol=1e-6)
    got = steps(
        optimizers.Ftrl(0.1, initial_accumulator_value=0.0, l1_regularization_strength=1.0), [2.0], start=(0.1,)
    )
    np.testing.assert_allclose(got, [0.0], atol=1e-7)


def test_lion_steps_have_the_size_of_the_rate():
    # m = 0.5 * 1; then sign(0.9 * 0.5 - 0.1 * 4) = +1
    got = steps(optimizers.Lion(0.1, beta_1=0.9, beta_2=0.5), [1.0, -4.0])
    np.testing.assert_allclose(got, [0.9, 0.8], rtol=1e-6)


def test_lamb_steps_are_as_long_as_the_weights():
    got = steps(optimizers.Lamb(0.1), [[7.0, 0.0]], start=(3.0, 4.0))
    np.testing.assert_allclose(got, [[3.0 - 0.5, 4.0]], rtol=1e-5)
    got = steps(optimizers.Lamb(0.1), [[7.0, 0.0]], start=(0.0, 0.0))
    np.testing.assert_allclose(got, [[-0.1, 0.0]], rtol=1e-5)


def test_adafactor_first_step_is_the_size_of_the_weights():
    # beta is 0 at first: u = g / |g|; rms(w) = 5 / sqrt(2), rate 0.1
    got = steps(optimizers.Adafactor(0.1), [[7.0, -1.0]], start=(3.0, 4.0))
    np.testing.assert_allclose(got, [[3.0 - 0.5 / np.sqrt(2), 4.0 + 0.5 / np.sqrt(2)]], rtol=1e-6)


def test_adafactor_keeps_rows_and_columns_of_a_matrix():
    optimizer, w = optimizers.Adafactor(0.1, epsilon_1=0.0), keras.Variable(np.ones((2, 3), "float32"), name="w")
    gradient = np.outer([1.0, 2.0], [1.0, 2.0, 3.0]).astype("float32")
    optimizer.apply([gradient], [w])
    rows, columns = optimizer.variables[2:4]
    np.testing.assert_allclose(rows.numpy(), [14 / 3, 56 / 3], rtol=1e-6)
    np.testing.assert_allclose(columns.numpy(), [2.5, 10.0, 22.5], rtol=1e-6)
    # the squares are a product of a row and a column, so nothing is lost: every step has size 1
    np.testing.assert_allclose(w.numpy(), 0.9, rtol=1e-5)


def test_muon_makes_the_gradient_of_a_matrix_orthogonal():
    optimizer, w = optimizers.Muon(1.0, weight_decay=None, rms_rate=None, ns_steps=5), keras.Variable(np.zeros((2, 3)))
    optimizer.apply([np.array([[10.0, 0.0, 0.0], [0.0, 0.0, 0.1]])], [w])
    singular = np.linalg.svd(w.numpy(), compute_uv=False)
    assert 0.6 < singular[0] < 1.3
    assert w.numpy()[0, 0] < -0.6
    assert abs(w.numpy()[0, 1]) < 1e-6


def test_muon_newton_schulz_step_by_hand():
    # x = g / |g| = 0.6 and 0.8 on the diagonal; each becomes a x + b x^3 + c x^5
    got = optimizers.Muon(muon_a=2.0, muon_b=-1.5, muon_c=0.5).zeropower_via_newtonschulz5(
        keras.ops.convert_to_tensor([[3.0, 0.0], [0.0, 4.0]]), 1
    )
    x = np.array([0.6, 0.8])
    np.testing.assert_allclose(np.diag(got), 2 * x - 1.5 * x**3 + 0.5 * x**5, rtol=1e-5)


@pytest.mark.parametrize("name", ["embedding_table", "head_kernel", "vector"])
def test_muon_leaves_embeddings_vectors_and_excluded_layers_to_adam(name):
    optimizer = optimizers.Muon(
        0.1, exclude_layers=["head"], weight_decay=None, adam_weight_decay=None, adam_lr_ratio=2
    )
    w = keras.Variable(np.ones((2,) if name == "vector" else (2, 2), "float32"), name=name)
    optimizer.apply([np.full(w.shape, 3.0, "float32")], [w])
    np.testing.assert_allclose(w.numpy(), 1 - 0.2, rtol=1e-5)
    assert [v.name for v in optimizer.variables[2:]] == [f"{name}_momentum", f"{name}_velocity"]


def test_schedule_free_weights_lie_between_the_last_point_and_the_mean():
    # z: 0.9, 0.8, 0.7; means of z: 0.9, 0.85, 0.8; w halfway
    got = steps(optimizers.ScheduleFreeAdamW(0.1, beta_1=0.5, epsilon=0.0), [2.0, 2.0, 2.0])
    np.testing.assert_allclose(got, [0.9, 0.825, 0.75], rtol=1e-5)


def test_schedule_free_warmup_raises_the_rate():
    # rates 0.1 / 2, then 0.1: z 0.95, 0.85; means 0.95, 0.9
    got = steps(optimizers.ScheduleFreeAdamW(0.1, beta_1=0.5, epsilon=0.0, warmup_steps=2), [2.0, 2.0])
    np.testing.assert_allclose(got, [0.95, 0.875], rtol=1e-5)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: optimizers.SGD(momentum=2.0), "`momentum` must be a number from 0 to 1. Got 2.0"),
        (lambda: optimizers.Lion(beta_1=0.0), "`beta_1` must be above 0 and at most 1. Got 0.0"),
        (lambda: optimizers.ScheduleFreeAdamW(beta_1=0.0), "`beta_1` must be above 0"),
        (lambda: optimizers.Adagrad(initial_accumulator_value=-1.0), "`initial_accumulator_value` must be"),
        (lambda: optimizers.Ftrl(l1_regularization_strength=-1.0), "`l1_regularization_strength` must be"),
        (lambda: optimizers.Ftrl(learning_rate_power=0.5), "`learning_rate_power` must not be positive. Got 0.5"),
        (lambda: optimizers.AdamW(weight_decay=None), "AdamW: `weight_decay` must be a number. Got None"),
        (lambda: optimizers.Muon(ns_steps=0), "`ns_steps` must be a positive integer. Got 0"),
    ],
)
def test_impossible_settings_are_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()
