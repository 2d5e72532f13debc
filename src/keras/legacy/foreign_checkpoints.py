"""`tf.train.Checkpoint` and its like, under `python -m keras`: values of several objects in one file, lists of files.

A checkpoint is one file of arrays here, not the several of TensorFlow; the list named `checkpoint` is as TensorFlow's.
"""

from __future__ import annotations

import functools
import os
import re
from collections.abc import Iterator
from typing import Any

import numpy as np

from keras._jax.variable import Variable
from keras.legacy.waiting import Waiting, unbuilt_in
from keras.saving._array_files import arrays_of
from keras.saving._atomic import written_atomically

_LIST = "checkpoint"


class Restored:
    """What `restore` and `load_weights` return: everything has been compared, and taken by what has its variables."""

    def __init__(self, waiting: list[Waiting] | None = None):
        self._waiting = waiting or []

    def assert_consumed(self) -> Restored:
        """Itself.

        Raises:
            AssertionError: values wait for an object to make its variables.
        """
        names = ", ".join(f"`{one.name}`" for one in self._waiting if not one.is_done)
        if names:
            raise AssertionError(f"Checkpoint.restore: values wait for {names}, which has no variables for them yet.")
        return self

    def expect_partial(self) -> Restored:
        """Itself."""
        return self

    assert_nontrivial_match = assert_existing_objects_matched = expect_partial

    def initialize_or_restore(self, session=None) -> None:
        """Nothing is left to do."""

    run_restore_ops = initialize_or_restore


class Checkpoint:
    """`tf.train.Checkpoint`: variables, layers, models, optimizers and metrics by the names they are given here."""

    def __init__(self, root=None, **objects):
        self.save_counter = Variable(0, dtype="int32", trainable=False)
        self.__dict__.update(objects if root is None else {"root": root, **objects})

    def write(self, file_prefix, options=None) -> str:
        """Writes the file, under just that name."""
        path = os.fspath(file_prefix)
        os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
        arrays = {f"{name}/{i}": np.asarray(v) for name, found in self._variables() for i, v in enumerate(found)}
        with written_atomically(path) as temporary, open(temporary, "wb") as file:
            np.savez(file, **arrays)
        return path

    def save(self, file_prefix, options=None) -> str:
        """Writes the file with the next number behind its name, and makes it the latest of its folder."""
        self.save_counter.assign_add(1)
        path = self.write(f"{os.fspath(file_prefix)}-{int(self.save_counter)}")
        note(path)
        return path

    def restore(self, save_path, options=None) -> Restored:
        """Takes the values from a file; None, which no file is called, changes nothing.

        A layer, model or optimizer that has not made its variables yet takes them as soon as it has.

        Raises:
            FileNotFoundError: there is no such file.
            ValueError: something has other variables than the file has values for.
        """
        if save_path is None:
            return Restored()
        path = os.fspath(save_path)
        if not os.path.exists(path):
            raise FileNotFoundError(f"Checkpoint.restore: there is no {path!r}. Only files of `save` are read here.")
        try:
            with arrays_of(path) as opened:
                held = dict(opened)
        except ValueError as error:
            raise ValueError(f"Checkpoint.restore: {path!r} cannot be read: {error}.") from error
        pairs, waiting = [], []
        for name, value in vars(self).items():
            found, values = list(variables_of(value)), _values_for(name, held)
            if len(found) < len(values) and (unbuilt := list(unbuilt_in(_parts(value)))):
                waiting.append(Waiting(name, unbuilt, functools.partial(_take, name, value, values, path)))
                if len(unbuilt) == 1 and _fit(found, values[: len(found)]):  # an optimizer counts before it has slots
                    pairs += zip(found, values)
            else:
                pairs += _matched(name, found, values, path)
        for variable, array in pairs:
            variable.assign(array)
        for one in waiting:
            one.listen()
        return Restored(waiting)

    read = restore

    def _variables(self) -> Iterator[tuple[str, list[Variable]]]:
        for name, value in vars(self).items():
            yield name, list(variables_of(value))


def variables_of(value: Any) -> Iterator[Variable]:
    """The variables of an object: itself, those it lists, or those of what it holds."""
    if isinstance(value, Variable):
        yield value
    elif isinstance(value, (list, tuple)):
        for one in value:
            yield from variables_of(one)
    elif isinstance(value, dict):
        yield from variables_of(list(value.values()))
    elif isinstance(value, Checkpoint):
        yield from variables_of([v for name, v in vars(value).items() if name != "save_counter"])
    else:
        for name in ("weights", "variables"):
            found = getattr(value, name, None)
            if isinstance(found, (list, tuple)):
                yield from found
                return


