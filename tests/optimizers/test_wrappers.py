"""Optimizers made of optimizers: loss scaling, and different ones for different variables."""

import json

import jax
import numpy as np
import pytest

import keras
from keras import optimizers
from keras._core.fingerprint import fingerprint
from keras.optimizers import SGD, Adam, LossScaleOptimizer, MultiOptimizer, OptimizerMap


def variable(*values, name="w"):
    return keras.Variable(np.array(values, "float32"), name=name)


def gradient(*values):
    return np.array(values, "float32")


# gradients of a loss scaled by 8, 8, 4, 4, 8, 8, 16; steps without momentum are gradient / scale
SCALED = [(8, 8.0), (np.inf, 8.0), (16, 4.0), (8, 4.0), (8, 8.0), (8, 8.0), (np.nan, 16.0)]
WEIGHTS = [-1, -1, -5.5, -9.75, -12.875, -15.4375, -15.4375]


@pytest.mark.parametrize("compiled", [False, True])
def test_loss_scale_halves_after_infinities_and_doubles_after_enough_good_steps(compiled):
    optimizer = LossScaleOptimizer(SGD(1.0, momentum=0.5), initial_scale=8.0, dynamic_growth_steps=2)
    w = variable(0.0)
    optimizer.build([w])
    step = jax.jit(optimizer.stateless_apply)
    for (g, scale), weight in zip(SCALED, WEIGHTS):
        assert float(optimizer.scale_loss(1.0)) == scale
        if compiled:
            values, own = step([v.value for v in optimizer.variables], [gradient(g)], [w.value])
            for v, value in zip((w, *optimizer.variables), (*values, *own)):
                v.assign(value)
        else:
            optimizer.apply([gradient(g)], [w])
        assert float(w[0]) == weight
    assert int(optimizer.iterations) == 5
    assert float(optimizer.dynamic_scale) == 8.0


def test_loss_scale_optimizer_shows_the_rate_and_variables_of_the_inner_one():
    inner = SGD(0.5, momentum=0.5, name="inner")
    optimizer = LossScaleOptimizer(inner, name="outer")
    optimizer.learning_rate = 0.25
    assert float(inner.learning_rate) == 0.25
    optimizer.build([variable(0.0)])
    assert [v.path for v in optimizer.variables] == [
        "outer/iteration", "outer/learning_rate", "outer/step_counter", "outer/dynamic_scale",
        "inner/iteration", "inner/learning_rate", "inner/w_momentum",
    ]  # fmt: skip


def test_loss_scale_optimizer_comes_back_from_its_config():
    optimizer = LossScaleOptimizer(Adam(0.5), initial_scale=4.0, dynamic_growth_steps=7, name="outer")
    config = json.loads(json.dumps(optimizers.serialize(optimizer)))
    assert set(config["config"]) == {"inner_optimizer", "initial_scale", "dynamic_growth_steps", "name"}
    again = optimizers.deserialize(config)
    assert again.get_config() == optimizer.get_config()
    assert type(again.inner_optimizer) is Adam


