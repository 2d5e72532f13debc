"""What `import keras` costs and does not do. Nothing is timed: modules and compilations are counted."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

SOURCE = Path(__file__).parent.parent.parent / "src"


def python(code, **variables):
    """Runs code in a process of its own and returns what it prints, as JSON."""
    environment = {**os.environ, "PYTHONPATH": str(SOURCE), **variables}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, timeout=300)
    assert done.returncode == 0, done.stderr
    assert not done.stderr
    return json.loads(done.stdout)


MODULES = "import json, sys; import {0}; print(json.dumps(sorted(sys.modules)))"


@pytest.fixture(scope="module")
def modules():
    return set(python(MODULES.format("keras")))


@pytest.mark.parametrize(
    "package",
    [
        "h5py",
        "rich",
        "safetensors",
        "PIL",
        "pandas",
        "sklearn",
        "matplotlib",
        "yaml",
        "tensorboardX",
        "onnx",
        "narwhals",
    ],
)
def test_importing_loads_nothing_that_is_rarely_needed(modules, package):
    assert package not in modules


def test_beside_jax_hardly_anything_but_our_own_modules_is_loaded(modules):
    added = modules - set(python(MODULES.format("jax, jax.numpy")))
    of_jax = {name for name in added if name.split(".")[0] == "jax"}
    others = {name for name in added - of_jax if name.split(".")[0] != "keras"}
    assert len(others) <= 10, sorted(others)
    assert len(of_jax) <= 40, sorted(of_jax)  # jax.extend, where jax keeps what compiling ahead of time needs


def test_importing_compiles_nothing_and_starts_no_device():
    code = """
import json, jax, jax.monitoring
compiled = []
def listen(name, *seconds, **more):
    if "compile" in name:
        compiled.append(name)
jax.monitoring.register_event_duration_secs_listener(listen)
import keras
from jax._src import xla_bridge
print(json.dumps([compiled, xla_bridge.backends_are_initialized()]))
"""
    assert python(code) == [[], False]
