"""What happens around every update: clipping, decay, averages, accumulation, constraints, learning rates."""

import numpy as np
import pytest

import keras
from keras import optimizers
from keras.optimizers import schedules


def variable(*values, name="w"):
    return keras.Variable(np.array(values, "float32"), name=name)


def gradient(*values):
    return np.array(values, "float32")


@pytest.mark.parametrize(
    ("settings", "moves"),
    [
        ({"clipnorm": 1.0}, [[0.6, 0.8], [1.0, 0.0]]),
        ({"clipnorm": 20.0}, [[3.0, 4.0], [12.0, 0.0]]),
        ({"global_clipnorm": 1.3}, [[0.3, 0.4], [1.2, 0.0]]),
        ({"clipvalue": 3.5}, [[3.0, 3.5], [3.5, 0.0]]),
        # in every release 0 does not clip
        ({"clipnorm": 0.0}, [[3.0, 4.0], [12.0, 0.0]]),
        ({"clipvalue": 0, "global_clipnorm": 0.0}, [[3.0, 4.0], [12.0, 0.0]]),
    ],
)
def test_gradients_are_clipped(settings, moves):
    a, b = variable(0, 0), variable(0, 0)
    optimizers.SGD(1.0, **settings).apply([gradient(3, 4), gradient(12, 0)], [a, b])
    np.testing.assert_allclose(a.numpy(), -np.array(moves[0]), rtol=1e-6)
    np.testing.assert_allclose(b.numpy(), -np.array(moves[1]), rtol=1e-6)


def test_clipping_leaves_zero_gradients_at_zero():
    for settings in ({"clipnorm": 1.0}, {"global_clipnorm": 1.0}):
        w = variable(1, 2)
        optimizers.SGD(1.0, **settings).apply([gradient(0, 0)], [w])
        assert w.numpy().tolist() == [1, 2]


def test_an_infinite_gradient_spoils_all_under_a_global_norm_and_one_under_its_own():
    a, b = variable(0), variable(0)
    optimizers.SGD(1.0, global_clipnorm=1.0).apply([gradient(np.inf), gradient(1)], [a, b])
    assert np.isnan([a.numpy(), b.numpy()]).all()
    a, b = variable(0), variable(0)
    optimizers.SGD(1.0, clipnorm=1.0).apply([gradient(np.inf), gradient(1)], [a, b])
    assert np.isnan(a.numpy())
    assert b.numpy() == -1


def test_weight_decay_shrinks_by_rate_times_decay_before_the_step():
    w = variable(1.0)
    optimizers.SGD(0.1, weight_decay=0.5).apply([gradient(1)], [w])
    np.testing.assert_allclose(w.numpy(), [1 - 0.05 - 0.1])


def test_variables_can_be_excluded_from_weight_decay():
    a, b, c = variable(1.0, name="kernel"), variable(1.0, name="bias"), variable(1.0, name="scale")
    optimizer = optimizers.SGD(0.1, weight_decay=0.5)
    optimizer.exclude_from_weight_decay(var_list=[c], var_names=["^bi"])
    optimizer.apply([gradient(0)] * 3, [a, b, c])
    np.testing.assert_allclose([a[0], b[0], c[0]], [0.95, 1.0, 1.0])


def test_moving_average_starts_at_the_first_value_and_is_put_in_place_at_the_end():
    # w: -1, -3; average: -1, 0.5 * -1 + 0.5 * -3
    w = variable(0.0)
    optimizer = optimizers.SGD(1.0, use_ema=True, ema_momentum=0.5)
    optimizer.apply([gradient(1)], [w])
    optimizer.apply([gradient(2)], [w])
    assert w.numpy() == -3
    optimizer.finalize_variable_values([w])
    assert w.numpy() == -2
    optimizers.SGD(1.0).finalize_variable_values([w])
    assert w.numpy() == -2


def test_moving_average_overwrites_every_second_step():
    # w: -1 | -3, average -2, w = -2 | -5, average -3.5 | -9, average -6.25, w = -6.25
    w, seen = variable(0.0), []
    optimizer = optimizers.SGD(1.0, use_ema=True, ema_momentum=0.5, ema_overwrite_frequency=2)
    for g in (1, 2, 3, 4):
        optimizer.apply([gradient(g)], [w])
        seen.append(float(w[0]))
    assert seen == [-1, -2, -5, -6.25]


