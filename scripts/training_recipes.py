"""Writes the recipes of `training/` down for the API, which must not import training.

python -m scripts.training_recipes
"""

import json
from pathlib import Path
from typing import Any

import yaml

from training.recipes import GRPORecipe, SFTRecipe

ROOT = Path(__file__).resolve().parent.parent
RECIPES = ROOT / "training" / "recipes"
TARGET = ROOT / "backend" / "training_runs" / "recipes.json"


def contents() -> str:
    """JSON schemas of both kinds, and the recipes that lie in `training/recipes`."""
    schemas = {"sft": SFTRecipe.model_json_schema(), "grpo": GRPORecipe.model_json_schema()}
    templates = [_template(path) for path in sorted(RECIPES.glob("*.yaml"))]
    document = {"schemas": schemas, "templates": templates}
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def _template(path: Path) -> dict[str, Any]:
    text = path.read_text("utf-8")
    title = text.splitlines()[0].removeprefix("#").strip()
    return {"name": path.stem, "title": title, "values": yaml.safe_load(text)}


if __name__ == "__main__":
    TARGET.write_text(contents(), "utf-8")
