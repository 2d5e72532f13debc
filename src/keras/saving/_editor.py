"""Looks into files of weights and changes them: names, objects, single arrays."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import numpy as np

from keras._core.names import nearest
from keras.saving import _archive, _hdf5, _json, _weights
from keras.saving._atomic import written_atomically
from keras.saving._hdf5_reader import Group

_ENDINGS = (".keras", ".weights.h5")


class KerasFileEditor:
    """The content of a `.keras` or `.weights.h5` file, to look at, compare and change.

    Objects are groups of arrays, such as a layer; they go by their path in the file, `layers/dense`, or by its last
    part where that is the only one of its name. Changes are in memory until `save` is called.

    Args:
        filepath: the file.

    Attributes:
        config, metadata: what a `.keras` file says; None for others.
        weights_dict: the arrays as nested dicts.

    Raises:
        ValueError: the file is of another kind, damaged, or refused.

    >>> editor = keras.saving.KerasFileEditor("digits.weights.h5")
    >>> editor.rename_object("dense_1", "head")
    >>> editor.save("renamed.weights.h5")
    """

    def __init__(self, filepath):
        self.filepath = os.fspath(filepath)
        if not self.filepath.endswith(_ENDINGS):
            raise ValueError(
                f"KerasFileEditor: `filepath` must end in '.keras' or '.weights.h5'. Got {self.filepath!r}."
            )
        self.config = None
        self.metadata = None
        self.model = None
        self.object_metadata: dict[str, dict] = {}
        with open(self.filepath, "rb") as file:
            if self.filepath.endswith(".keras"):
                archive = _archive.Archive(file, self.filepath)
                for name in ("config", "metadata"):
                    if f"{name}.json" in archive:
                        text = archive.read(f"{name}.json", _json.MOST_BYTES)
                        setattr(self, name, _json.parse(text, self.filepath, f"{name}.json"))
                with _hdf5.opened(archive.open("model.weights.h5"), self.filepath) as reader:
                    self.weights_dict = self._read(reader)
            else:
                with _hdf5.opened(file, self.filepath) as reader:
                    self.weights_dict = self._read(reader)

    def _read(self, reader: _hdf5.Reader) -> dict[str, Any]:
        reader.declared_bytes()  # refuses files that claim more than they have
        found: dict[str, Any] = {}
        for inner in reader.walk():
            *folders, name = [part for part in inner.place.split("/") if part != "vars"] or [""]
            if isinstance(inner, Group):
                about = reader.attributes(inner.place) if inner.place.endswith("vars") else {}
                if about:
                    self.object_metadata["/" + "/".join([*folders, name]).lstrip("/")] = about
                continue
            owner = found
            for folder in folders:
                owner = owner.setdefault(folder, {})
                if not isinstance(owner, dict):
                    reader.refuse(inner.place, f"{folder!r} is an array and a group")
            owner[name] = reader.read(inner, reader.size)
        return found

    # --- looking

    def summary(self) -> None:
        """Prints the objects and the shapes of their arrays."""
        print(f"Keras model file {self.filepath!r}")
        if self.metadata:
            print(f"Saved with Keras {self.metadata.get('keras_version')} - date: {self.metadata.get('date_saved')}")
        print("Weights structure")
        for depth, name, value in _lines(self.weights_dict):
            what = "" if isinstance(value, dict) else f": shape={value.shape}, dtype={value.dtype}"
            print(f"{'    ' * (depth + 1)}{name}{what}")

    def compare(self, reference_model) -> dict[str, Any]:
        """Compares the file with a model that is built, prints what differs, and counts it.

        Returns:
            `{"status": "success" or "error", "error_count": ..., "match_count": ...}`.
        """
        wanted = {}
        for place, (_, arrays) in _weights.groups_of(reference_model):
            for key, value in arrays.items():
                wanted[f"/{place.removesuffix('vars')}{key}".replace("//", "/")] = np.asarray(value)
        found = dict(_arrays(self.weights_dict))
        errors = _missing(wanted, found, "is in the model, and not in the file")
        errors += _missing(found, wanted, "is in the file, and not in the model")
        both = [p for p in wanted if p in found]
        for p in both:
            if wanted[p].shape != found[p].shape:
                errors.append(f"Weight {p} has shape {wanted[p].shape} in the model and {found[p].shape} in the file")
        matches = sum(wanted[p].shape == found[p].shape for p in both)
        for line in errors:
            print(line)
        print(f"{matches} weights match, {len(errors)} do not.")
        return {"status": "error" if errors else "success", "error_count": len(errors), "match_count": matches}

    # --- changing

    def rename_object(self, object_name, new_name) -> None:
        """Gives an object another name; with a path, only the last part changes."""
        owner, name = self._find(object_name)
        new = new_name.strip("/").split("/")[-1]
        if new in owner:
            raise ValueError(f"There is an object {new!r} beside {object_name!r} already.")
        entries = list(owner.items())
        owner.clear()
        owner.update((new if k == name else k, v) for k, v in entries)

    def delete_object(self, object_name) -> None:
        """Removes an object with everything in it."""
        owner, name = self._find(object_name)
        del owner[name]

    def add_object(self, object_path, weights) -> None:
        """Adds an object: its path, such as 'layers/dense_2', and its arrays by name."""
        *folders, name = object_path.strip("/").split("/")
        owner = self.weights_dict
        for folder in folders:
            owner = owner.setdefault(folder, {})
            if not isinstance(owner, dict):
                raise ValueError(f"{folder!r} in {object_path!r} is an array, which cannot hold an object.")
        if name in owner:
            raise ValueError(f"There is an object {object_path!r} already.")
        owner[name] = {str(k): np.asarray(v) for k, v in weights.items()}

    def add_weights(self, object_name, weights) -> None:
        """Adds arrays, by name, to an object; those of the same name are replaced."""
        owner, name = self._find(object_name)
        owner[name].update((str(k), np.asarray(v)) for k, v in weights.items())

    def delete_weight(self, object_name, weight_name) -> None:
        """Removes one array from an object."""
        owner, name = self._find(object_name)
        if str(weight_name) not in owner[name]:
            raise ValueError(f"{object_name!r} has no weight {weight_name!r}. It has {', '.join(owner[name])}.")
        del owner[name][str(weight_name)]

    def _find(self, object_name: str) -> tuple[dict, str]:
        """The dict that holds an object, and its key in there."""
        parts = object_name.strip("/").split("/")
        found = [
            (owner, path) for owner, path in _objects(self.weights_dict, ()) if path[-len(parts) :] == tuple(parts)
        ]
        exact = [entry for entry in found if len(entry[1]) == len(parts)]
        found = exact or found
        if not found:
            known = {path[-1] for _, path in _objects(self.weights_dict, ())}
            raise ValueError(f"The file has no object {object_name!r}.{nearest(object_name, known)}")
        if len(found) > 1:
            places = ", ".join("/".join(path) for _, path in found)
            raise ValueError(f"There are several objects {object_name!r}: {places}. Give the path.")
        return found[0][0], parts[-1]

    # --- writing

    def save(self, filepath) -> None:
        """Writes the weights to a `.weights.h5` file, whole or not at all."""
        path = os.fspath(filepath)
        if not path.endswith(_weights.ENDING):
            raise ValueError(f"KerasFileEditor.save: the name must end in '.weights.h5'. Got {path!r}.")
        with written_atomically(path) as temporary:
            _hdf5.write(temporary, self._groups(self.weights_dict, ""))

    def resave_weights(self, filepath) -> None:
        """The same as `save`."""
        self.save(filepath)

    def _groups(self, inner: dict, place: str) -> Iterator[tuple[str, tuple[str | None, dict]]]:
        arrays = {k: v for k, v in inner.items() if not isinstance(v, dict)}
        if arrays or not place:
            name = self.object_metadata.get(f"/{place}", {}).get("name")
            yield f"{place}/vars".lstrip("/"), (name, arrays)
        for key, value in inner.items():
            if isinstance(value, dict):
                yield from self._groups(value, f"{place}/{key}".lstrip("/"))


def _lines(inner: dict, depth: int = 0) -> Iterator[tuple[int, str, Any]]:
    for name, value in inner.items():
        yield depth, name, value
        if isinstance(value, dict):
            yield from _lines(value, depth + 1)


def _missing(paths: dict, others: dict, what: str) -> list[str]:
    """A line for each path that is not among the others; one for an object of which nothing is there."""
    known = {path[:i] for path in others for i, sign in enumerate(path) if sign == "/"}
    lines: dict[str, None] = {}
    for path in (p for p in paths if p not in others):
        parts = path.split("/")
        objects = ("/".join(parts[:i]) for i in range(2, len(parts)))
        lost = next((place for place in objects if place not in known), None)
        lines[f"Weight {path} {what}" if lost is None else f"Object {lost} {what}"] = None
    return list(lines)


def _arrays(inner: dict, place: str = "") -> Iterator[tuple[str, np.ndarray]]:
    for name, value in inner.items():
        if isinstance(value, dict):
            yield from _arrays(value, f"{place}/{name}")
        else:
            yield f"{place}/{name}", value


def _objects(inner: dict, path: tuple) -> Iterator[tuple[dict, tuple]]:
    for name, value in inner.items():
        if isinstance(value, dict):
            yield inner, (*path, name)
            yield from _objects(value, (*path, name))
