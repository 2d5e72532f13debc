"""The files in examples/cluster start the same program on Slurm, Kubernetes and Ray."""

import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "examples" / "cluster"

# what Slurm sets for two processes on one machine
SRUN = """#!/usr/bin/env bash
shift
export SLURM_JOB_ID=4711 SLURM_STEP_NODELIST=localhost SLURM_NTASKS=2
for i in 0 1; do SLURM_PROCID=$i SLURM_LOCALID=$i "$@" & pids="$pids $!"; done
for pid in $pids; do wait "$pid" || exit 1; done
"""
ON_CPU = {"JAX_PLATFORMS": "cpu", "PYTHONPATH": str(ROOT / "src")}


def losses_in(text):
    return re.findall(r"the loss fell from (\d+\.\d{4}) to (\d+\.\d{4})", text)


def test_the_scripts_are_sound():
    subprocess.run(["bash", "-n", FOLDER / "slurm.sh"], check=True)
    for name in ("train", "ray_actors", "ray_train"):
        compile((FOLDER / f"{name}.py").read_text(), name, "exec")


def test_kubernetes_starts_as_many_processes_as_each_is_told_of():
    yaml = pytest.importorskip("yaml")
    service, _, job = yaml.safe_load_all((FOLDER / "kubernetes.yaml").read_text())
    spec = job["spec"]
    pod = spec["template"]["spec"]
    variables = {v["name"]: v.get("value") for v in pod["containers"][0]["env"]}
    assert variables["JAX_NUM_PROCESSES"] == str(spec["completions"]) == str(spec["parallelism"])
    assert variables["JAX_COORDINATOR_ADDRESS"].startswith(
        f"{job['metadata']['name']}-0.{service['metadata']['name']}:"
    )
    assert pod["subdomain"] == service["metadata"]["name"]
    assert service["spec"]["selector"].items() <= spec["template"]["metadata"]["labels"].items()


@pytest.fixture
def with_all(request):
    """What starts several processes is part of `--all`."""
    if not request.config.getoption("--all"):
        pytest.skip("starts several processes: with --all")


@pytest.fixture
def alone():
    """The losses of one process."""
    command = [sys.executable, "train.py", "--alone", "--epochs", "2"]
    done = subprocess.run(command, cwd=FOLDER, env={**os.environ, **ON_CPU}, check=True, capture_output=True, text=True)
    return losses_in(done.stdout)[0]


def test_slurm_tells_two_processes_who_they_are(with_all, alone, tmp_path):
    srun = tmp_path / "srun"
    srun.write_text(SRUN)
    srun.chmod(srun.stat().st_mode | stat.S_IXUSR)
    environment = {**os.environ, **ON_CPU, "PATH": f"{tmp_path}:{os.environ['PATH']}", "PYTHON": sys.executable}
    environment |= {"KERATA_RUN": str(tmp_path / "run"), "SLURM_SUBMIT_DIR": str(FOLDER)}
    done = subprocess.run(
        [FOLDER / "slurm.sh", "--epochs", "2"], env=environment, check=True, capture_output=True, text=True
    )
    assert losses_in(done.stdout) == [alone, alone]


def test_variables_of_jax_as_on_kubernetes_tell_two_processes_who_they_are(with_all, alone):
    told = {"JAX_COORDINATOR_ADDRESS": "127.0.0.1:18476", "JAX_NUM_PROCESSES": "2"}
    started = [
        subprocess.Popen(
            [sys.executable, "train.py", "--epochs", "2"], cwd=FOLDER, stdout=subprocess.PIPE, text=True,
            env={**os.environ, **ON_CPU, **told, "JAX_PROCESS_ID": str(i)},
        )
        for i in range(2)
    ]  # fmt: skip
    assert [losses_in(process.communicate(timeout=1200)[0]) for process in started] == [[alone], [alone]]


@pytest.fixture
def ray():
    """Ray, where it is installed (the extra `cluster`)."""
    return pytest.importorskip("ray")


def said_by(*command):
    """What a program says that starts a local Ray cluster: in a process of its own, as Ray forks."""
    done = subprocess.run(
        [sys.executable, *command], cwd=FOLDER, env={**os.environ, **ON_CPU}, capture_output=True, text=True,
        timeout=1200,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout


def test_two_actors_of_a_local_ray_cluster_train_as_one_process_does(ray, with_all, alone):
    said = said_by("ray_actors.py", "--workers", "2", "--cpus", "0.5", "--epochs", "2")
    assert losses_in(said)[-1] == alone


# Ray Train lets JAX join the job where the workers ask for GPUs, which may be mere numbers: JAX_PLATFORMS says "cpu"
RAY_TRAIN = """
import ray, ray_train
ray.init(num_cpus=3, num_gpus=2, include_dashboard=False)
ray_train.main(2, False, None, None, epochs=2, folder=None)
"""


def test_two_workers_of_ray_train_train_as_one_process_does(ray, with_all, alone, monkeypatch):
    pytest.importorskip("ray.train.v2.jax")
    monkeypatch.setitem(ON_CPU, "PYTHONPATH", f"{ROOT / 'src'}{os.pathsep}{FOLDER}")
    assert losses_in(said_by("-c", RAY_TRAIN))[-1] == alone