def test_loss_scale_keeps_small_float16_gradients():
    w = keras.Variable(np.zeros(1), dtype="float16")
    optimizer = LossScaleOptimizer(SGD(2.0**20), initial_scale=2.0**15)
    optimizer.apply([np.array([2.0**-10], "float16")], [w])  # unscaled 2**-25, too small for float16
    assert float(w[0]) == -(2.0**-5)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: LossScaleOptimizer(SGD(), clipnorm=1.0), "set `clipnorm` on the `inner_optimizer` instead"),
        (lambda: LossScaleOptimizer(SGD(), learning_rate=1.0), "set `learning_rate` on the `inner_optimizer`"),
        (lambda: LossScaleOptimizer(SGD(), ema_momentum=0.5), "set `ema_momentum` on the `inner_optimizer`"),
        (lambda: LossScaleOptimizer("sgd"), "`inner_optimizer` must be an Optimizer. Got 'sgd'"),
        (lambda: LossScaleOptimizer(SGD(), dynamic=False), "set `loss_scale_factor` of the optimizer itself"),
        (lambda: LossScaleOptimizer(SGD(), initial_scale=0), "`initial_scale` must be a positive number"),
        (lambda: MultiOptimizer(SGD()), "`optimizer_map` must be an OptimizerMap or a function"),
        (lambda: OptimizerMap(SGD(), {7: SGD()}), "keys are expressions that match paths of variables. Got 7"),
        (lambda: OptimizerMap(SGD(), {"a": LossScaleOptimizer(SGD())}), "'a' is a LossScaleOptimizer, which is for"),
        (
            lambda: MultiOptimizer(lambda v: make_multi()).build([variable(0.0)]),
            "is a MultiOptimizer, which is for",
        ),
        (lambda: OptimizerMap(SGD(), {"a": 3}), "the value for 'a' must be an Optimizer. Got 3"),
        (lambda: OptimizerMap(SGD(), {"a.*": SGD(), ".*b": SGD()})["ab"], "more than one key matches"),
        (lambda: MultiOptimizer(lambda v: 3).build([variable(0.0)]), "must be an Optimizer. Got 3"),
    ],
)
def test_impossible_wrappers_are_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()


@pytest.mark.parametrize("arguments", [(3,), (None,), (SGD(), [SGD()])])
def test_optimizer_map_takes_an_optimizer_and_a_dict(arguments):
    with pytest.raises(TypeError, match="OptimizerMap: "):
        OptimizerMap(*arguments)


def test_optimizer_map_finds_the_optimizer_of_a_variable():
    plain, other = SGD(), Adam()
    optimizer_map = OptimizerMap(plain, {"a.*": other})
    assert optimizer_map(variable(0.0, name="ab")) is other
    assert optimizer_map(variable(0.0, name="b")) is plain


def test_optimizer_map_matches_whole_paths():
    plain, other = SGD(), Adam()
    optimizer_map = OptimizerMap(plain)
    optimizer_map["encoder/.*"] = other
    assert optimizer_map["encoder/dense/kernel"] is other
    assert optimizer_map["my/encoder/dense"] is plain
    assert list(optimizer_map) == ["encoder/.*"]
    assert len(optimizer_map) == 1
    with pytest.raises(ValueError, match="there is an optimizer for 'encoder/"):
        optimizer_map["encoder/.*"] = SGD()
    del optimizer_map["encoder/.*"]
    assert optimizer_map["encoder/dense/kernel"] is plain


def make_multi(**settings):
    return MultiOptimizer(OptimizerMap(SGD(1.0, name="d"), {"a.*": Adam(0.25, name="e")}), **settings)


@pytest.mark.parametrize("compiled", [False, True])
def test_each_variable_follows_its_own_optimizer(compiled):
    a, b = variable(1.0, name="a"), variable(1.0, name="b")
    optimizer = make_multi(name="multi")
    optimizer.build([a, b])
    if compiled:
        own = [v.value for v in optimizer.variables]
        (first, second), own = jax.jit(optimizer.stateless_apply)(own, [gradient(3), gradient(0.5)], [a.value, b.value])
        iterations = own[0]
    else:
        optimizer.apply([gradient(3), gradient(0.5)], [a, b])
        first, second, iterations = a.value, b.value, optimizer.iterations
    np.testing.assert_allclose([first[0], second[0]], [0.75, 0.5], rtol=1e-5)
    assert int(iterations) == 1
    assert [v.path for v in optimizer.variables] == [
        "multi/iteration", "multi/learning_rate", "e/iteration", "e/learning_rate", "e/a_momentum", "e/a_velocity",
        "d/iteration", "d/learning_rate",
    ]  # fmt: skip


def test_multi_optimizer_takes_a_function_of_the_variable():
    fast = SGD(1.0)
    optimizer = MultiOptimizer(lambda v: fast if v.name == "a" else SGD(0.5))
    a, b = variable(0.0, name="a"), variable(0.0, name="b")
    optimizer.apply([gradient(1), gradient(1)], [a, b])
    assert (a.numpy(), b.numpy()) == (-1, -0.5)
    assert optimizer.optimizers[0] is fast


