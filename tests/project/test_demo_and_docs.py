"""The demo does what it promises, and the reference can be written."""

import inspect
import os
import re
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

import keras

ROOT = Path(__file__).parent.parent.parent


@pytest.mark.slow
def test_the_demo_learns_saves_and_draws(in_folder):
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    program = [sys.executable, "-W", "error", str(ROOT / "examples" / "digits.py")]
    done = subprocess.run(program, capture_output=True, text=True, env=environment, timeout=600)
    assert done.returncode == 0, done.stderr
    assert float(re.search(r"never seen: ([\d.]+)% right", done.stdout)[1]) >= 98
    assert "predicts exactly the same" in done.stdout
    assert sorted(p.name for p in (in_folder / "demo_output").iterdir()) == [
        "digits.weights.h5",
        "learning_curve.png",
        "mistakes.png",
    ]


def test_the_reference_has_an_entry_for_every_public_class_and_function(tmp_path):
    build = runpy.run_path(str(ROOT / "docs" / "build.py"))
    build["main"].__globals__["FOLDER"] = tmp_path
    build["main"]()
    for module in (keras.layers, keras.losses, keras.utils, keras.saving):
        page = (tmp_path / f"{module.__name__}.md").read_text(encoding="utf-8")
        public = [name for name in module.__all__ if not inspect.ismodule(getattr(module, name))]
        assert sorted(re.findall(r"^## (\w+)$", page, re.MULTILINE)) == sorted(public)
        assert page.count("```") % 2 == 0