def _parts(value: Any) -> Any:
    return [_parts(v) for v in vars(value).values()] if isinstance(value, Checkpoint) else value


def _take(name: str, value: Any, values: list[np.ndarray], path: str) -> bool:
    """Takes values as soon as there are variables for all of them; whether there are."""
    variables = list(variables_of(value))
    if len(variables) < len(values):
        return False
    for variable, array in _matched(name, variables, values, path):
        variable.assign(array)
    return True


def _values_for(name: str, held: dict[str, np.ndarray]) -> list[np.ndarray]:
    count = sum(key.rpartition("/")[0] == name for key in held)
    return [held[f"{name}/{i}"] for i in range(count)]


def _fit(variables: list, values: list[np.ndarray]) -> bool:
    return [v.shape for v in values] == [tuple(v.shape) for v in variables]


def _matched(name: str, variables: list, values: list[np.ndarray], path: str) -> list[tuple[Variable, np.ndarray]]:
    if not values:  # an object that the file does not know stays as it is
        return []
    if not variables:
        raise ValueError(
            f"Checkpoint.restore: `{name}` has no variables yet, so nothing can take the {len(values)} values of "
            f"{path!r}.\n  Let it make them before it is restored."
        )
    if not _fit(variables, values):
        raise ValueError(f"Checkpoint.restore: {path!r} has other variables for `{name}` than it has now.")
    return list(zip(variables, values))


# --- which files there are


def note(path: str, kept: list[str] | None = None) -> None:
    """Writes into its folder that a checkpoint is the latest one, and which others there are."""
    folder = os.path.dirname(path)
    with written_atomically(os.path.join(folder, _LIST)) as temporary, open(temporary, "w") as file:
        file.write(f'model_checkpoint_path: "{_relative(path, folder)}"\n')
        for one in kept if kept is not None else [path]:
            file.write(f'all_model_checkpoint_paths: "{_relative(one, folder)}"\n')


def _relative(path: str, folder: str) -> str:
    return os.path.relpath(path, folder or ".")


def latest_checkpoint(checkpoint_dir, latest_filename=None) -> str | None:
    """`tf.train.latest_checkpoint`: the path of the last one that was saved into a folder; None if none was."""
    found = _listed(os.fspath(checkpoint_dir), "model_checkpoint_path", latest_filename)
    return found[0] if found else None


def _listed(folder: str, field: str, name: str | None = None) -> list[str]:
    path = os.path.join(folder, name or _LIST)
    if not os.path.exists(path):
        return []
    with open(path) as file:
        found = re.findall(rf'^{field}: "(.*)"$', file.read(), re.MULTILINE)
    return [os.path.join(folder, path) for path in found]


class CheckpointManager:
    """`tf.train.CheckpointManager`: numbered checkpoints of a folder, the last `max_to_keep` of them."""

    def __init__(self, checkpoint, directory, max_to_keep, checkpoint_name="ckpt", step_counter=None):
        self.checkpoint, self.directory = checkpoint, os.fspath(directory)
        self._max, self._counter = max_to_keep, step_counter
        self._prefix = os.path.join(self.directory, checkpoint_name)
        self.checkpoints = _listed(self.directory, "all_model_checkpoint_paths")

    @property
    def latest_checkpoint(self) -> str | None:
        """The path of the last one; None if there is none."""
        return self.checkpoints[-1] if self.checkpoints else None

    def save(self, checkpoint_number=None, check_interval=True, options=None) -> str:
        """Saves, and removes the oldest ones that are too many."""
        self.checkpoint.save_counter.assign_add(1)
        number = self._counter if checkpoint_number is None else checkpoint_number
        number = self.checkpoint.save_counter if number is None else number
        path = self.checkpoint.write(f"{self._prefix}-{int(number)}")
        self.checkpoints = [*(p for p in self.checkpoints if p != path), path]
        while self._max and len(self.checkpoints) > self._max:
            oldest = self.checkpoints.pop(0)
            if os.path.exists(oldest):
                os.remove(oldest)
        note(path, self.checkpoints)
        return path

    def restore_or_initialize(self) -> str | None:
        """Restores the last one, if there is one; its path."""
        if self.latest_checkpoint is not None:
            self.checkpoint.restore(self.latest_checkpoint)
        return self.latest_checkpoint
