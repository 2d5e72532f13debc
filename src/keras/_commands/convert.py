"""`python -m keras convert`: a model's file in another form."""

from __future__ import annotations

import argparse
import os
import sys
import zipfile

from keras.models import load_model

EXAMPLES = """examples:
  python -m keras convert old.h5 new.keras
  python -m keras convert new.keras old.h5 --era 2
  python -m keras convert model.keras model.safetensors && echo written

The ending of OUT says the form: .keras, .h5 or .safetensors.
Exit codes: 0 done, 1 the model could not be read or written, 2 wrong arguments."""


def main(arguments: list[str]) -> int:
    """Reads a model and writes it; the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m keras convert", description="Writes a model's file in another form, or for another release.",
        epilog=EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    parser.add_argument("source", metavar="IN", help="a file or folder with a whole model, of any year")
    parser.add_argument("target", metavar="OUT", help="the file to write: .keras, .h5 or .safetensors")
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
    try:
        model = load_model(chosen.source)
        model.save(chosen.target, **({"era": chosen.era} if chosen.era else {}))
    except (OSError, ValueError, TypeError, zipfile.BadZipFile) as error:
        print(f"python -m keras convert: {error}", file=sys.stderr)
        return 1
    print(f"{chosen.target}: {model.count_params():,} parameters, {os.path.getsize(chosen.target):,} bytes")
    return 0
