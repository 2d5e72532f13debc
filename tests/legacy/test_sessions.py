"""Sessions and graphs of TensorFlow 1 beside models of Keras."""

import numpy as np
import pytest

import keras
from keras import backend as K
from keras.legacy import foreign, sessions
from keras.models import Sequential


def of_tensorflow(name):
    return foreign.name_in("tensorflow", name)


def test_settings_of_sessions_are_taken(in_era):
    in_era("2")
    config = of_tensorflow("ConfigProto")(
        allow_soft_placement=True, gpu_options=of_tensorflow("GPUOptions")(per_process_gpu_memory_fraction=0.3)
    )
    config.gpu_options.allow_growth = True
    assert config.gpu_options.per_process_gpu_memory_fraction == 0.3
    K.set_session(of_tensorflow("Session")(config=config))
    with pytest.raises(ValueError, match="`target` must be empty"):
        of_tensorflow("Session")("grpc://there:2222")


def test_a_session_computes_tensors_of_models(in_era):
    in_era("2")
    model = Sequential([keras.layers.Dense(2, input_shape=(3,), use_bias=False), keras.layers.Dropout(0.5)])
    model.set_weights([np.ones((3, 2))])
    session = K.get_session()
    session.run(of_tensorflow("global_variables_initializer")())
    with of_tensorflow("get_default_graph")().as_default():
        found = session.run({"y": model.output, "w": model.weights[0]}, {model.input: np.ones((1, 3))})
    assert found["y"].tolist() == [[3, 3]]
    assert found["w"].shape == (3, 2)
    fed = {model.input: np.ones((1, 3)), K.learning_phase(): 1}
    assert set(session.run(model.output, fed).ravel()) <= {0, 6}
    x = sessions.placeholder(foreign.name_in("tensorflow", "float32"), [None, 2])
    for scale in (1, 2):  # the second time by the same program
        assert session.run([K.sum(x), None], {x: scale * np.ones((2, 2))})[0] == 4 * scale


def test_layers_are_counted_anew_in_a_new_graph(in_era):
    in_era("2")
    keras.layers.Dense(1)
    of_tensorflow("reset_default_graph")()
    assert keras.layers.Dense(1).name == "dense_1"


def test_variables_have_names_in_scopes(in_era):
    in_era("2")
    """Names, sharing and errors as in TensorFlow 1.15."""
    scope, get_variable = of_tensorflow("variable_scope"), of_tensorflow("get_variable")
    of_tensorflow("reset_default_graph")()
    with scope("outer"), scope("inner"):
        first = get_variable("w", shape=(2,), initializer=of_tensorflow("ones_initializer")())
        with pytest.raises(ValueError, match="outer/inner/w already exists"):
            get_variable("w", (2,))
    with scope("outer", reuse=True), scope("inner"):
        assert get_variable("w", (2,)) is first
        with pytest.raises(ValueError, match="outer/inner/v does not exist"):
            get_variable("v", (2,))
    with scope("other", reuse=of_tensorflow("AUTO_REUSE")):
        assert get_variable("w", initializer=np.array([1.0, 2.0])) is get_variable("w")
    assert first.name.split(":")[0] == "outer/inner/w"
    assert np.asarray(first).tolist() == [1, 1]


def test_what_is_as_large_as_values_say_is_part_of_a_graph(in_era):
    in_era("2")
    """As the programs of YOLO choose their boxes; values of TensorFlow 2.16."""
    boxes, limit = K.placeholder((None, 4)), K.placeholder(())
    mask = foreign.name_in("tensorflow", "boolean_mask")(boxes, boxes[:, 3] < limit)
    assert mask.shape == (None, 4)
    choose = foreign.name_in("tensorflow.image", "non_max_suppression")
    chosen = K.gather(mask, choose(mask, mask[:, 3], 3, iou_threshold=0.51))
    given = np.array([[0, 0, 1, 0.95], [0, 0, 1, 0.9], [0, 0.5, 1, 0.93], [0, 0, 1, 2]], "float32")
    found = K.function([boxes, limit], [mask, chosen])([given, 1.0])
    assert found[0].shape == (3, 4)
    np.testing.assert_array_equal(found[1], given[[0, 2]])
    assert K.get_session().run(chosen, {boxes: given, limit: 0.94}).shape == (2, 4)


def test_tensors_are_printed_by_their_first_values(in_era, capfd):
    in_era("2")
    x = of_tensorflow("Print")(K.constant([[1.0, 2.0], [3.0, 4.0]]), [K.constant([7.0])], "here ", summarize=1)
    assert K.eval(x).tolist() == [[1, 2], [3, 4]]
    assert "here [7.]" in capfd.readouterr().out
    shape = of_tensorflow("broadcast_dynamic_shape")(K.constant([2, 1, 3], "int32"), K.constant([4, 1], "int32"))
    assert K.eval(shape).tolist() == [2, 4, 3]
    assert tuple(of_tensorflow("broadcast_static_shape")((2, 1), (1, 3))) == (2, 3)
