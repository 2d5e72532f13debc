#!/bin/sh
# Makes the environments of the libraries Kerata is compared with, one each, in FOLDER (outside the checkout):
#
#     benchmarks/environments.sh FOLDER
#
# Every peer gets an environment of its own, because that is how people use them: what is installed beside a
# library changes what it imports. Plain PyTorch is measured in the environment of Keras on PyTorch.
# An environment that is already there is kept; delete its folder to make it again.
#
# PYTHON chooses the interpreter (3.11 by default, so that all peers have wheels for it); the versions below can be
# overridden in the same way: KERAS=3.14.1 benchmarks/environments.sh FOLDER
set -eu

if [ $# -ne 1 ]; then
    echo "usage: $0 FOLDER   (where the environments go; outside the checkout)" >&2
    exit 2
fi
folder=$1
PYTHON=${PYTHON:-$(command -v python3.11 || command -v python3)}
KERAS=${KERAS:-3.15.1}
TF_KERAS=${TF_KERAS:-2.21.0}
JAX=${JAX:-0.10.2}
TORCH=${TORCH:-2.13.0}
TENSORFLOW=${TENSORFLOW:-2.21.0}

mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
checkout=$(cd "$(dirname "$0")/.." && pwd)
case "$folder/" in
    "$checkout"/*)
        echo "$folder lies inside the checkout; choose a folder outside it." >&2
        exit 2
        ;;
esac

# make NAME COMMAND: an environment, then COMMAND with $pip set; half-made environments are not left behind.
make() {
    name=$1
    shift
    if [ -e "$folder/$name/ready" ]; then
        echo "$name: already there"
        return
    fi
    echo "$name: installing"
    rm -rf "${folder:?}/$name"
    "$PYTHON" -m venv "$folder/$name"
    pip="$folder/$name/bin/python -m pip install --quiet --disable-pip-version-check"
    "$@"
    touch "$folder/$name/ready"
}

keras_jax() {
    $pip "keras==$KERAS" "jax==$JAX"
}

keras_torch() {
    # The CPU build by its full name: the plain name brings gigabytes of CUDA on Linux. PyTorch's own index is
    # asked only where the configured ones do not have it.
    $pip "torch==$TORCH+cpu" || $pip --index-url https://download.pytorch.org/whl/cpu "torch==$TORCH+cpu"
    $pip "keras==$KERAS" "torch==$TORCH"
}

keras_tensorflow() {
    $pip "keras==$KERAS" "tensorflow-cpu==$TENSORFLOW"
}

tf_keras() {
    # Without its dependencies: it names `tensorflow`, which tensorflow-cpu provides under another name.
    $pip "tensorflow-cpu==$TENSORFLOW"
    $pip --no-deps "tf_keras==$TF_KERAS"
}

make keras-jax keras_jax
make keras-torch keras_torch
make keras-tensorflow keras_tensorflow
make tf_keras tf_keras
echo "done: $folder"
