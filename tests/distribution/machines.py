"""Runs a program on several machines with addresses and names of their own, which are namespaces of this one.

    unshare --user --map-root-user --net --mount python machines.py FOLDER COUNT PROGRAM...

Each machine has a link to a common bridge. Where a file FOLDER/cut appears the link of the last one breaks. What the
processes say is in FOLDER/said-0.txt and so on, their exit codes in FOLDER/codes.json.
"""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

LIMIT = 1200  # seconds


def run(*command):
    """A command that has to succeed."""
    subprocess.run(command, check=True)


def main(folder, count, program):
    """Everything."""
    folder, count = Path(folder), int(count)
    hosts = folder / "hosts"
    hosts.write_text("127.0.0.1 localhost\n" + "".join(f"10.77.0.{i + 1} machine{i}\n" for i in range(count)))
    run("ip", "link", "add", "common", "type", "bridge")
    run("ip", "link", "set", "common", "up")
    started = []
    try:
        machines = [machine(i, hosts, started) for i in range(count)]
        processes = [process(folder, i, pid, count, program) for i, pid in enumerate(machines)]
        started += processes
        codes = waited_for(folder, processes)
    finally:
        for one in started:
            one.kill()
    (folder / "codes.json").write_text(json.dumps(codes))


def machine(number, hosts, started):
    """Makes a machine; returns the process whose namespaces it is."""
    name = f"machine{number}"
    prepare = f"hostname {name} && mount --bind {hosts} /etc/hosts && echo ready && exec sleep {2 * LIMIT}"
    command = ["unshare", "--net", "--uts", "--mount", "sh", "-c", prepare]
    started.append(subprocess.Popen(command, stdout=subprocess.PIPE))
    assert started[-1].stdout.readline() == b"ready\n"
    pid = str(started[-1].pid)
    run("ip", "link", "add", name, "type", "veth", "peer", "name", "outside", "netns", pid)
    run("ip", "link", "set", name, "master", "common")
    run("ip", "link", "set", name, "up")
    for line in ("addr add 10.77.0.{}/24 dev outside", "link set outside up", "link set lo up"):
        run("nsenter", "--target", pid, "--net", "ip", *line.format(number + 1).split())
    return pid


def process(folder, number, pid, count, program):
    """Starts the program on a machine."""
    about = {
        "KERAS_DISTRIBUTION_JOB_ADDRESSES": "10.77.0.1:9876", "KERAS_DISTRIBUTION_NUM_PROCESSES": str(count),
        "KERAS_DISTRIBUTION_PROCESS_ID": str(number), "JAX_PLATFORMS": "cpu",
    }  # fmt: skip
    with open(folder / f"said-{number}.txt", "w") as said:
        return subprocess.Popen(
            ["nsenter", "--target", pid, "--net", "--uts", "--mount", sys.executable, *program],
            env={**os.environ, **about}, stdout=said, stderr=subprocess.STDOUT,
        )  # fmt: skip


def waited_for(folder, processes):
    """The exit codes; a link breaks meanwhile where that is asked for."""
    until, is_cut = time.monotonic() + LIMIT, False
    while time.monotonic() < until and any(one.poll() is None for one in processes):
        if not is_cut and (folder / "cut").exists():
            run("ip", "link", "set", f"machine{len(processes) - 1}", "down")
            is_cut = True
        time.sleep(0.1)
    return [one.poll() for one in processes]


main(*sys.argv[1:3], sys.argv[3:])
