"""Files that mean harm: refused with name and reason within two seconds and 200 MB, and nothing in them is run."""

import collections
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import keras
from saving import attacks


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """Name of each file -> seconds, megabytes and messages of its loads."""
    source = Path(keras.__file__).parents[1]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join((str(source), str(Path(__file__).parents[1])))}
    done = subprocess.run(
        [sys.executable, "-m", "saving.attacks"], cwd=tmp_path_factory.mktemp("attacks"), capture_output=True,
        text=True, env=environment, timeout=600,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found = collections.defaultdict(list)
    for name, *measured in map(json.loads, done.stdout.splitlines()):
        found[name].append(measured)
    return found


@pytest.mark.skipif(not os.path.exists("/proc/self/clear_refs"), reason="measures memory as Linux counts it")
@pytest.mark.parametrize("name", attacks.CASES)
def test_a_file_that_means_harm_is_refused_soon_in_little_memory(told, name):
    assert told[name]
    for seconds, megabytes, said in told[name]:
        assert re.search(attacks.CASES[name][1], said), said
        assert "is refused" in said or "no file of a model" in said or "holds" in said, said
        assert seconds < 2
        assert megabytes < 200
