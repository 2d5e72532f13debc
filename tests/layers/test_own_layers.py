"""What the base class does for layers of one's own."""

import numpy as np
import pytest

import keras
from keras import layers, ops

from .contract import assert_close


class Scale(layers.Layer):
    def __init__(self, start=1.0, **kwargs):
        super().__init__(**kwargs)
        self.start = start

    def build(self, input_shape):
        self.counter = self.add_weight(name="counter", shape=(), initializer="zeros", trainable=False)
        self.factor = self.add_weight(
            name="factor", shape=(input_shape[-1],), initializer=keras.initializers.Constant(self.start)
        )

    def call(self, x):
        self.counter.assign_add(1.0)
        return x * self.factor


class Pair(layers.Layer):
    def __init__(self, units=2, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.first = layers.Dense(units)
        self.rest = [Scale(3.0), layers.Dropout(0.5)]

    def call(self, x, training=None):
        x = self.first(x)
        for layer in self.rest:
            x = layer(x)
        return x


def test_weights_that_are_trained_come_first():
    layer = Scale()
    layer(np.ones((1, 2)))
    assert [w.name for w in layer.weights] == ["factor", "counter"]
    assert [w.name for w in layer.trainable_weights] == ["factor"]
    assert [w.name for w in layer.non_trainable_weights] == ["counter"]
    assert layer.factor.path == f"{layer.name}/factor"
    assert layer.count_params() == 3


def test_assigned_weights_change_when_called():
    layer = Scale(start=2.0)
    assert_close(layer(np.ones((1, 2))), [[2.0, 2.0]])
    layer(np.ones((1, 2)))
    assert_close(layer.counter, 2.0)


def test_stateless_calls_leave_the_layer_alone():
    layer = Scale()
    layer.build((None, 2))
    outputs, (counter,) = layer.stateless_call([np.array([5.0, 6.0])], [np.array(7.0)], np.ones((1, 2)))
    assert_close(outputs, [[5.0, 6.0]])
    assert_close(counter, 8.0)
    assert_close(layer.counter, 0.0)
    with pytest.raises(ValueError, match=r"has 1 trainable and 1 non-trainable variables(?s:.*)got 0 and 1"):
        layer.stateless_call([], [np.array(7.0)], np.ones((1, 2)))


def test_layers_inside_are_found_in_attributes_and_lists():
    layer = Pair()
    layer(np.ones((1, 3)))
    assert [w.path.split("/")[-1] for w in layer.weights] == ["kernel", "bias", "factor", "counter"]
    layer.trainable = False
    assert layer.trainable_weights == []
    assert not layer.first.kernel.trainable
    layer.trainable = True
    assert [w.name for w in layer.trainable_weights] == ["kernel", "bias", "factor"]


def test_training_is_passed_down():
    layer = Pair()
    x = np.ones((8, 3))
    assert (np.asarray(layer(x, training=True)) == 0).any()
    assert not (np.asarray(layer(x, training=False)) == 0).any()
    assert not (np.asarray(layer(x)) == 0).any()


def test_the_config_is_read_from_the_constructor():
    config = Pair(units=5, name="p").get_config()
    assert config["units"] == 5
    other = Pair.from_config(config)
    assert (other.units, other.name) == (5, "p")


def test_freezing_before_building_holds_for_the_weights_made_later():
    layer = layers.Dense(2, trainable=False)
    layer.build((None, 3))
    assert [w.trainable for w in layer.weights] == [False, False]
    layer.trainable = True
    assert [w.trainable for w in layer.weights] == [True, True]
    normalization = layers.BatchNormalization()
    normalization.build((None, 3))
    normalization.trainable = False
    normalization.trainable = True
    assert [w.trainable for w in normalization.weights] == [True, True, False, False]


def test_set_weights_changes_nothing_when_a_shape_is_wrong():
    layer = layers.Dense(2)
    layer.build((None, 3))
    before = layer.get_weights()
    with pytest.raises(ValueError, match="has 2 weights, but set_weights\\(\\) got 1"):
        layer.set_weights([np.ones((3, 2))])
    with pytest.raises(ValueError, match=r"bias has shape \(2,\), but set_weights\(\) got \(3,\)"):
        layer.set_weights([np.ones((3, 2)), np.ones(3)])
    assert_close(layer.get_weights(), before, rtol=0, atol=0)


def test_unbuilt_layers_say_so():
    with pytest.raises(ValueError, match=r"is not built yet(?s:.*)call build"):
        layers.Dense(2).set_weights([np.ones((3, 2)), np.ones(2)])
    with pytest.raises(ValueError, match="is not built yet"):
        layers.Dense(2).count_params()


def test_a_forgotten_super_init_is_named():
    class Forgetful(layers.Layer):
        def __init__(self):
            pass

        def call(self, x):
            return x

    with pytest.raises(RuntimeError, match="Forgetful: its __init__ did not call super"):
        Forgetful()(np.ones((1, 2)))


def test_losses_are_added_in_call():
    class Penalty(layers.Layer):
        def call(self, x):
            self.add_loss(ops.sum(x))
            return x

    layer = Penalty()
    layer(np.ones((2, 3)))
    layer(np.ones((2, 4)))
    assert_close(layer.losses, [8.0])
    _, _, losses = layer.stateless_call([], [], np.ones((2, 3)), return_losses=True)
    assert_close(losses, [6.0])


def test_floats_are_converted_to_the_dtype_of_the_layer_and_integers_are_not():
    class Seen(layers.Layer):
        def call(self, x):
            self.seen = x.dtype
            return x

    layer = Seen(dtype="float16")
    layer(np.ones(2, "float64"))
    assert layer.seen == "float16"
    layer(np.ones(2, "int32"))
    assert layer.seen == "int32"
    Seen(dtype="float16", autocast=False)


def test_several_inputs_are_built_by_name():
    class Both(layers.Layer):
        def build(self, left_shape, right_shape):
            self.shapes = (left_shape, right_shape)

        def call(self, left, right):
            return left + right

    layer = Both()
    assert_close(layer(np.ones((1, 2)), right=np.ones((1, 2))), [[2.0, 2.0]])
    assert layer.shapes == ((1, 2), (1, 2))


def test_a_layer_that_computes_a_mask_of_its_own_need_not_say_that_it_supports_masks():
    class Table(layers.Layer):
        def call(self, x):
            return ops.one_hot(x, 3)

        def compute_mask(self, x, mask=None):
            return ops.not_equal(x, 0)

    x = np.array([[1, 2, 0]])
    softmax = layers.Softmax(axis=1)
    assert Table()(x)._keras_mask.tolist() == [[True, True, False]]
    assert_close(softmax(Table()(x))[:, 2], [[0, 0, 0]])
    model = keras.Sequential([keras.Input((3,), dtype="int32"), Table(), softmax])
    assert_close(model(x)[:, 2], [[0, 0, 0]])

    class Silent(Table):
        def __init__(self):
            super().__init__()
            self.supports_masking = False

    assert getattr(Silent()(x), "_keras_mask", None) is None


def test_masks_reach_the_layers_that_take_them():
    class Count(layers.Layer):
        def call(self, x, mask=None):
            return ops.sum(ops.cast(mask, "int32"), axis=-1)

        def compute_mask(self, x, mask=None):
            return None

    count = Count()
    count.supports_masking = True
    x = np.array([[[1.0], [0.0], [2.0]]])
    between = [layers.Dense(2), layers.Dropout(0.5), layers.Activation("relu"), layers.BatchNormalization()]
    y = layers.Masking()(x)
    for layer in between:
        y = layer(y)
    assert_close(count(y), [2])


def test_a_mask_that_is_lost_is_warned_about():
    x = layers.Masking()(np.ones((1, 2, 3)))
    with pytest.warns(UserWarning, match=r"f \(Flatten\) got an input with a mask, but does not support masking"):
        layers.Flatten(name="f")(x)


def test_a_layer_is_shared_by_its_calls():
    dense = layers.Dense(2)
    a, b = dense(layers.Input((3,))), dense(layers.Input((3,)))
    assert a.shape == b.shape
    assert len(dense.weights) == 2


def test_methods_need_not_call_the_layer_self():
    class Scale(layers.Layer):
        def build(this, shape):
            this.factor = this.add_weight(shape=(shape[-1],), initializer="ones", name="factor")

        def call(this, x):
            return x * this.factor

    layer = Scale()
    assert_close(layer(np.array([[2.0, 3.0]])), [[2.0, 3.0]])
    assert [tuple(w.shape) for w in layer.weights] == [(2,)]


def test_a_layer_that_cannot_be_compiled_makes_its_model_run_eagerly():
    class OnHost(layers.Layer):
        def __init__(self, **kwargs):
            super().__init__(**kwargs)
            self.supports_jit = False

        def call(self, x):
            return x

    compiled, eager = keras.Sequential([layers.Identity()]), keras.Sequential([layers.Identity(), OnHost()])
    for model in (compiled, eager):
        model.compile(loss="mse")
    assert not compiled.run_eagerly
    assert eager.run_eagerly
    eager.compile(loss="mse", jit_compile=True)
    assert not eager.run_eagerly


def test_configs_name_the_penalty_on_outputs_where_keras_3_does():
    for layer in (layers.Conv2D(2, 3), layers.EinsumDense("ab,bc->ac", 2), layers.Embedding(2, 3)):
        assert layer.get_config()["activity_regularizer"] is None
    assert layers.LSTM(2, activity_regularizer="l2").get_config()["activity_regularizer"]["class_name"] == "L2"
    assert "activity_regularizer" not in layers.Dense(2).get_config()
    assert "activity_regularizer" not in layers.Activation("relu").get_config()


def test_assigning_to_a_variable_returns_its_new_value():
    variable = keras.Variable([1.0, 2.0])
    assert_close(variable.assign([2.0, 3.0]), [2.0, 3.0])
    assert_close(variable.assign_add([1.0, 1.0]), [3.0, 4.0])
    assert_close(variable.assign_sub([3.0, 3.0]), [0.0, 1.0])


def test_an_activation_may_be_taken_from_a_layer_that_has_one():
    model = keras.Sequential([keras.Input((3,)), layers.Dense(2, "softmax")])
    x = np.ones((1, 3), "float32")
    assert np.isclose(model.predict(x, verbose=0).sum(), 1.0)
    model.layers[-1].activation = None
    linear = x @ np.asarray(model.layers[-1].kernel)
    np.testing.assert_allclose(model.predict(x, verbose=0), linear, rtol=1e-6)
    assert model.layers[-1].get_config()["activation"] == "linear"
    model.layers[-1].activation = "relu"
    np.testing.assert_allclose(model(x), np.maximum(linear, 0.0), rtol=1e-6)


@pytest.mark.parametrize(
    "make",
    [
        lambda layer: layer.Activation("relu"), lambda layer: layer.ReLU(), lambda layer: layer.LeakyReLU(),
        lambda layer: layer.ELU(), lambda layer: layer.Softmax(), lambda layer: layer.Dropout(0.5),
        lambda layer: layer.AlphaDropout(0.5), lambda layer: layer.SpatialDropout1D(0.5),
        lambda layer: layer.GaussianNoise(0.5), lambda layer: layer.GaussianDropout(0.5),
        lambda layer: layer.ActivityRegularization(0.1), lambda layer: layer.Identity(), lambda layer: layer.Masking(),
        lambda layer: layer.UnitNormalization(), lambda layer: layer.MaxPooling2D(),
        lambda layer: layer.GlobalAveragePooling1D(),
    ],
)  # fmt: skip
def test_what_has_nothing_to_build_is_built_from_the_start(make):
    layer = make(layers)  # as in Keras 3.15
    assert layer.built

    class Builds(type(layer)):
        def build(self, input_shape):
            self.seen = input_shape

    later = Builds.from_config(layer.get_config())
    assert not later.built


def test_a_layer_that_is_built_from_the_start_has_nothing_to_build_again():
    layer = layers.Dropout(0.5)
    layer(np.zeros((2, 3)))
    assert layer.get_build_config() is None  # as in Keras 3.15


def test_a_mask_given_in_the_call_goes_on_to_the_next_layer():
    class Passes(layers.Layer):
        def __init__(self):
            super().__init__()
            self.supports_masking = True

        def call(self, x, mask=None):
            return x * 1.0

    class TakesItAway(Passes):
        def call(self, x, mask=None):
            keras.src.backend.set_keras_mask(x, None)
            return x * 1.0

    mask = np.array([[True, False]])
    y = Passes()(np.ones((1, 2, 3)), mask=mask)
    assert_close(keras.src.backend.get_keras_mask(y), mask)
    assert_close(keras.src.backend.get_keras_mask(TakesItAway()(y)), mask)


def test_the_penalty_on_outputs_of_no_rows_or_of_one_number():
    layer = layers.Identity(activity_regularizer="l2")
    layer(np.ones((0, 5)))
    assert_close(layer.losses, [0.0])
    layer(ops.convert_to_tensor(2.0))
    assert_close(layer.losses, [0.04])


@pytest.mark.parametrize("value", ["yes", None, 2, []])
def test_trainable_is_true_or_false(value):
    with pytest.raises(ValueError, match=r"Dense: `trainable` must be True or False\. Got"):
        layers.Dense(2, trainable=value)


def test_variables_may_be_given_before_the_constructor_of_the_base_class():
    class Early(layers.Layer):
        def __init__(self):
            self.w = keras.Variable(np.ones(2))
            super().__init__(trainable=False)

    layer = Early()
    assert len(layer.weights) == len(layer.non_trainable_weights) == 1
    layer.trainable = True
    assert len(layer.trainable_weights) == 1


@pytest.mark.parametrize("second", ["bar", "baz_shape"])
def test_build_arguments_that_no_argument_of_call_stands_for_are_refused(second):
    space = {}
    exec(f"def build(self, foo_shape, {second}): pass", space)
    own = type("Own", (layers.Layer,), {"build": space["build"], "call": lambda self, foo, bar: foo + bar})
    with pytest.raises(ValueError, match=f"there is nothing to pass as `{second}`"):
        own()(np.ones((4, 1)), np.ones((4, 2)))


def test_values_of_another_type_are_refused_by_an_error_of_either_kind():
    # Keras 3.15 raises TypeError for these, most others of their kind ValueError
    for make in (
        lambda: layers.RepeatVector("3"), lambda: layers.UpSampling1D(2.5),
        lambda: layers.LayerNormalization(axis={"axis": -1}), lambda: layers.UnitNormalization(axis="last"),
        lambda: layers.Embedding.from_config({"input_dim": 3, "output_dim": -4}),
    ):  # fmt: skip
        for kind in (TypeError, ValueError):
            with pytest.raises(kind):
                make()
    with pytest.raises(ValueError, match="`n` must be a positive integer") as told:
        layers.RepeatVector(0)
    assert not isinstance(told.value, TypeError)


def test_a_constructor_gets_the_dtype_of_a_config_by_its_name():
    class Looks(layers.Layer):
        def __init__(self, dtype=None, **kwargs):
            super().__init__(dtype=dtype, **kwargs)
            self.given = dtype

    assert Looks.from_config(Looks(dtype="mixed_bfloat16").get_config()).given == "mixed_bfloat16"


def test_an_output_shape_that_needs_no_input_shape():
    class Twice(layers.Layer):
        def call(self, x):
            return x, x

        def compute_output_shape(self):
            return (None,), (None,)

    assert [y.shape for y in Twice()(keras.Input((3,)))] == [(None,), (None,)]


def test_a_list_of_parts_may_hold_itself():
    class Looped(keras.Model):
        def __init__(self):
            super().__init__()
            self.blocks = [layers.Dense(2)]
            self.blocks.append(self.blocks)

        def call(self, x):
            return self.blocks[0](x)

    model = Looped()
    model.compile("sgd", "mse")
    model.fit(np.ones((2, 3)), np.ones((2, 2)), verbose=0)
    assert len(model.weights) == 2
    assert model.layers == model.blocks[:1]


@pytest.mark.parametrize("positions", [512, 128, 16])
def test_a_layer_may_take_the_first_rows_of_a_table_for_a_length_that_is_not_known(positions):
    class Positions(layers.Layer):
        def build(self, input_shape):
            self.table = self.add_weight(shape=(positions, input_shape[-1]), initializer="ones")

        def call(self, x):
            return x + self.table[: ops.shape(x)[1]]

    x = keras.Input((None, 2))
    y = Positions()(x)
    assert y.shape == (None, None, 2)
    np.testing.assert_array_equal(keras.Model(x, y)(np.zeros((1, 5, 2))), np.ones((1, 5, 2)))
