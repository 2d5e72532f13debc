"""Strategies of `tf.distribute`, and `multi_gpu_model`: today's distributions under their older names."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Sequence
from typing import Any

from keras import distribution
from keras._core import tree
from keras._core.checks import no_more_arguments
from keras.distribution._choice import distribution_for
from keras.layers import Activation
from keras.legacy import replicas
from keras.models import Model

_NOT_HERE = (
    "tf.distribute: strategies have no `{name}` here. fit, evaluate and predict divide the batches of a model that is\n"
    "  made in the strategy's scope; loops of one's own have experimental_distribute_dataset, run and reduce."
)
_ENTERED: list = []


class Strategy:
    """All devices of this process, or those named; `scope` sets a `DataParallel` over them, which stays set.

    Args:
        devices: names of devices, such as '/gpu:0'; all if None.
    """

    def __init__(self, devices: Sequence[str] | str | None = None, **others: Any):
        # how values travelled between devices, which XLA decides
        unknown = set(others) - {"communication", "communication_options", "cross_device_ops"}
        no_more_arguments(f"tf.distribute.{type(self).__name__}", sorted(unknown))
        names = [devices] if isinstance(devices, str) else devices
        self._distribution = distribution_for("auto") if names is None else over([_today(n) for n in names])

    @property
    def num_replicas_in_sync(self) -> int:
        """Into how many parts a batch is divided; 1 for a function that runs as a replica, as it has all rows."""
        return 1 if self._distribution is None or replicas.is_inside() else self._distribution.rows_divide_by

    def scope(self) -> Strategy:
        """For `with`: what is made in it and afterwards, also `fit` outside of it, uses the devices."""
        return self

    def __enter__(self) -> Strategy:
        _ENTERED.append(self)
        distribution.set_distribution(self._distribution)
        return self

    def __exit__(self, *_) -> None:
        """The distribution stays, as a model keeps its strategy."""

    def run(self, fn: Callable, args=(), kwargs=None, options=None) -> Any:
        """What a function returns that is called once, with the rows of all replicas."""
        with replicas.as_one_replica():
            return fn(*args, **(kwargs or {}))

    experimental_run_v2 = run

    def reduce(self, reduce_op, value, axis=None) -> Any:
        """The results of all replicas as one, also summed or averaged along an axis."""
        return replicas.reduced(reduce_op, value, axis)

    def gather(self, value, axis) -> Any:
        """The results of all replicas behind each other, which they are."""
        return value

    def experimental_local_results(self, value) -> tuple:
        """The results of the replicas of this process: one, for all rows."""
        return (value,)

    unwrap = experimental_local_results

    def experimental_distribute_dataset(self, dataset, options=None) -> replicas.DistributedDataset:
        """The dataset, with the rows of its batches divided over the devices."""
        return replicas.DistributedDataset(dataset, self._distribution)

    def distribute_datasets_from_function(self, dataset_fn: Callable, options=None) -> replicas.DistributedDataset:
        """The dataset that a function makes, which is told of which rows."""
        return replicas.of_each_process(dataset_fn, self._distribution)

    experimental_distribute_datasets_from_function = distribute_datasets_from_function

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(_NOT_HERE.format(name=name))


class MirroredStrategy(Strategy):
    """All devices of the machine."""


class CentralStorageStrategy(Strategy):
    """All devices of the machine; the weights are on every device."""


class OneDeviceStrategy(Strategy):
    """One device."""

    def __init__(self, device: str | None = None):
        super().__init__([distribution.list_devices()[0]] if device is None else [device])


class MultiWorkerMirroredStrategy(Strategy):
    """All devices of the machines that the variable TF_CONFIG names, or that the cluster's own variables tell of."""

    def __init__(self, cluster_resolver: Any = None, **others: Any):
        if cluster_resolver is not None:
            raise ValueError(
                "tf.distribute.MultiWorkerMirroredStrategy: `cluster_resolver` is TensorFlow's. Set TF_CONFIG, or call "
                "before:\n  keras.distribution.initialize(job_addresses, num_processes, process_id)"
            )
        if "TF_CONFIG" in os.environ:
            distribution.initialize(*workers(os.environ["TF_CONFIG"]))
        super().__init__(**others)


def workers(text: str) -> tuple[str, int, int]:
    """The address of the first process, how many there are and the number of this one, from what TF_CONFIG holds.

    Raises:
        ValueError: it does not name the workers, or has other kinds of tasks.
    """
    try:
        about = json.loads(text)
        cluster, task = about["cluster"], about["task"]
        hosts = [*cluster.get("chief", []), *cluster["worker"]]
        number = int(task["index"]) + (len(cluster.get("chief", [])) if task["type"] == "worker" else 0)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"TF_CONFIG must name the workers and the task of this process. It holds {text!r}.") from error
    if set(cluster) - {"chief", "worker"} or task["type"] not in ("chief", "worker"):
        raise ValueError(
            "TF_CONFIG: only the kinds 'chief' and 'worker' can train together. Evaluate in a program alone."
        )
    return hosts[0], len(hosts), number


