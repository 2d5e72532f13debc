"""What TensorBoard shows of a run."""

import os
import time

import numpy as np

from keras._core import processes
from keras._core.checks import positive_integer
from keras._jax import profiler
from keras.callbacks import _event_file as events
from keras.callbacks._callback import Callback
from keras.callbacks._learning_rate_scheduler import learning_rates_of

LARGEST_IMAGES = 3  # of one weight


class TensorBoard(Callback):
    """Writes what TensorBoard shows: values, weights, the model, a profile. TensorFlow is not needed.

    Values of training go to `train` in the folder, those of the validation to `validation`.

    Args:
        log_dir: the folder.
        histogram_freq: after how many epochs weights are written as histograms; 0 for never.
        write_graph: whether the layers and their connections are written.
        write_images: whether weights are also written as pictures, stretched from the smallest to the largest value.
        write_steps_per_second: whether the speed is written.
        update_freq: 'epoch', 'batch', or after how many batches values are written beside those of the epoch.
        profile_batch: the number of a batch to profile, or a pair of the first and the last one; 0 for none.
        embeddings_freq: after how many epochs the weights of embedding layers are written for the projector; 0 never.
        embeddings_metadata: the file with the labels of the rows, or a dict from names of layers to such files.

    Raises:
        ValueError: a number cannot be one; `embeddings_metadata` names a layer that is no embedding.

    >>> callback = keras.callbacks.TensorBoard("logs/first", histogram_freq=1)
    """

    _kept = ("_batches", "_last_batch", "_at_epoch")

    def __init__(
        self,
        log_dir="logs",
        histogram_freq=0,
        write_graph=True,
        write_images=False,
        write_steps_per_second=False,
        update_freq="epoch",
        profile_batch=0,
        embeddings_freq=0,
        embeddings_metadata=None,
    ):
        self.log_dir = os.fspath(log_dir)
        self.histogram_freq = _count("histogram_freq", histogram_freq)
        self.write_graph = write_graph
        self.write_images = write_images
        self.write_steps_per_second = write_steps_per_second
        if update_freq == "batch":
            update_freq = 1
        elif update_freq != "epoch":
            update_freq = positive_integer("update_freq", update_freq, owner="TensorBoard")
        self.update_freq = update_freq
        self.profile_batch = profile_batch
        self._profiled = _range(profile_batch)
        self.embeddings_freq = _count("embeddings_freq", embeddings_freq)
        self.embeddings_metadata = embeddings_metadata
        self._files = {}
        self._graph_of = None
        self._in_fit = False
        self._batches = 0  # of training, in all runs of this callback
        self._last_batch = -1
        self._at_epoch = 0
        self._profiling = False

    def set_model(self, model):
        """Takes the model, and writes what does not change."""
        self.model = model
        if self.write_graph and self._graph_of is not model:
            self._graph_of = model
            self._file("train").add_graph(_nodes_of(model))
        if self.embeddings_freq:
            self._write_projector()

    def on_train_begin(self, logs=None):
        """Begins a run."""
        self._in_fit = True

    def on_epoch_begin(self, epoch, logs=None):
        """Starts the clock."""
        self._last_batch = -1
        self._at_epoch = self._batches
        self._began = time.perf_counter()

    def on_train_batch_begin(self, batch, logs=None):
        """Starts the profile if it is time."""
        if self._profiled and not self._profiling and self._batches + 1 == self._profiled[0]:
            profiler.start(self.log_dir)
            self._profiling = True

    def on_train_batch_end(self, batch, logs=None):
        """Writes values, and ends the profile, if it is time."""
        before = self._batches
        self._batches += batch - self._last_batch if batch > self._last_batch else 1
        self._last_batch = batch
        if self._profiling and self._batches >= self._profiled[1]:
            self._end_profile()
        every = self.update_freq
        if every != "epoch" and before // every != self._batches // every:
            values = {f"batch_{name}": value for name, value in (logs or {}).items()}
            if self.write_steps_per_second:
                passed = time.perf_counter() - self._began
                values["batch_steps_per_second"] = (self._batches - self._at_epoch) / max(passed, 1e-9)
            self._write("train", self._batches, values)

    # otherwise the run need not stop at every batch
    on_train_batch_begin.acts_if = lambda callback: bool(callback._profiled)
    on_train_batch_end.acts_if = lambda callback: callback.update_freq != "epoch" or bool(callback._profiled)

    def on_epoch_end(self, epoch, logs=None):
        """Writes the values of the epoch, and weights if it is time."""
        logs = dict(logs or {})
        seconds = time.perf_counter() - self._began
        train = {f"epoch_{k}": v for k, v in logs.items() if not k.startswith("val_")}
        held_out = {f"epoch_{k[4:]}": v for k, v in logs.items() if k.startswith("val_")}
        if getattr(self.model, "optimizer", None) is not None:
            train.update({f"epoch_{name}": rate for name, rate in learning_rates_of(self).items()})
        steps = self._batches - self._at_epoch or (self.params or {}).get("steps")
        if self.write_steps_per_second and steps:
            train["epoch_steps_per_second"] = steps / max(seconds, 1e-9)
        self._write("train", epoch, train)
        if held_out:
            self._write("validation", epoch, held_out)
        if self.histogram_freq and epoch % self.histogram_freq == 0:
            self._write_weights(epoch)
        if self.embeddings_freq and epoch % self.embeddings_freq == 0:
            self._write_embeddings()
        for file in self._files.values():
            file.flush()

    def on_test_end(self, logs=None):
        """Writes the values of an evaluation over the number of updates."""
        optimizer = getattr(self.model, "optimizer", None)
        if optimizer is not None:
            values = {f"evaluation_{name}_vs_iterations": value for name, value in (logs or {}).items()}
            self._write("validation", int(optimizer.iterations), values)
        if not self._in_fit:
            self._close()

    def on_train_end(self, logs=None):
        """Ends the files."""
        self._in_fit = False
        if self._profiling:
            self._end_profile()
        self._close()

    def _end_profile(self) -> None:
        self._profiling = False
        self._profiled = ()
        profiler.stop()

    def _file(self, run: str):
        if run not in self._files:
            self._files[run] = events.EventFile(os.path.join(self.log_dir, run))
        return self._files[run]

    def _close(self) -> None:
        for file in self._files.values():
            file.flush()
        self._files = {}

    def _write(self, run: str, step: int, values: dict) -> None:
        numbers = {tag: float(value) for tag, value in values.items() if np.ndim(value) == 0}
        if numbers:
            self._file(run).add_summary(step, *(events.scalar(tag, value) for tag, value in sorted(numbers.items())))

    def _write_weights(self, epoch: int) -> None:
        found = []
        for variable in self.model.weights:
            value = np.asarray(variable)
            if value.dtype.kind not in "fiu" and value.dtype.name != "bfloat16":
                continue
            value = value.astype("float32")
            found.append(events.histogram(f"{variable.path}/histogram", value))
            if self.write_images:
                pictures = _pictures(value)
                for i, picture in enumerate(pictures):
                    number = f"/{i}" if len(pictures) > 1 else ""
                    found.append(events.image(f"{variable.path}/image{number}", picture))
        self._file("train").add_summary(epoch, *found)

    def _embeddings(self) -> list:
        return [layer for layer in self.model._flatten_layers() if hasattr(layer, "embeddings_initializer")]

    def _write_projector(self) -> None:
        layers = {layer.name for layer in self._embeddings()}
        metadata = self.embeddings_metadata
        if isinstance(metadata, dict):
            unknown = [name for name in metadata if name not in layers]
            if unknown:
                raise ValueError(
                    f"TensorBoard: `embeddings_metadata` names {', '.join(map(repr, unknown))}, and the embedding "
                    f"layers are {', '.join(map(repr, sorted(layers))) or 'none'}."
                )
        lines = []
        for name in sorted(layers):
            file = metadata.get(name) if isinstance(metadata, dict) else metadata
            lines += ["embeddings {", f'  tensor_name: "{name}"', f'  tensor_path: "{_tsv(name)}"']
            lines += [] if file is None else [f'  metadata_path: "{os.path.abspath(file)}"']
            lines.append("}")
        if not processes.is_first():
            return
        folder = os.path.join(self.log_dir, "train")
        os.makedirs(folder, exist_ok=True)
        with open(os.path.join(folder, "projector_config.pbtxt"), "w", encoding="utf-8") as out:
            out.write("\n".join(lines) + "\n")

    def _write_embeddings(self) -> None:
        for layer in self._embeddings():
            path = os.path.join(self.log_dir, "train", _tsv(layer.name))
            values = np.asarray(layer.embeddings, "float32")  # all processes have to ask, where it is divided
            if processes.is_first():
                np.savetxt(path, values, delimiter="\t", fmt="%.7g")


