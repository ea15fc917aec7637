#!/bin/sh
# Makes .venv-training and installs what training runs with: torch and DeepSpeed would weigh down
# what serves the web. By pip, which takes torch from where this machine is told to (CPU or CUDA).
set -eu
cd "$(dirname "$0")/.."

stamp=.venv-training/installed
state() { { pwd; cat requirements/training.txt; } | cksum; }

[ "$(cat "$stamp" 2>/dev/null)" = "$(state)" ] && exit 0
[ -x .venv-training/bin/python ] || "${PYTHON:-python3}" -m venv .venv-training
echo "Installing requirements/training.txt into .venv-training (about 1 GB)" >&2
.venv-training/bin/python -m pip install --quiet --disable-pip-version-check -r requirements/training.txt
state >"$stamp"
