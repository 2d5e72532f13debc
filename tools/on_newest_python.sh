#!/bin/sh
# Runs pytest with the given arguments on the newest Python that pyenv has, if that is 3.13 or later, and the newest jax.
set -eu
cd "$(dirname "$0")/.."

newest=$(ls -d "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.1[3-9]*/bin/python 2>/dev/null | sort -V | tail -n 1)
if [ -z "$newest" ]; then
    echo "No Python 3.13 under pyenv: the run on the newest Python is left out."
    exit 0
fi
folder=.venv313
if [ ! -e "$folder/.has-test" ] || [ pyproject.toml -nt "$folder/.has-test" ]; then
    tools/environment.sh "$folder" test "$newest"
    touch "$folder/.has-test"
fi
"$folder/bin/python" -c 'import jax, platform; print(f"Python {platform.python_version()}, jax {jax.__version__}:")'
exec "$folder/bin/python" -m pytest "$@"
