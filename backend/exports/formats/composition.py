"""What a version is composed of, as sections of a card."""

from typing import Any

from backend.exports.examples import VersionFacts
from backend.exports.formats.front_matter import splits_of
from backend.exports.formats.licences import licences_of, warnings
from backend.exports.formats.markdown import listed, plain, table


def contents(facts: VersionFacts) -> str:
    """What lies in the folder: all rows of the version."""
    rows = [
        (split, len(files), sum(one.rows for one in files), sum(one.bytes for one in files))
        for split in splits_of(facts)
        if (files := [one for one in facts.files if one.split == split])
    ]
    return table(("split", "files", "rows", "bytes"), rows)


def composition(facts: VersionFacts) -> str:
    """What is trained on: clusters, sources, what was left out, what is doubtful."""
    clusters = [
        (one["part"], one["domain"] or "no domain", one["tier"], one["examples"], one["epochs"],
         one["rows"], one["tokens"], _share(one["share"]), one["held_out"])
        for one in facts.figures["clusters"]
    ]  # fmt: skip
    header = (
        "part", "domain", "tier", "examples", "epochs", "rows", "tokens", "share of tokens",
        "held out",
    )  # fmt: skip
    parts = [
        "What is trained on, by cluster (a domain at a tier of quality), and by source:",
        table(header, clusters),
        table(("source", "rows", "tokens", "share of tokens"), _amounts(facts.figures["sources"])),
    ]
    if left_out := facts.figures["left_out"]:
        counts = [f"{one['seeds']:,} for {one['reason'].replace('_', ' ')}" for one in left_out]
        parts.append(f"Accepted seeds that the recipe means and that were left out: "
                     f"{plain(', '.join(counts))}.")  # fmt: skip
    if found := facts.figures["warnings"]:
        parts.append("Warnings:\n\n" + listed(plain(one["message"]) for one in found))
    return "\n\n".join(parts)


def licence_section(facts: VersionFacts) -> str:
    """What may be done with the rows, warnings first."""
    licences = licences_of(facts)
    rows = [
        (one.name or "NONE KNOWN", one.rows, one.tokens, one.held_out, one.url or "not recognised")
        for one in licences
    ]
    parts = [f"> **Warning.** {said}" for said in warnings(licences)]
    parts.append(table(("licence", "rows", "tokens", "held out", "SPDX"), rows))
    parts.append("Licences are those of the seeds, as their sources state them. What a model's"
                 " provider asks of traces is not among them.")  # fmt: skip
    return "\n\n".join(parts)


def lengths(facts: VersionFacts) -> str:
    """Tokens of each side, and how long rows are."""
    sides = [
        (split, one["seeds"], one["examples"], one["rows"], one["tokens"])
        for split in ("train", "validation")
        if (one := facts.figures[split])["rows"]
    ]
    lengths = [
        (f"{one['least']:,} to below {one['below']:,}", one["rows"])
        for one in facts.figures["lengths"]
        if one["rows"]
    ]
    return "\n\n".join([
        table(("split", "seeds", "examples", "rows", "tokens"), sides),
        table(("tokens of a row", "rows of the training side"), lengths),
        _how_counted(facts),
    ])  # fmt: skip


def _how_counted(facts: VersionFacts) -> str:
    if (tokenizer := facts.recipe.get("tokenizer")) is not None:
        return (
            f"All tokens are as the tokenizer {plain(tokenizer)} counts them, prompt and trace each"
            " for itself, with what a chat template adds."
        )
    scale = facts.recipe.get("token_scale", 1.0)
    return (
        "Tokens of traces are as their teacher's server counted them, those of prompts a token for"
        f" each 3.5 bytes, all times {scale:g} (the recipe's `token_scale`)."
    )


def _amounts(amounts: list[dict[str, Any]]) -> list[tuple[str, int, int, str]]:
    return [
        (one["name"] or "unknown", one["rows"], one["tokens"], _share(one["share"]))
        for one in amounts
    ]


def _share(share: float) -> str:
    return f"{share:.1%}"
