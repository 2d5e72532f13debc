"""`python -m keras convert`: a model's file in another form."""

from __future__ import annotations

import argparse
import os
import sys
import zipfile
from typing import Any

from keras.models import load_model
from keras.saving._described import model_described
from keras.saving._report import TEXTS, parsed

EXAMPLES = """examples:
  python -m keras convert old.h5 new.keras
  python -m keras convert new.keras old.h5 --era 2
  python -m keras convert model.keras model.safetensors && echo written
  python -m keras convert model.json new.keras --weights model.h5
  python -m keras convert model.keras model.weights.h5

The ending of OUT says the form: .keras, .h5 or .safetensors for a model, .weights.h5 for its weights.
Exit codes: 0 done, 1 the model could not be read or written, 2 wrong arguments."""


def main(arguments: list[str]) -> int:
    """Reads a model and writes it; the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m keras convert", description="Writes a model's file in another form, or for another release.",
        epilog=EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    parser.add_argument("source", metavar="IN", help="a file or folder with a whole model, or its config, of any year")
    parser.add_argument("target", metavar="OUT", help="the file to write: .keras, .h5, .safetensors or .weights.h5")
    parser.add_argument("--weights", metavar="FILE", help="weights to take; needed if IN is a config as JSON or YAML")
    parser.add_argument("--era", metavar="ERA", help="the release that is to read it: 1, 2, 3; today's if left out")
    parser.add_argument("--force", action="store_true", help="replace OUT if it is there")
    chosen = parser.parse_args(arguments)
    if not chosen.target.endswith((".keras", ".h5", ".hdf5", ".safetensors")):
        parser.error(f"OUT must end in .keras, .h5 or .safetensors. Got {chosen.target!r}.")
    folder = os.path.dirname(chosen.target) or "."
    if not os.path.isdir(folder):
        parser.error(f"there is no folder {folder!r} to write into.")
    if os.path.exists(chosen.target) and not chosen.force:
        parser.error(f"{chosen.target} is there already. Pass --force to replace it.")
    if chosen.source.endswith(TEXTS) and not chosen.weights:
        parser.error(f"{chosen.source} is a config without weights: name the file that has them with --weights.")
    weights_alone = chosen.target.endswith(".weights.h5")
    if weights_alone and chosen.era:
        parser.error("--era is for whole models: leave it out, or let OUT end in .h5 alone.")
    try:
        model = _read(chosen.source, chosen.weights)
        if weights_alone:
            model.save_weights(chosen.target)
        else:
            model.save(chosen.target, **({"era": chosen.era} if chosen.era else {}))
    except (OSError, ValueError, TypeError, ImportError, zipfile.BadZipFile) as error:
        print(f"python -m keras convert: {error}", file=sys.stderr)
        return 1
    count = f"{model.count_params():,} parameters" if model.built else "not built yet"
    print(f"{chosen.target}: {count}, {os.path.getsize(chosen.target):,} bytes")
    return 0


def _read(source: str, weights: str | None) -> Any:
    """The model in a file, or of a config, with the weights of another file if there is one."""
    if source.endswith(TEXTS):
        with open(source, "rb") as file:
            config = parsed(file, source)
        if not isinstance(config, dict) or "class_name" not in config:
            raise ValueError(f"{source} holds no config of a model.")
        model = model_described(config, source, None)
    else:
        model = load_model(source)
    if weights:
        model.load_weights(weights)
    return model