class ParameterServerStrategy:
    """Raises NotImplementedError: weights live on the devices that compute."""

    def __init__(self, *args: Any, **kwargs: Any):
        raise NotImplementedError(
            "tf.distribute.ParameterServerStrategy: there are no servers of weights here. What divides the weights of\n"
            "  a large model among devices is fit(..., distribution='sharded')."
        )


class TPUStrategy:
    """Raises NotImplementedError: a TPU is found by JAX, not by TensorFlow's resolver."""

    def __init__(self, *args: Any, **kwargs: Any):
        raise NotImplementedError(
            "tf.distribute.TPUStrategy: TPUs are devices that JAX finds by itself, without a resolver.\n"
            "  Write:  strategy = tf.distribute.MirroredStrategy()\n"
            "  and before it, where several hosts train together:  keras.distribution.initialize()"
        )


def get_strategy() -> Strategy:
    """The strategy whose scope was entered last; one of a single device if there is none."""
    return _ENTERED[-1] if _ENTERED else OneDeviceStrategy()


def has_strategy() -> bool:
    """Whether a strategy's scope was entered."""
    return bool(_ENTERED)


def get_replica_context() -> replicas.ReplicaContext | None:
    """What a function knows that runs as a replica; None for what is called once for all of them."""
    return None if in_cross_replica_context() else replicas.ReplicaContext(get_strategy())


def in_cross_replica_context() -> bool:
    """Whether a strategy's scope was entered and this is no function that runs as a replica."""
    return has_strategy() and not replicas.is_inside()


def over(names: list[str]) -> Any:
    """A `DataParallel` over devices; None for the one that is used anyway."""
    return None if names == distribution.list_devices()[:1] else distribution.DataParallel(devices=names)


def _today(name: str) -> str:
    """Today's name of a device: '/job:localhost/device:GPU:0' is 'gpu:0'."""
    found = re.search(r"(cpu|gpu|tpu|cuda):(\d+)$", str(name).lower())
    if found is None:
        raise ValueError(f"tf.distribute: devices are called like '/gpu:0'. Got {name!r}.")
    return found[0].replace("cuda", "gpu")


def multi_gpu_model(model: Any, gpus: int | Sequence[int] | None = None, cpu_merge=True, cpu_relocation=False) -> Any:
    """A model around the model, after a `DataParallel` over devices was set: each computes its part of a batch's rows.

    Programs find the model itself in front of the layers that join its outputs, `layers[-2]` if it has one output. A
    model without a graph, or for one device, is returned as it is.

    Args:
        model: the model.
        gpus: how many devices, or a list of their numbers; all if None.
        cpu_merge, cpu_relocation: where the weights were kept and outputs joined; every device has the weights here.

    Raises:
        ValueError: there are not so many devices.
    """
    names = distribution.list_devices()
    numbers = range(len(names) if gpus is None else gpus) if not isinstance(gpus, (list, tuple)) else gpus
    missing = [i for i in numbers if not 0 <= i < len(names)]
    if missing or not numbers:
        raise ValueError(f"multi_gpu_model: `gpus` is {gpus!r}, and the devices are: {', '.join(names)}.")
    if len(numbers) == 1:
        return model
    distribution.set_distribution(distribution.DataParallel(devices=[names[i] for i in numbers]))
    return _around(model) if getattr(model, "inputs", None) else model


def _around(model: Any) -> Any:
    outputs = tree.leaves(model(model.inputs if len(model.inputs) > 1 else model.inputs[0]))
    joined = [Activation("linear", name=name)(y) for name, y in zip(model.output_names, outputs)]
    return Model(model.inputs, joined if len(joined) > 1 else joined[0])


STRATEGIES = {
    name: globals()[name]
    for name in (
        "CentralStorageStrategy", "MirroredStrategy", "MultiWorkerMirroredStrategy", "OneDeviceStrategy",
        "ParameterServerStrategy", "Strategy", "TPUStrategy", "get_replica_context", "get_strategy", "has_strategy",
        "in_cross_replica_context",
    )
}  # fmt: skip
STRATEGIES |= {
    "ReduceOp": replicas.ReduceOp,
    "InputContext": replicas.InputContext,
    **dict.fromkeys(("CollectiveCommunication", "CommunicationImplementation"), replicas.Words),
    **dict.fromkeys(
        ("CommunicationOptions", "HierarchicalCopyAllReduce", "InputOptions", "NcclAllReduce", "ReductionToOneDevice"),
        replicas.Hint,
    ),
}