def test_gradients_of_several_calls_make_one_update_with_their_mean():
    w, seen, updates = variable(0.0), [], []
    optimizer = optimizers.SGD(1.0, gradient_accumulation_steps=2, momentum=0.5)
    for g in (1, 2, 3, 4):
        optimizer.apply([gradient(g)], [w])
        seen.append(float(w[0]))
        updates.append(int(optimizer.iterations))
    # 1.5, then 0.5 * 1.5 + 3.5
    assert seen == [0, -1.5, -1.5, -5.75]
    assert updates == [0, 1, 1, 2]


def test_accumulated_gradients_are_clipped_after_the_mean():
    w = variable(0.0)
    optimizer = optimizers.SGD(1.0, gradient_accumulation_steps=2, clipvalue=1.0)
    optimizer.apply([gradient(8)], [w])
    optimizer.apply([gradient(-7)], [w])
    assert w.numpy() == -0.5


def test_constraints_act_after_the_update_and_after_the_average():
    w = variable(0.5)
    w.constraint = keras.constraints.NonNeg()
    optimizer = optimizers.SGD(1.0, use_ema=True)
    optimizer.apply([gradient(1)], [w])
    assert w.numpy() == 0
    assert optimizer.variables[2].numpy() == -0.5


def test_loss_scale_factor_leaves_the_step_as_it_was():
    w, optimizer = variable(0.0), optimizers.SGD(1.0, loss_scale_factor=4.0)
    assert optimizer.scale_loss(2.0) == 8.0
    optimizer.apply([gradient(8)], [w])
    assert w.numpy() == -2
    assert optimizers.SGD().scale_loss(2.0) == 2.0


def test_variables_that_want_their_gradient_as_value_get_it_and_nothing_else():
    scale, w = variable(1.0, name="scale"), variable(1.0)
    scale.overwrite_with_gradient = True
    optimizer = optimizers.SGD(0.1, momentum=0.9, weight_decay=0.5, global_clipnorm=1.0, use_ema=True)
    optimizer.apply([gradient(5), gradient(1)], [scale, w])
    assert scale.numpy() == 5
    np.testing.assert_allclose(w.numpy(), [0.85], rtol=1e-6)
    assert [v.name for v in optimizer.variables[2:]] == ["w_average", "w_momentum"]


def test_over_several_calls_the_largest_value_overwrites():
    scale, w = variable(1.0, name="scale"), variable(1.0)
    scale.overwrite_with_gradient = True
    optimizer, seen = optimizers.SGD(0.1, gradient_accumulation_steps=3), []
    for g in (5, 9, 2, 1, 2, 3):
        optimizer.apply([gradient(g), gradient(g)], [scale, w])
        seen.append(float(scale[0]))
    assert seen == [1, 1, 9, 9, 9, 3]


def test_a_variable_without_gradient_stays_and_is_named_in_a_warning():
    a, b = variable(1.0, name="a"), variable(1.0, name="b")
    with pytest.warns(UserWarning, match="no gradient for a, so"):
        optimizers.SGD(0.5).apply([None, gradient(1)], [a, b])
    assert (a.numpy(), b.numpy()) == (1, 0.5)


def test_apply_says_what_is_wrong():
    a, b = variable(1.0, name="a"), variable(1.0, name="b")
    optimizer = optimizers.SGD()
    with pytest.raises(ValueError, match="without `trainable_variables` the optimizer has to be built first"):
        optimizer.apply([gradient(1)])
    optimizer.build([a])
    with pytest.raises(ValueError, match="the variable b is not among those the optimizer was built for"):
        optimizer.apply([gradient(1)], [b])
    with pytest.raises(ValueError, match=r"there are 1 variables\. Got 2 gradients"):
        optimizer.apply([gradient(1), gradient(1)], [a])
    with pytest.raises(ValueError, match="no variable has a gradient"):
        optimizer.apply([None], [a])
    with pytest.raises(ValueError, match=r"stateless_apply: `trainable_variables` must have 1 values.*Got 0"):
        optimizer.stateless_apply([v.value for v in optimizer.variables], [gradient(1)], [])
    with pytest.raises(ValueError, match="build the optimizer first"):
        optimizers.Adam().stateless_apply([], [], [])
    with pytest.raises(NotImplementedError, match="Optimizer needs an `update_step"):
        optimizers.Optimizer(0.1).apply([gradient(1)], [a])


