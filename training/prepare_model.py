"""Makes a model ready for reasoning: its own `<think>` tokens, long context, the chat template.

    python -m training.prepare_model microsoft/phi-4 checkpoints/phi-4-prepared

Phi-4's placeholder tokens `<|dummy_86|>` and `<|dummy_87|>` become `<think>` and `</think>`, as in
the report; other models get two new tokens. They are no *special* tokens: those are taken out of
text, and rewards would never see them. A new folder is written, the original is left as it is.

What was changed is printed and kept as `prepared.json` in the folder. A model of another family
loses its own chat template for Phi-4's: it is told how that reads there, and has to learn it.
"""

import argparse
import json
import re
import shutil
import tempfile
from pathlib import Path
from typing import Any, Final

from training.recipes import BadRecipe

TAGS: Final = {"<|dummy_86|>": "<think>", "<|dummy_87|>": "</think>"}
TEMPLATE: Final = Path(__file__).with_name("phi4_chat_template.jinja")
ENDS_TURN: Final = "<|im_end|>"
CHANGES: Final = "prepared.json"
POSITIONS: Final = 32_768
_TOKENIZER_FILES: Final = ("tokenizer.json", "tokenizer_config.json", "added_tokens.json")


def rename_tokens(folder: Path, names: dict[str, str]) -> list[str]:
    """Rename tokens in a saved tokenizer, wherever it names them; their numbers stay.

    Returns:
        What was changed, in words.

    Raises:
        BadRecipe: the tokenizer has some of the tokens and not others, or the new names already.
    """
    texts = {name: (folder / name).read_text("utf-8") for name in _TOKENIZER_FILES
             if (folder / name).is_file()}  # fmt: skip
    vocabulary = _numbers(json.loads(texts["tokenizer.json"]))
    if taken := [new for new in names.values() if new in vocabulary]:
        raise BadRecipe(f"the tokenizer has {' and '.join(taken)} already")
    if lacking := [old for old in names if old not in vocabulary]:
        raise BadRecipe(f"the tokenizer has no {' and '.join(lacking)}")
    for name, text in texts.items():
        content = json.loads(text)
        (folder / name).write_text(
            json.dumps(_renamed(content, names), ensure_ascii=False, indent=2), "utf-8"
        )
    return [f"{old} ({vocabulary[old]}) is now {new}" for old, new in names.items()]


def _numbers(tokenizer: dict[str, Any]) -> dict[str, int]:
    added = {token["content"]: token["id"] for token in tokenizer["added_tokens"]}
    return {**tokenizer["model"]["vocab"], **added}


def _renamed(value: Any, names: dict[str, str]) -> Any:
    """The value with the names changed, as keys and as values; renamed tokens are not special."""
    if isinstance(value, dict):
        found = {names.get(key, key): _renamed(item, names) for key, item in value.items()}
        if value.get("content") in names:
            found["special"] = False
        return found
    if isinstance(value, list):
        return [_renamed(item, names) for item in value]
    return names.get(value, value) if isinstance(value, str) else value


def lengthened(config: dict[str, Any], positions: int) -> tuple[dict[str, Any], list[str]]:
    """A model's configuration for at least so many positions, and what was changed.

    The base of the rotary positions is doubled, as the report does from 16,384 to 32,768; a model
    that is long enough already is left as it is.

    Raises:
        BadRecipe: the model would have to be made more than twice as long, which one doubling of
            the base does not carry.
    """
    had = config["max_position_embeddings"]
    if had >= positions:
        return config, [f"{had:,} positions are enough"]
    if positions > 2 * had:
        raise BadRecipe(f"{positions:,} positions are more than twice the model's {had:,}")
    rotary = config.get("rope_parameters") or {}
    base = rotary.get("rope_theta", config.get("rope_theta"))
    if base is None:
        raise BadRecipe("the configuration names no base of rotary positions (rope_theta)")
    changed = {**config, "max_position_embeddings": positions}
    if "rope_theta" in rotary:
        changed["rope_parameters"] = {**rotary, "rope_theta": 2 * base}
    else:
        changed["rope_theta"] = 2 * base
    return changed, [
        f"positions: {had:,} are now {positions:,}",
        f"base of rotary positions: {base:,.0f} is now {2 * base:,.0f}",
    ]


