"""How each library loads an export: lines to copy, checked against the versions that they name."""

from backend.exports.examples import VersionFacts
from backend.exports.formats.front_matter import pattern_of, splits_of
from backend.exports.formats.markdown import code

FOLDER = "path/to/this/folder"
_ROWS = f'rows = load_dataset("{FOLDER}")'
DEFAULT_CONTEXT = 32_768


def trl_sft(facts: VersionFacts) -> str:
    """TRL's SFTTrainer."""
    lines = [
        "from datasets import load_dataset",
        "from trl import SFTConfig, SFTTrainer",
        "",
        _ROWS,
        "trainer = SFTTrainer(",
        '    model="path/to/prepared-model",',
        "    args=SFTConfig(",
        f'        output_dir="out", assistant_only_loss=True, max_length={_context(facts)}',
        "    ),",
        '    train_dataset=rows["train"],',
        *_validation(facts, '    eval_dataset=rows["validation"],'),
        ")",
    ]
    return "\n\n".join([
        code("\n".join(lines), "python"),
        "The system message that asks for reasoning is **not in the rows**: the chat template of a"
        " model prepared by Seedbed (`python -m training.prepare_model`) puts it before every"
        " conversation, and makes `<think>` and `</think>` tokens. With another template put a"
        " system message there yourself. `assistant_only_loss` needs a template that marks"
        " `{% generation %}`, as that one does.",
    ])  # fmt: skip


def trl_grpo(facts: VersionFacts) -> str:
    """TRL's GRPOTrainer."""
    lines = [
        "from datasets import load_dataset",
        "from trl import GRPOConfig, GRPOTrainer",
        "",
        "def is_answered(completions, ground_truth, **columns):  # lists, one entry a completion",
        '    said = [completion[0]["content"] for completion in completions]',
        "    return [float(key in text) for text, key in zip(said, ground_truth)]",
        "",
        _ROWS,
        "trainer = GRPOTrainer(",
        '    model="path/to/prepared-model",',
        "    reward_funcs=is_answered,",
        '    args=GRPOConfig(output_dir="out"),',
        '    train_dataset=rows["train"],',
        *_validation(facts, '    eval_dataset=rows["validation"],'),
        ")",
    ]
    return "\n\n".join([
        code("\n".join(lines), "python"),
        "Reward functions get every column as a list. `ground_truth` is always a text, `007` and"
        " `1e5` too: compare it as one, or as mathematics, not as a number. Seedbed's own reward is"
        " `training.reward_functions.LengthAwareReward`. The system message that asks for reasoning"
        " is not in the rows: the prepared model's chat template puts it there.",
    ])  # fmt: skip


def openrlhf_sft(facts: VersionFacts) -> str:
    """OpenRLHF's train_sft."""
    lines = [
        f"EXPORT={FOLDER}",
        "deepspeed --module openrlhf.cli.train_sft \\",
        "    --model.model_name_or_path path/to/prepared-model --ckpt.output_dir out \\",
        '    --data.dataset "$EXPORT" --data.dataset_split train \\',
        *_validation(facts, '    --eval.dataset "$EXPORT" --eval.split validation \\'),
        "    --data.input_key prompt --data.output_key response --data.apply_chat_template \\",
        f"    --data.max_len {_context(facts)}",
    ]
    return "\n\n".join([
        code("\n".join(lines), "bash"),
        "Flags as of OpenRLHF 0.11; before they had prefixes they were `--dataset`, `--input_key`,"
        " `--output_key`, `--apply_chat_template`, `--max_len`. The system message that asks for"
        " reasoning is not in the rows: the prepared model's chat template puts it there.",
    ])  # fmt: skip


def openrlhf_rl(facts: VersionFacts) -> str:
    """OpenRLHF's train_ppo_ray."""
    lines = [
        f"EXPORT={FOLDER}",
        "python3 -m openrlhf.cli.train_ppo_ray \\",
        "    --actor.model_name_or_path path/to/prepared-model --reward.remote_url reward.py \\",
        '    --data.prompt_dataset "$EXPORT" --data.prompt_split train \\',
        *_validation(facts, '    --eval.dataset "$EXPORT" --eval.split validation \\'),
        "    --data.input_key prompt --data.label_key ground_truth --data.apply_chat_template \\",
        f"    --data.max_len {_context(facts)}",
    ]
    return "\n\n".join([
        code("\n".join(lines), "bash"),
        "Flags as of OpenRLHF 0.11; before they had prefixes they were `--prompt_data`,"
        " `--input_key`, `--label_key`, `--apply_chat_template`. `reward.py` holds"
        " `reward_func(queries, prompts, labels)`; `labels` are the texts of `ground_truth`."
        " OpenRLHF reads the word `<image>` in a prompt as a picture: leave such prompts out for a"
        " model of texts.",
    ])  # fmt: skip


def verl(facts: VersionFacts) -> str:
    """verl's main_ppo; it reads Parquet and JSON lines, but nothing that is compressed."""
    folder, unpacked = "$EXPORT", []
    if facts.kind == "jsonl.zst":
        folder = "$EXPORT/unpacked"
        unpacked = [
            'mkdir -p "$EXPORT/unpacked/data"',
            'zstd -d "$EXPORT"/data/*.jsonl.zst --output-dir-flat "$EXPORT/unpacked/data"',
        ]
    patterns = {
        split: f"{folder}/{pattern_of(facts, split).removesuffix('.zst')}"
        for split in splits_of(facts)
    }
    train = patterns.get("train", "")
    lines = [
        f"EXPORT={FOLDER}",
        *unpacked,
        "python3 -m verl.trainer.main_ppo \\",
        f'    "data.train_files={train}" \\',
        f'    "data.val_files={patterns.get("validation", train)}" \\',
        "    data.prompt_key=prompt data.reward_fn_key=data_source \\",
        "    reward.custom_reward_function.path=reward.py \\",
        "    actor_rollout_ref.model.path=path/to/prepared-model",
    ]
    said = [
        code("\n".join(lines), "bash"),
        "Keys as of verl 0.9. `reward.py` holds `compute_score(data_source, solution_str,"
        " ground_truth, extra_info)`: verl's own scores go by the name of the source, and know none"
        " but their own. `ground_truth` is always a text; the lineage is in `extra_info`.",
    ]
    if "validation" not in patterns:
        said.append(
            "The version has no validation side, and verl asks for one: the training rows stand in"
            " for it, so set `trainer.val_before_train=False trainer.test_freq=-1`."
        )
    if unpacked:
        said.append(
            "verl reads no compressed files: hence the lines before it. Parquet needs none."
        )
    return "\n\n".join(said)


def datasets(facts: VersionFacts) -> str:
    """Hugging Face datasets; any format loads so, and by DuckDB."""
    first = pattern_of(facts, next(iter(splits_of(facts)), "train"))
    reader = "read_parquet" if facts.kind == "parquet" else "read_json_auto"
    lines = [
        "from datasets import load_dataset",
        "import duckdb",
        "",
        _ROWS,
        f"files = \"{reader}('{FOLDER}/{first}')\"",
        'duckdb.sql(f"SELECT source, count(*) FROM {files} GROUP BY source")',
    ]
    return code("\n".join(lines), "python")


def _validation(facts: VersionFacts, line: str) -> list[str]:
    return [line] if "validation" in splits_of(facts) else []


def _context(facts: VersionFacts) -> int:
    return int(facts.recipe.get("context_tokens", DEFAULT_CONTEXT))
