"""Cross-validation and a grid search with scikit-learn: Kerata, and Keras 3 with SciKeras.

    python benchmarks/searches.py [--peers FOLDER] [--quick]

The peer is the environment `keras-jax` with `scikeras` installed into it. The grid is that of a well-known tutorial:
2 optimizers, 3 initialisations, 10, 20 and 30 epochs, 3 batch sizes, 3 folds and the refit: 163 fits. Every figure is
the time in a process of its own, after one fit that is not counted; "side by side" is `keras.wrappers.cross_val_score`
and `VectorizedSearchCV`. The result is written to `results/searches.md`.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
GRID = {
    "optimizer": ["rmsprop", "adam"],
    "model__init": ["glorot_uniform", "normal", "uniform"],
    "epochs": [10, 20, 30],
    "batch_size": [5, 10, 20],
}
RATES = {
    "optimizer__learning_rate": [0.001, 0.01, 0.1, 0.2, 0.3],
    "optimizer__momentum": [0.0, 0.2, 0.4, 0.6, 0.8, 0.9],
}
QUICK = {"optimizer": ["adam"], "model__init": ["normal", "uniform"], "epochs": [10, 20], "batch_size": [10]}


def network(X, y, init="glorot_uniform"):
    """The tutorial's network, as a function for Kerata's estimators."""
    return made(init)


def made(init="glorot_uniform"):
    import keras

    model = keras.Sequential(
        [
            keras.Input((8,)),
            keras.layers.Dense(12, activation="relu", kernel_initializer=init),
            keras.layers.Dense(8, activation="relu", kernel_initializer=init),
            keras.layers.Dense(1, activation="sigmoid", kernel_initializer=init),
        ]
    )
    model.compile(loss="binary_crossentropy", optimizer="adam", metrics=["accuracy"])
    return model


def of_peer(init="glorot_uniform"):
    """The same for SciKeras, which compiles it."""
    import keras

    return keras.Sequential([keras.Input((8,)), *made(init).layers])


def estimator(who: str, **settings):
    if who == "scikeras":
        from scikeras.wrappers import KerasClassifier

        return KerasClassifier(of_peer, loss="binary_crossentropy", metrics=["accuracy"], verbose=0, **settings)
    from keras.wrappers import SKLearnClassifier

    return SKLearnClassifier(network, verbose=0, **settings)


def folds(who: str, quick: bool) -> float:
    import samples
    from sklearn.model_selection import StratifiedKFold, cross_val_score

    if who == "vectorized":
        from keras.wrappers import cross_val_score
    x, y = samples.first_network()
    epochs = 20 if quick else 150
    estimator(who, epochs=1, batch_size=10, optimizer="adam").fit(x, y)
    started = time.perf_counter()
    model = estimator(who, epochs=epochs, batch_size=10, optimizer="adam")
    cross_val_score(model, x, y, cv=StratifiedKFold(10, shuffle=True, random_state=7), error_score="raise")
    return time.perf_counter() - started


def grid(who: str, quick: bool) -> float:
    return searched(who, QUICK if quick else GRID, optimizer="adam")


def rates(who: str, quick: bool) -> float:
    return searched(who, RATES, optimizer="sgd", batch_size=10, epochs=10 if quick else 100)


def searched(who: str, candidates: dict, **settings) -> float:
    """Seconds of a search over `candidates` with three folds and the refit."""
    import samples
    from sklearn.model_selection import GridSearchCV

    x, y = samples.first_network()
    kind = GridSearchCV
    if who == "vectorized":
        from keras.wrappers import VectorizedSearchCV as kind
    estimator(who, epochs=1, batch_size=10, optimizer="adam").fit(x, y)
    started = time.perf_counter()
    search = kind(estimator(who, **settings), candidates, cv=3, error_score="raise")
    search.fit(x, y)
    seconds = time.perf_counter() - started
    if search.best_score_ < 0.7:
        raise SystemExit(f"nothing was learned: the best score is {search.best_score_}")
    return seconds


WORK = {
    "ten folds of 150 epochs": (folds, ("kerata", "vectorized", "scikeras")),
    "the grid": (grid, ("kerata", "vectorized", "scikeras")),
    "rates and momenta": (rates, ("kerata", "vectorized", "scikeras")),
}


HEAD = "| | Keras 3 with SciKeras | Kerata | side by side | ratio | ratio side by side | side by side to one by one |"


def measured(peers: Path, who: str, title: str, quick: bool) -> float:
    """The time of one piece of work in a process of its own."""
    python = str(peers / "keras-jax" / "bin" / "python") if who == "scikeras" else sys.executable
    environment = {**os.environ, "KERAS_BACKEND": "jax"}
    command = [python, str(HERE / "searches.py"), "--run", who, title, *(["--quick"] if quick else [])]
    done = subprocess.run(command, env=environment, cwd=HERE, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{who}, {title}:\n{done.stderr[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--peers", type=Path, default=HERE.parent.parent / "peers")
    parser.add_argument("--quick", action="store_true", help="a part of it, written nowhere")
    parser.add_argument("--run", nargs=2)
    given = parser.parse_args()
    if given.run:
        who, title = given.run
        print(json.dumps(WORK[title][0](who, given.quick)))
        return
    lines = [HEAD, "| --- | ---: | ---: | ---: | ---: | ---: | ---: |"]
    for title, (_, everyone) in WORK.items():
        found = {who: measured(given.peers, who, title, given.quick) for who in everyone}
        peer, ours, together = (found[who] for who in ("scikeras", "kerata", "vectorized"))
        ratios = f"{peer / ours:.1f} | {peer / together:.1f} | {ours / together:.1f}"
        lines.append(f"| {title} | {peer:.2f} s | {ours:.2f} s | {together:.2f} s | {ratios} |")
        print(lines[-1], flush=True)
    if not given.quick:
        about = f"{platform.machine()}, {os.cpu_count()} cores, one round."
        text = "# Searches with scikit-learn\n\n" + about + "\n\n" + "\n".join(lines) + "\n"
        (HERE / "results" / "searches.md").write_text(text)


if __name__ == "__main__":
    main()
