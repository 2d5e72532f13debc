"""`python -m keras classify`: what photographs show."""

from __future__ import annotations

import argparse
import importlib
import io
import json
import os
import sys
from typing import Any

import numpy as np

from keras import applications
from keras.models import load_model
from keras.utils import img_to_array, load_img

EXAMPLES = """examples:
  python -m keras classify cat.jpg dog.png
  python -m keras classify --model resnet50 --top 3 --json *.jpg | jq .
  python -m keras classify --model vgg16 --weights vgg16.h5 cat.jpg
  python -m keras classify --model mine.keras --labels names.txt --scale 255 cat.jpg

Exit codes: 0 done, 1 a photograph, the model or its weights could not be read, 2 wrong arguments."""


def main(arguments: list[str]) -> int:
    """Prints the most likely classes of each photograph; the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m keras classify", description="Tells what photographs show.", epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    parser.add_argument("photos", metavar="PHOTO", nargs="+", help="a file with an image; - reads one from the input")
    parser.add_argument("--model", default="vgg16", help="a name of keras.applications, or a file with a model")
    parser.add_argument("--weights", metavar="FILE", help="weights to take instead of those published for the model")
    parser.add_argument("--labels", metavar="FILE", help="names of the classes, one per line, for a model in a file")
    parser.add_argument(
        "--scale", type=float, default=1.0, help="by which pixels are divided for a model in a file; 1 leaves 0 to 255"
    )
    parser.add_argument("--top", type=int, default=5, metavar="N", help="how many classes to show; 5 if left out")
    parser.add_argument("--json", action="store_true", help="one JSON object per photograph and line")
    chosen = parser.parse_intermixed_args(arguments)
    if chosen.top < 1:
        parser.error(f"--top must be at least 1. Got {chosen.top}.")
    if chosen.scale == 0:
        parser.error("--scale must not be 0.")
    if not os.path.exists(chosen.model) and _application(chosen.model) is None:
        parser.error(f"--model: there is no file and no network of keras.applications called {chosen.model!r}.")
    if not any(photo == "-" or os.path.exists(photo) for photo in chosen.photos):  # before weights are fetched in vain
        for photo in chosen.photos:
            print(f"python -m keras classify: {photo}: there is no such file", file=sys.stderr)
        return 1
    try:
        network = _FromFile(chosen) if os.path.exists(chosen.model) else _Published(chosen)
    except (OSError, ValueError) as error:
        print(f"python -m keras classify: {error}", file=sys.stderr)
        return 1
    failed = False
    for photo in chosen.photos:
        try:
            found = network.classes_of(_pixels(photo, network.size))
        except (OSError, ValueError) as error:
            print(f"python -m keras classify: {photo}: {error}", file=sys.stderr)
            failed = True
            continue
        _show(photo, found, chosen)
    return int(failed)


def _show(photo: str, found: list[tuple[str, float]], chosen: Any) -> None:
    if chosen.json:
        classes = [{"class": name, "probability": round(share, 6)} for name, share in found]
        print(json.dumps({"photo": photo, "classes": classes}), flush=True)
        return
    if len(chosen.photos) > 1:
        print(photo)
    for name, share in found:
        print(f"{share:8.2%}  {name}", flush=True)


def _pixels(photo: str, size: tuple[int, int]) -> np.ndarray:
    source = photo
    if photo == "-":
        source = io.BytesIO(sys.stdin.buffer.read())
    return img_to_array(load_img(source, target_size=size, interpolation="bilinear"))[None]


def _application(name: str) -> Any:
    """The function of `keras.applications` that makes a network, by its name in any case; None if there is none."""
    plain = name.lower().replace("-", "").replace("_", "")
    return next((getattr(applications, n) for n in applications.__all__ if n.lower() == plain and n != plain), None)


class _Published:
    """A network of `keras.applications` with published weights, or those of a file."""

    def __init__(self, chosen: Any):
        function = _application(chosen.model)
        self.module = importlib.import_module(function.__module__)
        self.model = function(weights=chosen.weights or "imagenet")
        self.size = self.model.input_shape[1:3]
        self.top = chosen.top

    def classes_of(self, x: np.ndarray) -> list[tuple[str, float]]:
        """The most likely classes of one image, with their probabilities."""
        found = np.asarray(self.model.predict(self.module.preprocess_input(x), verbose=0))
        return [(name, float(share)) for _, name, share in self.module.decode_predictions(found, top=self.top)[0]]


class _FromFile:
    """A model in a file that takes images and returns one number per class."""

    def __init__(self, chosen: Any):
        self.model = load_model(chosen.model, compile=False)
        if chosen.weights:
            self.model.load_weights(chosen.weights)
        shape = self.model.input_shape
        if not isinstance(shape, tuple) or len(shape) != 4 or shape[3] != 3 or None in shape[1:]:
            raise ValueError(f"{chosen.model} takes inputs of shape {shape}, which are no colour images.")
        self.size = shape[1:3]
        self.scale = chosen.scale
        self.top = chosen.top
        self.labels = None
        if chosen.labels:
            with open(chosen.labels, encoding="utf-8") as file:
                self.labels = file.read().split("\n")

    def classes_of(self, x: np.ndarray) -> list[tuple[str, float]]:
        """The most likely classes of one image, with the model's numbers for them."""
        found = np.ravel(self.model.predict(x / self.scale, verbose=0))
        order = np.argsort(-found, kind="stable")[: self.top]
        return [(self._name(number), float(found[number])) for number in order]

    def _name(self, number: int) -> str:
        named = self.labels is not None and number < len(self.labels)
        return self.labels[number] if named else f"class {number}"
