"""What may be done with the rows: licences as people wrote them, and as the hub and SPDX know them.

Nothing is guessed: a licence that is not recognised is `other`, none is `unknown`.
"""

import re
from typing import Final, NamedTuple

from backend.exports.examples import VersionFacts

UNKNOWN: Final = "unknown"
OTHER: Final = "other"

# The hub's identifiers (https://huggingface.co/docs/hub/repositories-licenses) by SPDX's.
_BY_SPDX: Final = {
    "MIT": "mit", "Apache-2.0": "apache-2.0", "BSD-2-Clause": "bsd-2-clause",
    "BSD-3-Clause": "bsd-3-clause", "CC0-1.0": "cc0-1.0", "CC-BY-2.0": "cc-by-2.0",
    "CC-BY-2.5": "cc-by-2.5", "CC-BY-3.0": "cc-by-3.0", "CC-BY-4.0": "cc-by-4.0",
    "CC-BY-SA-3.0": "cc-by-sa-3.0", "CC-BY-SA-4.0": "cc-by-sa-4.0",
    "CC-BY-NC-2.0": "cc-by-nc-2.0", "CC-BY-NC-3.0": "cc-by-nc-3.0",
    "CC-BY-NC-4.0": "cc-by-nc-4.0", "CC-BY-ND-4.0": "cc-by-nd-4.0",
    "CC-BY-NC-ND-3.0": "cc-by-nc-nd-3.0", "CC-BY-NC-ND-4.0": "cc-by-nc-nd-4.0",
    "CC-BY-NC-SA-2.0": "cc-by-nc-sa-2.0", "CC-BY-NC-SA-3.0": "cc-by-nc-sa-3.0",
    "CC-BY-NC-SA-4.0": "cc-by-nc-sa-4.0", "ODbL-1.0": "odbl", "ODC-By-1.0": "odc-by",
    "PDDL-1.0": "pddl", "Unlicense": "unlicense", "WTFPL": "wtfpl", "Zlib": "zlib",
    "GPL-2.0-only": "gpl-2.0", "GPL-3.0-only": "gpl-3.0", "LGPL-3.0-only": "lgpl-3.0",
    "AGPL-3.0-only": "agpl-3.0", "MPL-2.0": "mpl-2.0",
}  # fmt: skip


class Licence(NamedTuple):
    """A licence of rows.

    Attributes:
        name: as it is in the rows; None where none is known.
        rows: how many of the training side have it.
        tokens: of these rows.
        held_out: how many rows of the validation side have it.
        hub: the Hugging Face hub's word for it.
        url: SPDX's page of it; None where it is not recognised.
    """

    name: str | None
    rows: int
    tokens: int
    held_out: int
    hub: str
    url: str | None


def licences_of(facts: VersionFacts) -> list[Licence]:
    """Those of the version's rows, most tokens of the training side first."""
    # Versions that were frozen before this was counted do not have it.
    found = [
        _licence(one["name"], one["rows"], one["tokens"], one.get("held_out", 0))
        for one in facts.figures["licences"]
    ]
    return sorted(found, key=lambda one: (-one.tokens, one.name or ""))


def hub_words(licences: list[Licence]) -> list[str]:
    """The hub's words, each once, in alphabetical order; `unknown` where there is no licence."""
    return sorted({one.hub for one in licences}) or [UNKNOWN]


def warnings(licences: list[Licence]) -> list[str]:
    """What has to be cleared before the rows are used or passed on."""
    said = []
    if nothing := next((one for one in licences if one.name is None), None):
        count = nothing.rows + nothing.held_out
        said.append(
            f"{count:,} rows have NO known licence. Nobody has allowed their use: clear it,"
            " or leave them out (their column `licence` is null)."
        )
    if len([one for one in licences if one.name is not None]) > 1:
        said.append(
            "Rows have DIFFERENT licences. The whole has no single one: what you make of it must"
            " keep to each of them."
        )
    return said


def _licence(name: str | None, rows: int, tokens: int, held_out: int) -> Licence:
    amounts = (name, rows, tokens, held_out)
    if name is None:
        return Licence(*amounts, UNKNOWN, None)
    known = _KNOWN.get(_plain(name))
    if known is None:
        return Licence(*amounts, OTHER, None)
    return Licence(*amounts, _BY_SPDX[known], f"https://spdx.org/licenses/{known}.html")


def _plain(name: str) -> str:
    """Without case, and with whatever parts its words as one sign: `CC BY 4.0` is `cc-by-4.0`."""
    return re.sub(r"[\s_-]+", "-", name.strip().lower())


_KNOWN: Final = {
    called: spdx for spdx, hub in _BY_SPDX.items() for called in (_plain(spdx), hub)
} | {"apache-license-2.0": "Apache-2.0", "mit-license": "MIT"}
