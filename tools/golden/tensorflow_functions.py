"""What TensorFlow's functions return for the calls in `tests/golden/tensorflow_cases.py`.

    python tools/golden/tensorflow_functions.py

needs TensorFlow 2 (written with 2.21) and writes `tests/golden/tensorflow_functions.npz`.
"""

import pathlib
import sys

import numpy as np
import tensorflow as tf

GOLDEN = pathlib.Path(__file__).resolve().parents[2] / "tests" / "golden"
sys.path.insert(0, str(GOLDEN))

from tensorflow_cases import CALLS, GIVEN  # noqa: E402

values = {call: np.asarray(eval(call, {**GIVEN, "tf": tf})) for call in CALLS}
np.savez_compressed(GOLDEN / "tensorflow_functions.npz", **{str(i): values[c] for i, c in enumerate(CALLS)})
print(len(CALLS), "calls with TensorFlow", tf.__version__)
