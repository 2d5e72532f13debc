"""Several processes as one program."""

import os

from keras._jax import mesh


def initialize(job_addresses=None, num_processes=None, process_id=None):
    """Joins this process with the others of a job, before anything is computed.

    On Slurm, Open MPI, Kubernetes and Cloud TPUs nothing needs to be given: JAX reads it from there. Otherwise the
    arguments, or the variables KERAS_DISTRIBUTION_JOB_ADDRESSES, KERAS_DISTRIBUTION_NUM_PROCESSES and
    KERAS_DISTRIBUTION_PROCESS_ID, say it.

    Args:
        job_addresses: 'host:port' of the first process; of several, with commas, the first counts.
        num_processes: how many there are.
        process_id: the number of this one, from 0.
    """
    read = os.environ.get
    job_addresses = job_addresses or read("KERAS_DISTRIBUTION_JOB_ADDRESSES")
    if num_processes is None and "KERAS_DISTRIBUTION_NUM_PROCESSES" in os.environ:
        num_processes = int(os.environ["KERAS_DISTRIBUTION_NUM_PROCESSES"])
    if process_id is None and "KERAS_DISTRIBUTION_PROCESS_ID" in os.environ:
        process_id = int(os.environ["KERAS_DISTRIBUTION_PROCESS_ID"])
    first = job_addresses.split(",")[0] if job_addresses else None
    mesh.join(first, num_processes, process_id)
