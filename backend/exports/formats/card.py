"""README.md of an export: a data set card that says what the rows are, and what they are not."""

from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

import pyarrow as pa
import yaml

from backend.exports.examples import VersionFacts
from backend.exports.formats.composition import composition, contents, lengths, licence_section
from backend.exports.formats.croissant import cite_as
from backend.exports.formats.decontamination import decontamination_section
from backend.exports.formats.features import short_type
from backend.exports.formats.front_matter import front_matter
from backend.exports.formats.lineage import MEANINGS
from backend.exports.formats.loading import FOLDER
from backend.exports.formats.markdown import code, folded, listed, plain, table

TRACE: Final = """seedbed lineage '{"seed_id": 1, "revision_id": 2, "sample_id": 3}'"""


class Style(NamedTuple):
    """What a card has of its format.

    Attributes:
        title: what the format is for.
        schema: of its rows.
        about: what columns are that are not lineage.
        tags: the hub's.
        loading: how the library loads the rows, as Markdown.
        uses: what they are meant for.
    """

    title: str
    schema: pa.Schema
    about: Mapping[str, str]
    tags: list[str]
    loading: Callable[[VersionFacts], str]
    uses: str


def card(facts: VersionFacts, style: Style) -> str:
    """The whole document, with its front matter."""
    sections = {
        "Contents": contents(facts),
        "Loading": style.loading(facts),
        "Columns": _columns(style),
        "Composition": composition(facts),
        "Licences": licence_section(facts),
        "Tokens and lengths": lengths(facts),
        "How it was made": _origin(facts),
        "Decontamination": decontamination_section(facts.certificate, facts.frozen),
        "Intended use and limits": _limits(facts, style),
        "Verifying and tracing": _verifying(),
    }
    head = [
        f"# {plain(facts.export_name)}",
        f"{style.title}: the rows of version {facts.version} of the mixture"
        f" {plain(facts.mixture)}, frozen {facts.frozen.date().isoformat()}, exported by"
        " Seedbed.",
    ]
    body = [f"## {title}\n\n{text}" for title, text in sections.items()]
    matter = front_matter(facts, style.schema, style.tags)
    return matter + "\n" + "\n\n".join([*head, *body]) + "\n"


def _columns(style: Style) -> str:
    meanings = {**MEANINGS, **style.about}
    rows = []
    for field in style.schema:
        rows.append(_column(field.name, field.type, meanings))
        if pa.types.is_struct(field.type):
            rows += [_column(part.name, part.type, meanings, field.name) for part in field.type]
    return table(("column", "type", "what it is"), rows)


def _column(
    name: str, type_: pa.DataType, meanings: Mapping[str, str], within: str = ""
) -> tuple[str, str, str]:
    path = f"{within}.{name}" if within else name
    return path, short_type(type_), meanings[name]


def _origin(facts: VersionFacts) -> str:
    recipe = yaml.safe_dump(dict(facts.recipe), sort_keys=False, allow_unicode=True)
    points = [
        f"mixture: {plain(facts.mixture)}, version {facts.version}",
        f"frozen: {facts.frozen.isoformat(timespec='seconds')}",
        f"SHA-256 of the version's rows: `{facts.rows_hash}`",
        f"cite as: {plain(cite_as(facts))}",
    ]
    return "\n\n".join([
        "Curators accepted the seeds; `verdict` and `score` say what was measured of each, where it"
        " was. Traces, where the recipe takes any, are teachers' and were kept after verification."
        " The recipe says how often what is seen.",
        listed(points),
        folded("The recipe", code(recipe, "yaml")),
    ])  # fmt: skip


def _limits(facts: VersionFacts, style: Style) -> str:
    points = [
        style.uses,
        "Keys can be wrong: `key_origin` says where each is from, `reliability` how sure it is.",
        "Copies are rows of their own (`copy_number`), and the order by `position` mixes them: one"
        " pass over the rows is the training that the recipe means.",
        "Traces are the text of models. They may be wrong where only their answer was verified.",
        "Texts are as they were written: tokens that control a chat, where a text names them, are"
        " read as such.",
        "Not meant for evaluation: what is held out is alike what is trained on.",
    ]
    if facts.kind == "jsonl.zst":
        points.append(
            "JSON lines hold no types. Readers that guess them may take texts for times where all"
            " of a file look like dates; Parquet cannot be misread so."
        )
    return listed(points)


def _verifying() -> str:
    return "\n\n".join([
        code(f"seedbed export verify {FOLDER}", "bash"),
        "checks the hash, schema and row count of each file against `manifest.json`, and rows"
        " against guidelines that only teachers were shown. What a row carries leads back to where"
        " it comes from, what was said of it, and what it cost:",
        code(TRACE, "bash"),
        "`croissant.json` describes the same files for machines (Croissant 1.0).",
    ])  # fmt: skip
