#!/bin/sh
# Makes a virtual environment with this project and some of its extras.
#   tools/environment.sh FOLDER EXTRAS [PYTHON]
# Without PYTHON it takes the first interpreter of at least 3.11 that can make environments.
set -eu
cd "$(dirname "$0")/.."
folder=$1 extras=$2 python=${3:-}

good() {
    "$1" -c 'import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

if ! "$folder/bin/python" -m pip --version >/dev/null 2>&1; then
    if [ -z "$python" ]; then
        pyenv=${PYENV_ROOT:-$HOME/.pyenv}/versions
        for candidate in python3 python3.13 python3.12 python3.11 python3.14 python \
            "$pyenv"/3.13*/bin/python "$pyenv"/3.12*/bin/python "$pyenv"/3.11*/bin/python; do
            if good "$candidate"; then python=$candidate && break; fi
        done
    fi
    if [ -z "$python" ] || ! good "$python"; then
        echo "No Python of at least 3.11 with the venv and ensurepip modules was found${python:+ at $python}." >&2
        echo "Install one (on Debian and Ubuntu: python3 and python3-venv), or name it: make PYTHON=/path/to/python ..." >&2
        exit 1
    fi
    echo "Making $folder with $("$python" --version). The first time takes a minute or two." >&2
    "$python" -m venv --clear "$folder"
fi
"$folder/bin/python" -m pip install --quiet --disable-pip-version-check --editable ".[$extras]"