def prepare(
    model: str, target: Path, positions: int = POSITIONS, template: Path = TEMPLATE
) -> list[str]:
    """Write the prepared model to a new folder.

    Args:
        model: a folder, or a hub's name.
        target: the folder to write.
        positions: how many the model is to have at least.
        template: a chat template that marks what the assistant says as `{% generation %}`.

    Returns:
        What was changed, in words.

    Raises:
        BadRecipe: the folder is there already, or the model cannot be prepared.
    """
    from transformers import AutoModelForCausalLM, AutoTokenizer

    if target.exists():
        raise BadRecipe(f"{target} is there already")
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".preparing-") as draft:
        folder = Path(draft) / "model"
        tokenizer = AutoTokenizer.from_pretrained(model)
        loaded = AutoModelForCausalLM.from_pretrained(model, dtype="auto")
        said = _prepare_tokenizer(tokenizer, loaded, folder, template)
        loaded.save_pretrained(folder)
        config = folder / "config.json"
        changed, lengths = lengthened(json.loads(config.read_text("utf-8")), positions)
        config.write_text(json.dumps(changed, indent=2), "utf-8")
        _check(folder)
        said += [*lengths, f"chat template: {template.name}, in place of the model's own"]
        kept = {"model": model, "changes": said}
        (folder / CHANGES).write_text(json.dumps(kept, indent=2), "utf-8")
        # Whole or not there: a folder that is half written could be trained.
        shutil.move(folder, target)
    return said


def _prepare_tokenizer(tokenizer: Any, model: Any, folder: Path, template: Path) -> list[str]:
    vocabulary = tokenizer.get_vocab()
    if ENDS_TURN not in vocabulary:
        raise BadRecipe(f"the tokenizer has no {ENDS_TURN}, which ends a turn in the chat template")
    tokenizer.chat_template = template.read_text("utf-8")
    said = [*_end_turns(tokenizer, model), *_strange_marks(tokenizer, tokenizer.chat_template)]
    new = list(TAGS.values())
    if all(tag in vocabulary for tag in new):
        tokenizer.save_pretrained(folder)
        return [*said, "<think> and </think> are there already"]
    if any(old in vocabulary for old in TAGS):
        tokenizer.save_pretrained(folder)
        return [*said, *rename_tokens(folder, TAGS)]
    from tokenizers import AddedToken

    tokenizer.add_tokens([AddedToken(tag, special=False, normalized=False) for tag in new])
    model.resize_token_embeddings(len(tokenizer), mean_resizing=True)
    tokenizer.save_pretrained(folder)
    return [*said, *(f"{tag} is a new token" for tag in new)]


def _end_turns(tokenizer: Any, model: Any) -> list[str]:
    """Let generation end where the template ends a turn; what that was before, in words."""
    was = tokenizer.eos_token
    tokenizer.eos_token = ENDS_TURN
    for settings in (model.config, model.generation_config):
        if settings is not None:
            settings.eos_token_id = tokenizer.eos_token_id
    return [] if was == ENDS_TURN else [f"responses end with {ENDS_TURN}, no longer with {was}"]


def _strange_marks(tokenizer: Any, template: str) -> list[str]:
    """Marks of the template that the model has no token for, and learns as several."""
    marks = sorted(set(re.findall(r"<\|\w+\|>", template)))
    pieces = {mark: len(tokenizer.encode(mark, add_special_tokens=False)) for mark in marks}
    return [
        f"{mark} of the chat template is no token of this model: it is read as {count} pieces"
        for mark, count in pieces.items()
        if count != 1
    ]


def _check(folder: Path) -> None:
    """Read the folder again as training will: each tag is one token, and survives decoding."""
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(folder)
    for tag in TAGS.values():
        numbers = tokenizer.encode(tag, add_special_tokens=False)
        shown = tokenizer.decode(numbers, skip_special_tokens=True).strip()
        if len(numbers) != 1 or shown != tag:
            raise BadRecipe(f"{tag} is read as {numbers} and written as {shown!r}")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("model", help="A folder, or a hub's name.")
    parser.add_argument("target", type=Path, help="The folder to write.")
    parser.add_argument("--positions", type=int, default=POSITIONS)
    parser.add_argument("--template", type=Path, default=TEMPLATE)
    wanted = parser.parse_args()
    try:
        said = prepare(wanted.model, wanted.target, wanted.positions, wanted.template)
    except BadRecipe as error:
        parser.exit(1, f"{error}\n")
    parser.exit(0, "\n".join(said) + "\n")


if __name__ == "__main__":
    main()
