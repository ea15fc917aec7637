"""Models made ready: tokens renamed, context lengthened, the original left as it is."""

import json
from pathlib import Path

import pytest

from training import tiny
from training.prepare_model import TAGS, lengthened, prepare, rename_tokens
from training.recipes import BadRecipe

PROBLEMS = tiny.sums(200)


def saved_tokenizer(folder: Path, *tokens: str) -> Path:
    """What a tokenizer leaves in a folder, as far as renaming reads it."""
    added = [
        {"id": 100 + number, "content": token, "special": True}
        for number, token in enumerate(tokens)
    ]
    tokenizer = {"model": {"vocab": {"a": 0}}, "added_tokens": added}
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer))
    decoder = {str(token["id"]): token for token in added}
    config = {"added_tokens_decoder": decoder, "extra": list(tokens)}
    (folder / "tokenizer_config.json").write_text(json.dumps(config))
    return folder


def test_tokens_are_renamed_everywhere_keep_their_numbers_and_are_not_special(
    tmp_path: Path,
) -> None:
    folder = saved_tokenizer(tmp_path, "<|im_end|>", *TAGS)
    said = rename_tokens(folder, TAGS)
    assert said == ["<|dummy_86|> (101) is now <think>", "<|dummy_87|> (102) is now </think>"]
    tokens = json.loads((folder / "tokenizer.json").read_text())["added_tokens"]
    assert [(token["id"], token["content"], token["special"]) for token in tokens] == [
        (100, "<|im_end|>", True), (101, "<think>", False), (102, "</think>", False),
    ]  # fmt: skip
    assert "dummy" not in (folder / "tokenizer_config.json").read_text()


def test_tokens_that_are_not_there_are_named(tmp_path: Path) -> None:
    with pytest.raises(BadRecipe, match=r"no <\|dummy_87\|>"):
        rename_tokens(saved_tokenizer(tmp_path, "<|dummy_86|>"), TAGS)
    with pytest.raises(BadRecipe, match="has <think> already"):
        rename_tokens(saved_tokenizer(tmp_path, "<think>", *TAGS), TAGS)


def test_positions_double_with_the_base_as_in_the_report() -> None:
    config = {"max_position_embeddings": 16_384, "rope_theta": 250_000.0, "hidden_size": 5120}
    changed, _ = lengthened(config, 32_768)
    assert changed == config | {"max_position_embeddings": 32_768, "rope_theta": 500_000.0}
    newer = {"max_position_embeddings": 16_384, "rope_parameters": {"rope_theta": 250_000.0}}
    assert lengthened(newer, 32_768)[0]["rope_parameters"] == {"rope_theta": 500_000.0}


def test_model_that_is_long_enough_is_left_and_one_too_short_is_refused() -> None:
    long = {"max_position_embeddings": 65_536, "rope_theta": 1e6}
    assert lengthened(long, 32_768) == (long, ["65,536 positions are enough"])
    with pytest.raises(BadRecipe, match="more than twice"):
        lengthened({"max_position_embeddings": 8192, "rope_theta": 1e4}, 32_768)
    with pytest.raises(BadRecipe, match="rope_theta"):
        lengthened({"max_position_embeddings": 16_384}, 32_768)


def test_prepared_model_has_tags_of_one_token_and_the_original_is_untouched(
    tmp_path: Path,
) -> None:
    transformers = pytest.importorskip("transformers", reason="needs requirements/training.txt")
    pytest.importorskip("torch", reason="needs requirements/training.txt")
    raw = tiny.tiny_model(tmp_path / "raw", PROBLEMS)
    before = {path.name: path.read_bytes() for path in raw.iterdir()}
    said = prepare(str(raw), tmp_path / "ready", positions=128)
    assert "positions: 64 are now 128" in said
    assert json.loads((tmp_path / "ready" / "prepared.json").read_text()) == {
        "model": str(raw), "changes": said,
    }  # fmt: skip
    assert {path.name: path.read_bytes() for path in raw.iterdir()} == before
    tokenizer = transformers.AutoTokenizer.from_pretrained(tmp_path / "ready")
    text = "<think>1</think>2"
    ids = tokenizer.encode(text, add_special_tokens=False)
    assert tokenizer.decode(ids, skip_special_tokens=True) == text
    assert len(ids) == 4
    shown = tokenizer.apply_chat_template(
        [{"role": "system", "content": "Be rude."}, {"role": "user", "content": "Hello"}],
        tokenize=False, add_generation_prompt=True,
    )  # fmt: skip
    assert shown.startswith("<|im_start|>system<|im_sep|>You are Phi, a language model")
    assert "Be rude" not in shown
    assert shown.endswith(
        "<|im_end|><|im_start|>user<|im_sep|>Hello<|im_end|><|im_start|>assistant<|im_sep|>"
    )
    with pytest.raises(BadRecipe, match="is there already"):
        prepare(str(raw), tmp_path / "ready")


def other_family(folder: Path) -> Path:
    """A tiny model of Qwen's architecture, with the marks of its own chat template."""
    import transformers
    from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

    alphabet = {letter: n for n, letter in enumerate(pre_tokenizers.ByteLevel.alphabet())}
    bytes_alone = Tokenizer(models.BPE(vocab=alphabet, merges=[]))
    bytes_alone.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    bytes_alone.decoder = decoders.ByteLevel()
    marks = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
    bytes_alone.add_special_tokens([AddedToken(mark, special=True) for mark in marks])
    tokenizer = transformers.PreTrainedTokenizerFast(
        tokenizer_object=bytes_alone, eos_token="<|endoftext|>", pad_token="<|endoftext|>"
    )
    tokenizer.save_pretrained(folder)
    config = transformers.Qwen2Config(
        vocab_size=len(tokenizer), hidden_size=32, intermediate_size=64, num_hidden_layers=1,
        num_attention_heads=2, num_key_value_heads=1, max_position_embeddings=128,
        eos_token_id=tokenizer.eos_token_id, bos_token_id=None,
    )  # fmt: skip
    transformers.Qwen2ForCausalLM(config).save_pretrained(folder)
    return folder


def test_model_of_another_family_is_told_what_becomes_of_it(tmp_path: Path) -> None:
    transformers = pytest.importorskip("transformers", reason="needs requirements/training.txt")
    pytest.importorskip("torch", reason="needs requirements/training.txt")
    said = prepare(str(other_family(tmp_path / "raw")), tmp_path / "ready", positions=128)
    assert said == [
        "responses end with <|im_end|>, no longer with <|endoftext|>",
        "<|im_sep|> of the chat template is no token of this model: it is read as 10 pieces",
        "<think> is a new token", "</think> is a new token", "128 positions are enough",
        "chat template: phi4_chat_template.jinja, in place of the model's own",
    ]  # fmt: skip
    tokenizer = transformers.AutoTokenizer.from_pretrained(tmp_path / "ready")
    model = transformers.AutoModelForCausalLM.from_pretrained(tmp_path / "ready")
    end = tokenizer.convert_tokens_to_ids("<|im_end|>")
    assert tokenizer.eos_token_id == model.config.eos_token_id == end
    assert model.generation_config.eos_token_id == end
    assert model.get_input_embeddings().num_embeddings == len(tokenizer)
