"""What every optimizer promises: names, configs, state, tracing, 16-bit variables, progress."""

import copy
import json
import pickle

import jax
import numpy as np
import pytest

import keras
from keras import optimizers
from keras._core.fingerprint import fingerprint
from keras._jax import pure
from keras._jax.number import Numbered
from keras.optimizers import schedules

# class -> arguments that differ from the defaults
CASES = {
    "SGD": [{}, {"momentum": 0.8}, {"momentum": 0.8, "nesterov": True}],
    "Adam": [{"beta_1": 0.8}, {"amsgrad": True}],
    "AdamW": [{"weight_decay": 0.1}],
    "Adamax": [{"beta_2": 0.9}],
    "Nadam": [{"beta_1": 0.8}],
    "Adadelta": [{"rho": 0.8}],
    "Adagrad": [{"initial_accumulator_value": 0.3}],
    "Adafactor": [{"clip_threshold": 0.9}, {"relative_step": False}],
    "RMSprop": [{"rho": 0.8}, {"momentum": 0.8, "centered": True}],
    "Ftrl": [{"l1_regularization_strength": 0.01, "beta": 0.1}],
    "Lion": [{"beta_1": 0.8}],
    "Lamb": [{"beta_1": 0.8}],
    "Muon": [{"momentum": 0.8}, {"nesterov": False, "rms_rate": None}],
    "ScheduleFreeAdamW": [{"warmup_steps": 2, "beta_1": 0.8}],
}
ALL = [(name, settings) for name, several in CASES.items() for settings in several]
SURROUNDINGS = {
    "plain": {},
    "clipnorm": {"clipnorm": 0.5, "weight_decay": 0.1},
    "global": {"global_clipnorm": 0.5},
    "clipvalue": {"clipvalue": 0.2},
    "average": {"use_ema": True, "ema_momentum": 0.7, "ema_overwrite_frequency": 2},
    "accumulation": {"gradient_accumulation_steps": 2, "use_ema": True},
    "loss-scale": {"loss_scale_factor": 4.0},
    "schedule": {"learning_rate": schedules.ExponentialDecay(0.1, 2, 0.5)},
}
TOGETHER = {
    **SURROUNDINGS["clipnorm"], **SURROUNDINGS["average"], **SURROUNDINGS["loss-scale"], **SURROUNDINGS["schedule"],
    "gradient_accumulation_steps": 2,
}  # fmt: skip
NOT_ALONE = {"LossScaleOptimizer", "MultiOptimizer", "Optimizer", "OptimizerMap"}
R = np.random.RandomState(5)
KERNEL, BIAS = R.randn(3, 2).astype("float32"), R.randn(2).astype("float32")
GRADIENTS = [(R.randn(3, 2).astype("float32"), R.randn(2).astype("float32")) for _ in range(5)]

every = pytest.mark.parametrize(
    ("name", "settings"), ALL, ids=[f"{n}-{'-'.join(map(str, s.values()))}" for n, s in ALL]
)
every_class = pytest.mark.parametrize("name", list(CASES))


def new(class_name, settings, /, **more):
    return getattr(optimizers, class_name)(**{"learning_rate": 0.1, **settings, **more})


def new_variables(dtype="float32"):
    return [keras.Variable(KERNEL, dtype=dtype, name="kernel"), keras.Variable(BIAS, dtype=dtype, name="bias")]


def after(optimizer, steps=5, variables=None):
    """Values of the model's and the optimizer's variables after some steps."""
    variables = variables or new_variables()
    for gradients in GRADIENTS[:steps]:
        optimizer.apply(gradients, variables)
    return [np.array(v.numpy()) for v in (*variables, *optimizer.variables)]


def traced_after(optimizer, steps=5):
    """The same, each step a call of one compiled function of values."""
    variables = new_variables()
    optimizer.build(variables)
    step = jax.jit(lambda own, grads, values: optimizer.stateless_apply(own, grads, values))
    values, own = [v.value for v in variables], [v.value for v in optimizer.variables]
    for gradients in GRADIENTS[:steps]:
        values, own = step(own, list(gradients), values)
    return [np.array(v) for v in (*values, *own)]


