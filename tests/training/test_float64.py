"""Where float64 is asked for, 64 bits are computed with: layers, models, losses, metrics, optimizers.

Each program runs in a process of its own, because 64-bit computation stays on.
"""

import subprocess
import sys

import pytest

WHOLE_PROCESS = """
import numpy as np, keras
from keras import layers, ops
keras.config.set_floatx("float64")
keras.utils.set_random_seed(1)
x = np.random.default_rng(0).normal(size=(12, 3))
y = x @ np.array([[1.0], [-2.0], [0.5]]) + 1e-9
model = keras.Sequential([keras.Input((3,)), layers.Dense(1)])
model.set_weights([np.zeros((3, 1)), np.zeros(1)])
model.compile(keras.optimizers.SGD(0.25, momentum=0.5), "mse", metrics=["mae"])
logs = model.fit(x, y, batch_size=12, epochs=400, verbose=0).history
floats = [v for v in (*model.variables, *model.optimizer.variables, *model.metrics_variables) if "float" in v.dtype]
assert all(v.dtype == "float64" and v.numpy().dtype == "float64" for v in floats), floats
assert model.predict(x, verbose=0).dtype == "float64"
assert logs["loss"][-1] < 1e-24, logs["loss"][-1]  # float32 ends at 1e-13
np.testing.assert_allclose(model.get_weights()[1], [1e-9], rtol=1e-3)
loss = keras.losses.MeanSquaredError()(y, y + 1e-12)
np.testing.assert_allclose(loss, 1e-24, rtol=1e-3)
metric = keras.metrics.MeanAbsoluteError()
metric.update_state(y, y + 1e-12)
np.testing.assert_allclose(metric.result(), 1e-12, rtol=1e-3)
# positions and counts stay as small as in Keras
whole = [ops.argmax(x), ops.argsort(x), ops.arange(3), ops.count_nonzero(x), ops.sum(x > 0), ops.bincount([1, 2]),
         ops.nonzero(x)[0], ops.top_k(x, 1)[1]]
assert {str(w.dtype) for w in whole} == {"int32"}, [w.dtype for w in whole]
"""

ONE_LAYER = """
import numpy as np, keras
from keras import layers
before = keras.Sequential([keras.Input((3,)), layers.Dense(2)])
before.compile("sgd", "mse")
data = np.ones((4, 3)), np.zeros((4, 2))
before.fit(*data, verbose=0)
wide = layers.Dense(2, dtype="float64")
model = keras.Sequential([keras.Input((3,)), wide])
model.compile("adam", keras.losses.MeanSquaredError(dtype="float64"))
model.fit(*data, verbose=0)
assert wide.kernel.dtype == wide.kernel.numpy().dtype == "float64"
assert model.predict(data[0], verbose=0).dtype == "float64"
assert {v.dtype for v in model.optimizer.variables[2:]} == {"float64"}
assert layers.Activation("tanh", dtype="float64")(np.ones(2)).dtype == "float64"
# what was made before goes on as it was
before.fit(*data, verbose=0)
assert before.predict(data[0], verbose=0).dtype == "float32"
assert layers.Dense(2)(np.ones((1, 3))).dtype == "float32"
assert keras.Variable(1.0, dtype="float64").numpy().dtype == "float64"
"""


@pytest.mark.parametrize("program", [WHOLE_PROCESS, ONE_LAYER], ids=["the default float type", "one layer"])
def test_float64_is_computed_with(program):
    ran = subprocess.run([sys.executable, "-W", "error", "-c", program], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
