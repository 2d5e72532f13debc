"""`python -m keras info`: versions and settings, or what files of models hold."""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import os
import platform
import sys

from keras import config
from keras._core import release
from keras._core.home import keras_home
from keras._jax import devices
from keras.saving import _report as report

EXAMPLES = """examples:
  python -m keras info
  python -m keras info model.h5
  python -m keras info model.json model.weights.json checkpoint.index
  python -m keras info --json *.keras | jq .parameters

Models are not built, and no code in a file is run.
Exit codes: 0 done, 1 a file could not be read, 2 wrong arguments."""

_PACKAGES = ("kerata", "jax", "jaxlib", "numpy", "h5py", "rich", "safetensors", "scikit-learn", "pillow")


def main(arguments: list[str]) -> int:
    """Prints what files hold, or versions and settings if none is named; the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m keras info", epilog=EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Tells what files of models hold: release, layers, parameters. Without files, tells versions and "
        "settings: what a report of a problem should hold.",
    )  # fmt: skip
    parser.add_argument(
        "files", metavar="FILE", nargs="*", help="a file or folder with a model, its config or weights, of any year"
    )
    parser.add_argument("--json", action="store_true", help="one JSON object per file and line, or one with versions")
    chosen = parser.parse_intermixed_args(arguments)
    if not chosen.files:
        found = versions()
        print(json.dumps(found) if chosen.json else "\n".join(f"{key:13} {value}" for key, value in found.items()))
        return 0
    failed = False
    for path in chosen.files:
        try:
            found = report.describe(path)
        except (OSError, ValueError, ImportError) as error:
            print(f"python -m keras info: {error}", file=sys.stderr)
            failed = True
            continue
        print(json.dumps({"file": path, **found}) if chosen.json else report.text(path, found), flush=True)
    return int(failed)


def versions() -> dict[str, str]:
    """Python, packages, devices and settings."""
    found = {
        "Python": f"{platform.python_version()} on {platform.system()} {platform.machine()}, {os.cpu_count()} cores"
    }
    for package in _PACKAGES:
        try:
            found[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            own = f"{release.OWN} (not installed, run from its folder)"
            found[package] = own if package == "kerata" else "missing"
    return {
        **found,
        "computes on": devices.platform(),
        "settings": f"{config.floatx()}, {config.image_data_format()}, epsilon {config.epsilon()}",
        "home": str(keras_home()),
    }
