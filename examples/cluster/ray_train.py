"""Training on a Ray cluster with Ray Train, on GPUs or TPUs: `pip install "ray[train]"`.

    python ray_train.py --workers 4 --folder /shared/run

Its `JaxTrainer` lets JAX join the job before the workers run, and starts all of them again when one fails: training
goes on from the folder. On CPUs it does not let JAX join; there `ray_actors.py` trains.
"""

import argparse

from ray.train import FailureConfig, RunConfig, ScalingConfig
from ray.train.v2.jax import JaxTrainer


def one_worker(settings):
    """What runs on every machine; `keras.distribution.initialize()` finds that JAX has joined already."""
    import ray.train
    import train

    losses = train.main(**settings)
    ray.train.report({"loss": losses[-1]})
    if ray.train.get_context().get_world_rank() == 0:  # without a checkpoint of its own, Ray returns no metrics
        print(f"the loss fell from {losses[0]:.4f} to {losses[-1]:.4f}")


def main(workers, tpus, topology, accelerator, **settings):
    """Trains in so many processes; the first of them says how the loss fell."""
    kind = {"use_tpu": True, "topology": topology, "accelerator_type": accelerator} if tpus else {"use_gpu": True}
    trainer = JaxTrainer(
        one_worker,
        train_loop_config=settings,
        scaling_config=ScalingConfig(num_workers=workers, **kind),
        run_config=RunConfig(failure_config=FailureConfig(max_failures=3)),
    )
    return trainer.fit()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--tpus", action="store_true", help="TPUs, not GPUs")
    parser.add_argument("--topology", help="of the TPUs, such as 4x4")
    parser.add_argument("--accelerator", help="kind of the TPUs, such as TPU-V6E")
    parser.add_argument("--folder", help="that all machines share: for what an interrupted job goes on from")
    parser.add_argument("--epochs", type=int, default=5)
    main(**vars(parser.parse_args()))