def test_apply_gradients_takes_pairs_and_returns_the_step():
    w, optimizer = variable(1.0), optimizers.SGD(0.5)
    assert int(optimizer.apply_gradients(zip([gradient(1)], [w]))) == 1
    assert w.numpy() == 0.5


def test_apply_without_gradients_does_nothing():
    optimizer = optimizers.SGD()
    optimizer.apply([], [])
    assert int(optimizer.iterations) == 0


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"clipnorm": 1.0, "clipvalue": 1.0}, "only one way of clipping can be chosen. Got clipnorm and clipvalue"),
        ({"clipnorm": -1.0}, "`clipnorm` must be a positive number or None. Got -1.0"),
        ({"clipvalue": -2}, "`clipvalue` must be a positive number or None. Got -2"),
        ({"ema_momentum": None}, "`ema_momentum` must be a number. Got None"),
        ({"ema_momentum": 2.0}, "`ema_momentum` must be a number from 0 to 1. Got 2.0"),
        ({"ema_overwrite_frequency": 0}, "`ema_overwrite_frequency` must be a positive integer. Got 0"),
        ({"gradient_accumulation_steps": 1}, "`gradient_accumulation_steps` must be at least 2, or None. Got 1"),
        ({"weight_decay": "little"}, "`weight_decay` must be a number or None. Got 'little'"),
    ],
)
def test_impossible_settings_are_refused(settings, message):
    with pytest.raises(ValueError, match=message):
        optimizers.SGD(**settings)


# --- learning rates


def test_learning_rate_is_a_variable_that_can_be_assigned():
    optimizer, w = optimizers.SGD(0.5), variable(0.0)
    optimizer.learning_rate = 0.25
    assert float(optimizer.learning_rate) == 0.25
    optimizer.learning_rate.assign(1.0)
    optimizer.apply([gradient(1)], [w])
    assert w.numpy() == -1
    assert optimizer.variables[1] is optimizer.learning_rate


def test_learning_rate_follows_a_schedule():
    w, seen = variable(0.0), []
    optimizer = optimizers.SGD(schedules.PiecewiseConstantDecay([0, 1], [1.0, 0.5, 0.25]))
    for _ in range(3):
        seen.append(float(optimizer.learning_rate))
        optimizer.apply([gradient(1)], [w])
    assert seen == [1.0, 0.5, 0.25]
    assert w.numpy() == -1.75
    with pytest.raises(TypeError, match="comes from a schedule or a function"):
        optimizer.learning_rate = 0.1
    optimizer.learning_rate = schedules.PiecewiseConstantDecay([], [2.0])
    assert float(optimizer.learning_rate) == 2.0


def test_schedules_count_calls_even_while_gradients_accumulate():
    optimizer = optimizers.SGD(schedules.ExponentialDecay(1.0, 1, 0.5), gradient_accumulation_steps=2)
    w = variable(0.0)
    for _ in range(4):
        optimizer.apply([gradient(1)], [w])
    # updates at calls 1 and 3: 0.5 + 0.125
    assert w.numpy() == -0.625


def test_learning_rate_may_be_a_function_with_or_without_the_step():
    assert optimizers.SGD(lambda: 0.5).learning_rate == 0.5
    optimizer, w = optimizers.SGD(lambda step: 1.0 / (step + 1)), variable(0.0)
    for _ in range(2):
        optimizer.apply([gradient(1)], [w])
    assert w.numpy() == -1.5


def test_a_number_can_be_replaced_by_a_schedule():
    optimizer = optimizers.SGD(0.5)
    optimizer.learning_rate = schedules.ExponentialDecay(0.1, 10, 0.5)
    assert [v.name for v in optimizer.variables] == ["iteration"]
    np.testing.assert_allclose(optimizer.learning_rate, 0.1)
    config = optimizer.get_config()
    assert config["learning_rate"]["class_name"] == "ExponentialDecay"
    again = optimizers.SGD.from_config(config)
    np.testing.assert_allclose(again.learning_rate, 0.1)


