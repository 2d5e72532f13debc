"""Settings that every test starts from: none of the user's own, one seed, no window."""

import collections
import gc
import io
import os
import signal
import sys
import zlib
from pathlib import Path

ROOT = Path(__file__).parent.parent

# Before keras is imported: the settings of whoever runs the tests must not change what comes out. Compiled programs are
# kept in this folder between runs.
for name in [n for n in os.environ if n.startswith("KERAS_")]:
    del os.environ[name]
os.environ["KERAS_HOME"] = str(ROOT / "build" / "test-home")
os.environ.setdefault("MPLBACKEND", "Agg")
os.environ.setdefault("JAX_PLATFORMS", "cpu")
# A shell has its jobs in the background ignore Ctrl-C, and so all that they start; some tests send it.
if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

import jax  # noqa: E402
import numpy as np  # noqa: E402
import pytest  # noqa: E402

from keras import config, utils  # noqa: E402
from keras._data import Dataset  # noqa: E402
from keras._jax import compile  # noqa: E402

SETTINGS = {
    config.set_floatx: config.floatx,
    config.set_epsilon: config.epsilon,
    config.set_image_data_format: config.image_data_format,
}


@pytest.fixture(autouse=True)
def every_test_starts_alike():
    """One seed for all; a test that changes a global setting gets it put back and the next one does not notice."""
    np.random.seed(1337)
    before = {put: get() for put, get in SETTINGS.items()}
    yield
    for put, value in before.items():
        put(value)


@pytest.fixture
def in_era():
    """Sets an era, until the test ends."""
    before = config.era()
    yield config.set_era
    config.set_era(before)
    utils.clear_session()


@pytest.fixture(autouse=True, scope="module")
def memory_is_given_back():
    """What jax and the engine keep of programs is dropped after a file, or the last files wait for the collector."""
    yield
    with open("/proc/self/statm") if Path("/proc/self/statm").exists() else io.StringIO("0 0") as sizes:
        pages = int(sizes.read().split()[1])
    if pages * 4096 > 2e9:
        compile.programs.clear()
        jax.clear_caches()
        gc.collect()


@pytest.fixture(autouse=True)
def datasets_are_those_of_today():
    """What a stand-in for TensorFlow made of `keras.utils` and of lookups in a test is taken back."""
    yield
    for name in ("keras.utils._folders", "keras.utils._series"):
        if name in sys.modules:
            sys.modules[name].Dataset = Dataset
    lookup = sys.modules.get("keras.layers._string_lookup")
    if hasattr(getattr(lookup, "StringLookup", None), "read"):
        lookup.StringLookup.read = getattr(lookup.StringLookup.read, "__wrapped__", lookup.StringLookup.read)


@pytest.fixture
def in_folder(tmp_path, monkeypatch):
    """An empty folder that is the working folder during the test."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


# of a test with more cases than the first number one in so many runs, and none that is marked slow; in files whose
# cases compile much, fewer
THINNED = {
    "test_golden_training": (20, 9), "test_golden_layers": (20, 18), "test_golden_keras2": (20, 8),
    "test_golden_pieces": (20, 20), "test_golden_text": (30, 12), "test_golden_preprocessing": (30, 14),
    "test_golden_bits": (30, 24), "test_recurrent": (6, 5), "test_recurrent_contract": (10, 9),
    "test_every_metric": (20, 10), "test_every_loss": (20, 8), "test_every_optimizer": (15, 6), "test_images": (20, 6),
    "test_image_contract": (6, 60), "test_other_contract": (6, 20), "test_applications": (4, 3),
    "test_older_networks": (0, 1), "test_programs": (8, 3), "test_program_files": (8, 20),
    "test_processes": (0, 1), "test_machines": (0, 1), "test_orbax_processes": (0, 1), "test_older_files": (12, 2),
    "test_for_older_readers": (4, 5), "test_folders_of_tensorflow": (2, 4), "test_readme": (2, 2),
}  # fmt: skip
OTHERS = (30, 10)


def pytest_addoption(parser):
    parser.addoption("--all", action="store_true", help="every case of the large tables, not a sample of them")


def pytest_collection_modifyitems(config, items):
    """Of a test with very many cases a sample runs, always the same one; all of them with `--all`."""
    if config.getoption("--all"):
        return
    cases = collections.Counter(item.nodeid.partition("[")[0] for item in items)
    kept, left_out = [], []
    for item in items:
        most, one_in = THINNED.get(item.path.stem, OTHERS)
        large = cases[item.nodeid.partition("[")[0]] > most
        slow = item.get_closest_marker("slow") is not None
        skipped = large and (slow or zlib.crc32(item.nodeid.encode()) % one_in)
        (left_out if skipped else kept).append(item)
    items[:] = kept
    config.hook.pytest_deselected(items=left_out)


def pytest_collection_finish():
    """Leaves out of every later garbage collection what importing and collecting all tests has made."""
    gc.collect()
    gc.freeze()