def test_multi_optimizer_scales_the_loss_once():
    optimizer, b = make_multi(loss_scale_factor=4.0), variable(0.0, name="b")
    assert optimizer.scale_loss(1.0) == 4.0
    optimizer.apply([gradient(4)], [b])
    assert b.numpy() == -1


def test_multi_optimizer_scales_in_place_of_its_parts():
    part, w = SGD(0.5, loss_scale_factor=8.0), variable(0.0)
    optimizer = MultiOptimizer(OptimizerMap(part), loss_scale_factor=4.0)
    optimizer.apply([gradient(4)], [w])
    assert w.numpy() == -0.5


def test_a_factor_that_follows_the_gradients_stands_in_place_of_a_fixed_one():
    part, w = SGD(0.5, loss_scale_factor=8.0), variable(0.0)
    LossScaleOptimizer(part, initial_scale=4.0).apply([gradient(4)], [w])
    assert w.numpy() == -0.5
    assert part.loss_scale_factor is None


def test_settings_without_effect_in_older_files_of_a_loss_scale_optimizer():
    config = {**LossScaleOptimizer(SGD()).get_config(), "use_ema": False, "ema_momentum": 0.99, "clipnorm": None}
    assert isinstance(LossScaleOptimizer.from_config(config).inner_optimizer, SGD)


def test_callbacks_set_the_rates_of_the_parts():
    model = keras.Sequential([keras.layers.Dense(1, name="a"), keras.layers.Dense(1, name="b")])
    parts = SGD(0.5, use_ema=True, name="fast"), SGD(0.125, name="slow")
    model.compile(MultiOptimizer(OptimizerMap(parts[1], {".*a/.*": parts[0]})), "mse")
    halve = keras.callbacks.LearningRateScheduler(lambda epoch, rate: rate * 0.5)
    lower = keras.callbacks.ReduceLROnPlateau(monitor="loss", factor=0.5, patience=1, min_delta=1e9)
    averages = keras.callbacks.SwapEMAWeights(swap_on_epoch=True)
    x = np.ones((4, 2), "float32")
    history = model.fit(x, x[:, :1], epochs=3, verbose=0, callbacks=[halve, lower, averages]).history
    # by the schedule 0.25, 0.125, 0.0625; what the second epoch lowers begins the third
    assert history["learning_rate_fast"] == [0.25, 0.125, 0.03125]
    assert history["learning_rate_slow"] == [0.0625, 0.03125, 0.0078125]


def test_multi_optimizer_has_no_rate_of_its_own():
    with pytest.raises(AttributeError, match="no learning rate of its own"):
        _ = make_multi().learning_rate
    with pytest.raises(AttributeError, match="no learning rate of its own"):
        make_multi().learning_rate = 0.1


def test_multi_optimizer_comes_back_from_its_config():
    optimizer = make_multi(loss_scale_factor=2.0, name="multi")
    again = optimizers.deserialize(json.loads(json.dumps(optimizers.serialize(optimizer))))
    assert again.get_config() == optimizer.get_config()
    assert [type(o) for o in again.optimizers] == [Adam, SGD]


def test_numbers_of_inner_optimizers_carry_their_place():
    assert LossScaleOptimizer(SGD(clipnorm=2.0)).numbers()["inner_optimizer.clipnorm"] == 2.0
    assert make_multi().numbers()["optimizer_0.beta_1"] == 0.9


def test_wrapped_optimizers_share_programs_when_their_structure_agrees():
    def of(optimizer):
        optimizer.build([variable(0.0, name="a"), variable(0.0, name="b")])
        return fingerprint(optimizer)

    assert of(LossScaleOptimizer(SGD(0.5))) == of(LossScaleOptimizer(SGD(0.7), initial_scale=2.0))
    assert of(LossScaleOptimizer(SGD(0.5))) != of(LossScaleOptimizer(SGD(0.5, momentum=0.5)))
    assert of(make_multi()) == of(make_multi(name="x"))
