"""Training on a Ray cluster with plain actors: on CPUs or GPUs, and with nothing of Ray but its core.

    python ray_actors.py --workers 4 --gpus 1

With `ray job submit --working-dir . -- python ray_actors.py`, Ray brings this folder to the machines. `ray_train.py` is
the same with Ray Train, which starts a failed job again by itself.
"""

import argparse
import os
import socket

import ray


class Worker:
    """One process of the job; Ray decides on which machine."""

    def address(self):
        """Where the others find it: host and a port that is free."""
        with socket.socket() as s:
            s.bind(("", 0))
            return f"{ray.util.get_node_ip_address()}:{s.getsockname()[1]}"

    def train(self, address, count, number, **settings):
        """Runs the program with what `keras.distribution.initialize()` reads."""
        os.environ.update(
            KERAS_DISTRIBUTION_JOB_ADDRESSES=address,
            KERAS_DISTRIBUTION_NUM_PROCESSES=str(count),
            KERAS_DISTRIBUTION_PROCESS_ID=str(number),
        )
        import train  # after the variables, and here alone: the program that starts the actors computes nothing

        return train.main(**settings)


def main(workers=2, cpus=1.0, gpus=0.0, **settings):
    """Trains in so many processes and returns the losses, which are the same in all."""
    actor = ray.remote(Worker).options(num_cpus=cpus, num_gpus=gpus, scheduling_strategy="SPREAD")
    started = [actor.remote() for _ in range(workers)]
    address = ray.get(started[0].address.remote())
    try:
        runs = [worker.train.remote(address, workers, i, **settings) for i, worker in enumerate(started)]
        return ray.get(runs)[0]
    finally:
        for worker in started:
            ray.kill(worker)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--cpus", type=float, default=1.0, help="of each worker")
    parser.add_argument("--gpus", type=float, default=0.0, help="of each worker")
    parser.add_argument("--folder", help="that all machines share: for what an interrupted job goes on from")
    parser.add_argument("--epochs", type=int, default=5)
    losses = main(**vars(parser.parse_args()))
    print(f"the loss fell from {losses[0]:.4f} to {losses[-1]:.4f}")