def assert_all_close(got, wanted, rtol=2e-5, atol=2e-6):
    assert len(got) == len(wanted)
    for a, b in zip(got, wanted):
        np.testing.assert_allclose(a, b, rtol=rtol, atol=atol)


def test_there_is_a_case_for_every_public_optimizer():
    public = {n for n in optimizers.__all__ if isinstance(getattr(optimizers, n), type)}
    assert public - NOT_ALONE == set(CASES)


@every
def test_config_makes_the_same_optimizer(name, settings):
    optimizer = new(name, settings, weight_decay=0.3, clipnorm=2.0, name="mine")
    config = json.loads(json.dumps(optimizer.get_config()))
    again = type(optimizer).from_config(config)
    assert again.get_config() == optimizer.get_config()
    assert {
        **settings,
        "learning_rate": 0.1,
        "weight_decay": 0.3,
        "clipnorm": 2.0,
        "name": "mine",
    }.items() <= config.items()
    assert_all_close(after(again), after(optimizer), rtol=0, atol=0)


@every
def test_serialized_optimizer_comes_back(name, settings):
    optimizer = new(name, settings)
    text = json.loads(json.dumps(optimizers.serialize(optimizer)))
    assert (text["module"], text["class_name"]) == ("keras.optimizers", name)
    again = optimizers.deserialize(text)
    assert type(again) is type(optimizer)
    assert again.get_config() == optimizer.get_config()


@every_class
def test_get_finds_it_by_name_in_any_case(name):
    cls = getattr(optimizers, name)
    for spelling in (name, name.lower(), name.upper()):
        assert type(optimizers.get(spelling)) is cls
    assert type(optimizers.get(cls)) is cls
    assert type(optimizers.get({"class_name": name.lower(), "config": {"learning_rate": 0.5}})) is cls
    optimizer = cls()
    assert optimizers.get(optimizer) is optimizer


def test_get_names_the_nearest_known_optimizer():
    with pytest.raises(ValueError, match=r"Unknown optimizer: 'adagard'\. Did you mean 'Adagrad'"):
        optimizers.get("adagard")
    with pytest.raises(ValueError, match="`optimizer` must be a name, an Optimizer or a config"):
        optimizers.get(3)
    assert optimizers.get(None) is None


@every
@pytest.mark.parametrize("surroundings", [{}, TOGETHER], ids=["plain", "together"])
def test_compiled_steps_give_what_eager_steps_give(name, settings, surroundings):
    eager = after(new(name, settings, **surroundings))
    assert_all_close(traced_after(new(name, settings, **surroundings)), eager)


@pytest.mark.parametrize("surroundings", SURROUNDINGS.values(), ids=list(SURROUNDINGS))
def test_everything_around_the_update_is_compiled_as_it_runs(surroundings):
    eager = after(new("SGD", {"momentum": 0.5}, **surroundings))
    assert_all_close(traced_after(new("SGD", {"momentum": 0.5}, **surroundings)), eager)


@every
def test_stateless_apply_changes_no_variable(name, settings):
    optimizer, variables = new(name, settings), new_variables()
    optimizer.build(variables)
    before = [v.numpy().copy() for v in (*variables, *optimizer.variables)]
    optimizer.stateless_apply([v.value for v in optimizer.variables], GRADIENTS[0], [v.value for v in variables])
    assert_all_close([v.numpy() for v in (*variables, *optimizer.variables)], before, 0, 0)


@every
def test_the_same_steps_give_the_same_bits(name, settings):
    assert_all_close(after(new(name, settings)), after(new(name, settings)), 0, 0)


@every
@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_16_bit_variables_stay_16_bit_and_move_as_32_bit_ones(name, settings, dtype):
    optimizer, variables = new(name, settings), new_variables(dtype)
    got = after(optimizer, variables=variables)
    assert all(v.dtype == dtype for v in variables)
    slots = [v for v in optimizer.variables[2:] if v.shape]
    assert all(v.dtype == dtype for v in slots)
    wanted = after(new(name, settings))
    for a, b in zip(got[:2], wanted[:2]):
        np.testing.assert_allclose(a.astype("float32"), b, atol=0.02 if dtype == "float16" else 0.1)