def _tsv(name: str) -> str:
    return f"embedding-{''.join(c if c.isalnum() or c in '-_' else '_' for c in name)}.tsv"


def _count(name: str, value) -> int:
    return 0 if value in (0, None, False) else positive_integer(name, value, owner="TensorBoard")


def _range(profile_batch) -> tuple:
    """The first and the last batch to profile, from 1; empty for none."""
    if profile_batch in (0, None):
        return ()
    found = (profile_batch, profile_batch) if isinstance(profile_batch, int) else profile_batch
    if isinstance(found, str):
        found = found.split(",")
    try:
        first, last = (int(n) for n in found)
    except (TypeError, ValueError):
        first, last = 0, 0
    if not 0 < first <= last:
        raise ValueError(
            "TensorBoard: `profile_batch` must be the number of a batch, or a pair (first, last). "
            f"Got {profile_batch!r}."
        )
    return first, last


def _pictures(value) -> list:
    """A weight as pictures: of a matrix one, of a stack of matrices the first few."""
    value = np.squeeze(value)
    if value.ndim == 0 or value.ndim > 4:
        return []
    if value.ndim == 1:
        stack = value[None, :, None]
    elif value.ndim == 2:
        stack = (value.T if value.shape[0] > value.shape[1] else value)[None]
    else:
        stack = np.moveaxis(value.reshape(*value.shape[:2], -1), -1, 0)
    stack = stack[:LARGEST_IMAGES]
    lowest, highest = np.nanmin(stack), np.nanmax(stack)
    scaled = np.nan_to_num((stack - lowest) / ((highest - lowest) or 1) * 255)
    return [picture[..., None].astype("uint8") for picture in scaled]


def _nodes_of(model) -> list:
    """`(name, kind, names of inputs, attributes)` for every layer; connections where the model has a graph."""
    operations = list(getattr(model, "operations", None) or model.layers)
    graph = getattr(model, "_graph", None)
    if graph is not None:
        operations = list(graph.operations)
    inside = {id(operation) for operation in operations}
    found = []
    for operation in operations:
        inputs = []
        for node in operation.inbound_nodes:
            inputs += [p.operation.name for p in node.parent_nodes if id(p.operation) in inside]
        try:
            attributes = {"shape": str(operation.output_shape)}
        except (AttributeError, ValueError):
            attributes = {}
        if getattr(operation, "weights", None):
            attributes["parameters"] = str(operation.count_params())
        found.append((operation.name, type(operation).__name__, list(dict.fromkeys(inputs)), attributes))
    return found
