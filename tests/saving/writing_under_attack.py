"""Run by `test_faults.py` in a process of its own: saves while it is killed, while another one saves, on a full disk.

Each child is a copy of this process, so that everything is imported once. Prints what came out as JSON.
"""

import functools
import json
import os
import random
import resource
import signal
import sys
import time
import warnings

import numpy as np

import keras

SIZE = 120  # numbers in a row of the kernel: files of some 60 kB


def model(value):
    found = keras.Sequential([keras.Input((SIZE,)), keras.layers.Dense(SIZE, name="first")], name="both")
    found.set_weights([np.full((SIZE, SIZE), value), np.full(SIZE, value)])
    return found


MODELS = [model(0.0), model(1.0)]
FILES = ["m.keras", "m.h5", "m.safetensors", "m.weights.h5", "folder"]


def save(name, one):
    if name.endswith(".weights.h5"):
        one.save_weights(name)
    else:
        one.save(name, **({"zipped": False} if name == "folder" else {}))


def value_of(name):
    """The one value that all numbers of a file have, or what is wrong with it."""
    try:
        if name.endswith(".weights.h5"):
            found = model(5.0)
            found.load_weights(name)
        else:
            found = keras.models.load_model(name)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    values = {float(v) for w in found.get_weights() for v in np.unique(w)}
    return values.pop() if len(values) == 1 else f"a mixture of {sorted(values)}"


def child(function):
    """Starts a copy of this process that runs `function` and ends."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # JAX warns of copies of processes; what they do here needs no other thread
        number = os.fork()
    if number == 0:
        try:
            function()
        finally:
            os._exit(0)
    return number


def keep_saving(name, count=10**6):
    for i in range(count):
        save(name, MODELS[i % 2])
        with open("saved", "a") as log:
            log.write("x")


def wait_until(happened):
    end = time.monotonic() + 60
    while not happened() and time.monotonic() < end:
        time.sleep(0.001)
    return happened()


def has_begun(earlier):
    return any(name.endswith(".part") for name in set(os.listdir()) - earlier)


def saves():
    return os.path.getsize("saved") if os.path.exists("saved") else 0


def has_saved(earlier):
    return saves() > earlier


def killed(rounds, seed):
    """Names of files and what was in them after each kill."""
    chance = random.Random(seed)
    found = []
    for i in range(rounds):
        name = FILES[i % len(FILES)]
        earlier = set(os.listdir())
        number = child(functools.partial(keep_saving, name))
        # in every other round the first file is done, and the second one replaces it
        begun = wait_until(functools.partial(has_begun, earlier) if i % 2 else functools.partial(has_saved, saves()))
        time.sleep(chance.uniform(0, 0.04))
        os.kill(number, signal.SIGKILL)
        os.waitpid(number, 0)
        found.append([name, value_of(name) if begun else "it never began to save"])
    return found


def two_writers(name):
    """What a reader saw while two processes saved to one path, and at the end."""
    writers = [child(functools.partial(keep_saving, name, 12)) for _ in range(2)]
    seen = [value_of(name) for _ in range(6)]
    for number in writers:
        os.waitpid(number, 0)
    return [*seen, value_of(name)]


def full_disk(name):
    """What saving says when files can grow no further, and what is in the file then."""
    save(name, MODELS[0])

    def grow():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
        try:
            save(name, MODELS[1])
            said = "nothing"
        except OSError:
            said = "OSError"
        except Exception as error:
            said = repr(error)
        with open("said", "w") as file:
            file.write(said)

    _, status = os.waitpid(child(grow), 0)
    if status:
        return [name, f"the process ended with {status}", value_of(name)]
    with open("said") as file:
        return [name, file.read(), value_of(name)]


def main():
    for name in FILES:
        save(name, MODELS[0])
        value_of(name)
    about = {"killed": killed(int(sys.argv[1]), seed=3), "saves": saves()}
    about["left"] = [n for n in os.listdir() if n.endswith(".part")]
    for name in about["left"]:
        os.utime(name, (0, 0))  # as if it lay there for long
    save("m.keras", MODELS[0])
    about["left after the next save"] = [n for n in os.listdir() if n.endswith(".part")]
    about["two"] = {name: two_writers(name) for name in ("m.keras", "folder")}
    about["full"] = [full_disk(name) for name in FILES]
    about["parts at the end"] = [n for n in os.listdir() if n.endswith(".part")]
    print(json.dumps(about))


if __name__ == "__main__":
    main()