@every
def test_state_is_saved_and_loaded_by_number(name, settings):
    first, variables = new(name, settings), new_variables()
    after(first, 2, variables)
    store = {}
    first.save_own_variables(store)
    assert list(store) == [str(i) for i in range(len(first.variables))]
    second, others = new(name, settings, learning_rate=0.7), new_variables()
    for v, other in zip(variables, others):
        other.assign(v.value)
    second.build(others)
    second.load_own_variables(store)
    for gradients in GRADIENTS[2:]:
        first.apply(gradients, variables)
        second.apply(gradients, others)
    assert_all_close([v.numpy() for v in others], [v.numpy() for v in variables], 0, 0)


@every
def test_copies_go_their_own_way(name, settings):
    optimizer, variables = new(name, settings), new_variables()
    after(optimizer, 2, variables)
    for duplicate in (copy.deepcopy((optimizer, variables)), pickle.loads(pickle.dumps((optimizer, variables)))):
        other, others = duplicate
        for gradients in GRADIENTS[2:]:
            other.apply(gradients, others)
        assert_all_close([v.numpy() for v in others], after(new(name, settings))[:2], 1e-6, 1e-7)
    assert int(optimizer.iterations) == 2


@every
def test_a_bowl_gets_shallower(name, settings):
    """The loss (w - target)**2 falls to a tenth within 200 steps."""
    rate = {"Adadelta": 20.0, "Ftrl": 1.0, "Adagrad": 0.5, "Lamb": 0.03, "SGD": 0.05, "Adafactor": 0.3}.get(name, 0.05)
    optimizer = new(name, settings, learning_rate=rate, weight_decay=0.0 if name in ("AdamW", "Muon") else None)
    variables, targets = new_variables(), [np.float32(0.5) * KERNEL + 1.0, -BIAS]

    def loss():
        return sum(float(np.sum((v.numpy() - t) ** 2)) for v, t in zip(variables, targets))

    optimizer.build(variables)

    def step(own, values):
        gradients = [2.0 * (v - t) for v, t in zip(values, targets)]
        return optimizer.stateless_apply(own, gradients, values)

    start = loss()
    values, _ = jax.jit(
        lambda values, own: jax.lax.fori_loop(0, 200, lambda _, state: tuple(step(state[1], state[0])), (values, own))
    )([v.value for v in variables], [v.value for v in optimizer.variables])
    for v, value in zip(variables, values):
        v.assign(value)
    assert loss() < 0.1 * start


@every
def test_numbers_are_inputs_of_the_program(name, settings):
    """A program traced with other values of all numbers gives what an optimizer with these values gives."""
    traced, variables = new(name, settings, clipvalue=0.5, weight_decay=0.1), new_variables()
    changed = new(name, settings, clipvalue=0.5, weight_decay=0.1)
    for number, value in changed.numbers().items():
        if not number.startswith("one_minus"):
            setattr(changed, number, value * 0.9)
    traced.build(variables)
    names = list(traced.numbers())

    @jax.jit
    def step(numbers, own, values):
        with pure.Scope() as scope:
            scope.numbers.update({(id(traced), n): x for n, x in zip(names, numbers)})
            return traced.stateless_apply(own, GRADIENTS[0], values)

    numbers = [changed.numbers()[n] for n in names]
    values, own = step(numbers, [v.value for v in traced.variables], [v.value for v in variables])
    assert_all_close([np.array(x) for x in (*values, *own)], after(changed, 1), rtol=1e-5)


@every
def test_changed_numbers_change_the_next_step(name, settings):
    optimizer, plain = new(name, settings), new(name, settings)
    variables, others = new_variables(), new_variables()
    for o, v in ((optimizer, variables), (plain, others)):
        o.apply(GRADIENTS[0], v)
    optimizer.learning_rate = 0.2
    for o, v in ((optimizer, variables), (plain, others)):
        o.apply(GRADIENTS[1], v)
    assert not np.allclose(variables[0].numpy(), others[0].numpy(), rtol=1e-5, atol=1e-6)


