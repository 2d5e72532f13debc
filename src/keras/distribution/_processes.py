"""Several processes as one program."""

import os

from keras._core.checks import positive_number
from keras._jax import processes

# what says it where neither the arguments nor JAX know: as torchrun and Ray's trainers set them
_ADDRESS, _PORT, _COUNT, _NUMBER = "MASTER_ADDR", "MASTER_PORT", "WORLD_SIZE", "RANK"


def initialize(job_addresses=None, num_processes=None, process_id=None, *, patience=60, timeout=300):
    """Joins this process with the others of a job, before anything is computed.

    On Slurm, Open MPI, Kubernetes and Cloud TPUs nothing needs to be given: JAX reads it from there. Otherwise the
    arguments say it, or one of these sets of variables: KERAS_DISTRIBUTION_JOB_ADDRESSES,
    KERAS_DISTRIBUTION_NUM_PROCESSES and KERAS_DISTRIBUTION_PROCESS_ID; JAX_COORDINATOR_ADDRESS, JAX_NUM_PROCESSES and
    JAX_PROCESS_ID; MASTER_ADDR, MASTER_PORT, WORLD_SIZE and RANK. A job that JAX has joined already, as in a worker of
    Ray Train, is taken as it is. All processes then begin with the random state of the first.

    Args:
        job_addresses: 'host:port' of the first process; of several, with commas, the first counts.
        num_processes: how many there are.
        process_id: the number of this one, from 0.
        patience: seconds without a sign of life after which a process counts as lost; the others then end with a
            message that names it.
        timeout: seconds to wait for the others at the beginning.

    Raises:
        ValueError: something is missing, or a variable holds no number.
    """
    positive_number("patience", patience, owner="initialize")
    positive_number("timeout", timeout, owner="initialize")
    address, count, number = found(job_addresses, num_processes, process_id)
    processes.join(address, count, number, float(patience), float(timeout))


def found(address, count, number):
    """The address of the first process, how many there are and the number of this one; None is left to JAX."""
    read = os.environ.get
    address = address or read("KERAS_DISTRIBUTION_JOB_ADDRESSES")
    count = _number(count, "KERAS_DISTRIBUTION_NUM_PROCESSES")
    number = _number(number, "KERAS_DISTRIBUTION_PROCESS_ID")
    if (address, count, number) == (None, None, None):
        address = read("JAX_COORDINATOR_ADDRESS")
        count, number = _number(None, "JAX_NUM_PROCESSES"), _number(None, "JAX_PROCESS_ID")
    if (address, count, number) == (None, None, None) and all(map(read, (_ADDRESS, _PORT, _COUNT, _NUMBER))):
        address = f"{read(_ADDRESS)}:{read(_PORT)}"
        count, number = _number(None, _COUNT), _number(None, _NUMBER)
    return address.split(",")[0] if address else None, count, number


def _number(given, variable):
    text = os.environ.get(variable) if given is None else given
    try:
        return None if text is None else int(text)
    except ValueError:
        raise ValueError(f"initialize: the variable {variable} must hold a number. It holds {text!r}.") from None
