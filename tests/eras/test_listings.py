"""Some programs of the tutorials, as written, where they are at hand: each asserts what its document says.

They are in a folder beside the repository, or where the variable KERATA_SHARED says. The quick ones
run in this process as `python -m keras` runs them, one through their own runner as plain Python runs it.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import keras
from keras.legacy import detect, era

ROOT = Path(__file__).resolve().parents[2]
FOLDER = Path(os.environ.get("KERATA_SHARED", ROOT.parent / "shared")) / "listings"
QUICK = ["F02", "F03", "F10", "H04", "H07", "H12", "H28", "H35", "H38", "H39", "H46", "S03", "S04", "S05"]

pytestmark = pytest.mark.skipif(not (FOLDER / "manifest.json").exists(), reason="the listings are not here")


@pytest.fixture(scope="module")
def files():
    """The file of each listing by its number."""
    found = json.loads((FOLDER / "manifest.json").read_text(encoding="utf-8"))
    entries = found["listings"] if isinstance(found, dict) else found
    return {entry["id"]: FOLDER / entry["file"] for entry in entries}


@pytest.mark.usefixtures("in_folder")
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("number", QUICK)
def test_a_listing_does_what_its_document_says(number, files):
    source = files[number].read_text(encoding="utf-8")
    keras.utils.clear_session()
    np.random.seed(7)
    era.set_era(detect.detect(source).era)
    try:
        exec(compile(source, files[number].name, "exec"), {"__name__": "__main__"})
    finally:
        era.set_era(era.TODAY)


@pytest.mark.parametrize("number", ["H46", "M01"])  # the second learns from real data and looks at the accuracy
def test_their_own_runner_finds_nothing_wrong(number):
    data = FOLDER.parent / "data"
    if number == "M01" and not (data / "pima-indians-diabetes.csv").exists():
        pytest.skip("its table is not here")
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    command = [sys.executable, str(FOLDER / "run_listings.py"), "--only", number, "--data", str(data)]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=300)
    assert "1 passed, 0 failed, 0 skipped" in done.stdout, done.stdout + done.stderr