@every
def test_fingerprint_knows_the_structure_but_not_the_values(name, settings):
    def built(optimizer):
        optimizer.build(new_variables())
        return fingerprint(optimizer)

    one = built(new(name, settings, weight_decay=0.1))
    assert one == built(new(name, settings, weight_decay=0.2, learning_rate=0.7, name="another"))
    assert one != built(new(name, settings, weight_decay=0.1, clipnorm=1.0))
    assert one != built(new(name, settings, weight_decay=0.1, use_ema=True))
    assert one != built(new(name, settings, weight_decay=0.1, gradient_accumulation_steps=2))
    assert one != built(new(name, settings, weight_decay=0.1, learning_rate=schedules.ExponentialDecay(0.1, 2, 0.5)))
    optimizer, variables = new(name, settings, weight_decay=0.1), new_variables()
    after(optimizer, 3, variables)
    assert fingerprint(optimizer) == one
    optimizer.exclude_from_weight_decay(var_names=["bias"])
    assert fingerprint(optimizer) != one


@every
def test_elementwise_optimizers_may_be_given_joined_variables(name, settings):
    optimizer = new(name, settings)
    joined = keras.Variable(np.concatenate([KERNEL.ravel(), BIAS]))
    flat = new(name, settings)
    for kernel, bias in GRADIENTS:
        flat.apply([np.concatenate([kernel.ravel(), bias])], [joined])
    apart = np.concatenate([v.ravel() for v in after(optimizer)[:2]])
    assert np.allclose(joined.numpy(), apart, rtol=1e-5, atol=1e-6) == optimizer.elementwise


@every_class
def test_arguments_that_do_not_exist_are_refused(name):
    with pytest.raises(ValueError, match=r"unknown argument 'learning_rat'\. Did you mean 'learning_rate'"):
        getattr(optimizers, name)(learning_rat=0.1)


@every_class
def test_numbers_that_are_no_numbers_are_refused(name):
    for number in CASES[name][0]:
        if number in new(name, {}).numbers():
            with pytest.raises(ValueError, match="number"):
                new(name, {number: "big"})
    with pytest.raises(ValueError, match="`learning_rate` must be a number, a LearningRateSchedule or a function"):
        getattr(optimizers, name)(learning_rate="fast")


def test_every_optimizer_and_schedule_lists_its_numbers():
    assert optimizers.Adam().numbers() == {
        "ema_momentum": 0.99, "one_minus_ema_momentum": pytest.approx(0.01), "beta_1": 0.9, "beta_2": 0.999,
        "epsilon": 1e-7, "one_minus_beta_1": pytest.approx(0.1), "one_minus_beta_2": pytest.approx(0.001),
    }  # fmt: skip
    schedule = schedules.ExponentialDecay(0.1, 10, 0.5)
    assert schedule.numbers() == {"initial_learning_rate": 0.1, "decay_steps": 10.0, "decay_rate": 0.5}
    of_both = optimizers.SGD(schedule, clipnorm=2.0).numbers()
    assert of_both["learning_rate.decay_rate"] == 0.5
    assert of_both["clipnorm"] == 2.0
    assert issubclass(optimizers.Optimizer, Numbered)


def test_64_bit_variables_move_with_64_bit_numbers():
    keras.config.set_floatx("float64")
    w = keras.Variable(np.array([1.0]))
    optimizer = optimizers.Adam(0.1, epsilon=0.0)
    m = v = 0.0
    wanted = 1.0
    for t, g in enumerate((0.3, -0.7, 0.2), 1):
        optimizer.apply([np.array([g])], [w])
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
        wanted -= 0.1 * np.sqrt(1 - 0.999**t) / (1 - 0.9**t) * m / np.sqrt(v)
    assert w.dtype == "float64"
    np.testing.assert_allclose(w.numpy(), [wanted], rtol=1e-12)