# --- variables and state


def test_variables_are_named_after_the_optimizer_and_the_variable():
    w = keras.Variable(np.zeros(2), name="kernel")
    w.path = "dense/kernel"
    optimizer = optimizers.Adam(name="mine", use_ema=True, gradient_accumulation_steps=2, amsgrad=True)
    optimizer.build([w])
    assert [v.path for v in optimizer.variables] == [
        "mine/iteration",
        "mine/learning_rate",
        "mine/dense_kernel_average",
        "mine/dense_kernel_gradient_accumulator",
        "mine/dense_kernel_momentum",
        "mine/dense_kernel_velocity",
        "mine/dense_kernel_velocity_hat",
    ]
    assert not any(v.trainable for v in optimizer.variables)


def test_adafactor_variables_have_the_order_of_keras_3():
    optimizer = optimizers.Adafactor()
    optimizer.build([keras.Variable(np.zeros((2, 3)), name="k"), keras.Variable(np.zeros(3), name="b")])
    assert [tuple(v.shape) for v in optimizer.variables] == [(), (), (2,), (3,), (2, 3), (), (), (3,)]


def test_state_of_another_size_is_not_loaded():
    optimizer = optimizers.SGD(0.5)
    with pytest.warns(UserWarning, match="it has 2 variables, but 3 were saved"):
        optimizer.load_own_variables({"0": 3, "1": 0.5, "2": 4})
    assert int(optimizer.iterations) == 0


def test_set_weights_gives_all_variables_values():
    optimizer = optimizers.SGD(0.5, momentum=0.5)
    with pytest.raises(ValueError, match="build the optimizer first"):
        optimizer.set_weights([])
    optimizer.build([variable(0.0)])
    optimizer.set_weights([3, 0.25, gradient(7)])
    assert [v.numpy().tolist() for v in optimizer.variables] == [3, 0.25, [7]]
    with pytest.raises(ValueError, match=r"there are 3 variables\. Got 1 values"):
        optimizer.set_weights([1])


# --- one's own


class Signs(optimizers.Optimizer):
    """Steps of constant size, which grow by a factor that is kept in a list."""

    def __init__(self, learning_rate=0.1, growth=1.0, **kwargs):
        super().__init__(learning_rate, **kwargs)
        self.growth = growth
        self.sizes = []

    def build(self, variables):
        if self.built:
            return
        super().build(variables)
        self.sizes = [self.add_variable_from_reference(v, "size", "ones") for v in variables]
        self.count = keras.Variable(0.0, trainable=False)

    def update_step(self, gradient, variable, learning_rate):
        size = self.sizes[self._get_variable_index(variable)]
        self.assign_sub(variable, learning_rate * keras.ops.sign(gradient) * size)
        self.assign(size, size * self.growth)
        self.assign_add(self.count, 1.0)


def test_an_optimizer_of_ones_own():
    w, optimizer = variable(0.0, 0.0), Signs(0.5, growth=2.0)
    for _ in range(2):
        optimizer.apply([gradient(3, -0.1)], [w])
    assert w.numpy().tolist() == [-1.5, 1.5]
    assert [v.name for v in optimizer.variables[2:3]] == ["w_size"]
    assert optimizer.variables[3].numpy() == 2
    assert Signs.from_config(optimizer.get_config()).growth == 2.0


def test_programs_of_ones_own_optimizers_are_shared_when_attributes_agree():
    from keras._core.fingerprint import fingerprint

    def of(**settings):
        optimizer = Signs(**settings)
        optimizer.build([variable(0.0)])
        return fingerprint(optimizer)

    assert of(growth=2.0) == of(growth=2.0, learning_rate=0.7)
    assert of(growth=2.0) != of(growth=3.0)


def test_an_optimizer_of_ones_own_is_found_by_its_name():
    with pytest.raises(ValueError, match="Unknown optimizer: 'Signs'"):
        optimizers.get("Signs")
    made = optimizers.deserialize({"class_name": "Signs", "config": {"growth": 3.0}}, {"Signs": Signs})
    assert made.growth == 3.0
