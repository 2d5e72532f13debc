"""Sessions and graphs of TensorFlow 1 beside models of Keras."""

import numpy as np
import pytest

import keras
from keras import backend as K
from keras.legacy import foreign, sessions
from keras.models import Sequential


@pytest.fixture
def in_2():
    before = keras.config.era()
    keras.config.set_era("2")
    yield
    keras.config.set_era(before)


def of_tensorflow(name):
    return foreign.name_in("tensorflow", name)


def test_settings_of_sessions_are_taken(in_2):
    config = of_tensorflow("ConfigProto")(
        allow_soft_placement=True, gpu_options=of_tensorflow("GPUOptions")(per_process_gpu_memory_fraction=0.3)
    )
    config.gpu_options.allow_growth = True
    assert config.gpu_options.per_process_gpu_memory_fraction == 0.3
    K.set_session(of_tensorflow("Session")(config=config))
    with pytest.raises(ValueError, match="`target` must be empty"):
        of_tensorflow("Session")("grpc://there:2222")


def test_a_session_computes_tensors_of_models(in_2):
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


def test_layers_are_counted_anew_in_a_new_graph(in_2):
    keras.layers.Dense(1)
    of_tensorflow("reset_default_graph")()
    assert keras.layers.Dense(1).name == "dense_1"
