"""Licences of rows: recognised, never guessed, and warned of where they do not let one pass on."""

from typing import Any

import pytest

from backend.exports.formats import FORMATS
from backend.exports.formats.licences import hub_words, licences_of, warnings
from tests.format_examples import facts, figures


def _figures(*names: str | None) -> dict[str, Any]:
    return figures(
        licences=[
            {"name": name, "rows": 1200, "tokens": 10 - at, "share": 0.1}
            for at, name in enumerate(names)
        ]
    )


@pytest.mark.parametrize(
    ("name", "hub", "spdx"),
    [
        ("MIT", "mit", "MIT"),
        ("mit license", "mit", "MIT"),
        ("CC BY 4.0", "cc-by-4.0", "CC-BY-4.0"),
        ("cc-by-sa-4.0", "cc-by-sa-4.0", "CC-BY-SA-4.0"),
        (" Apache License 2.0 ", "apache-2.0", "Apache-2.0"),
        ("CC0 1.0", "cc0-1.0", "CC0-1.0"),
        ("ODC-By-1.0", "odc-by", "ODC-By-1.0"),
        ("CC BY", "other", None),
        ("proprietary", "other", None),
        (None, "unknown", None),
    ],
)
def test_licence_is_recognised_or_other(name: str | None, hub: str, spdx: str | None) -> None:
    [found] = licences_of(facts(figures=_figures(name)))
    assert (found.name, found.hub) == (name, hub)
    assert found.url == (spdx and f"https://spdx.org/licenses/{spdx}.html")


def test_words_are_sorted_and_each_is_there_once() -> None:
    found = licences_of(facts(figures=_figures("MIT", "a", "b", None)))
    assert hub_words(found) == ["mit", "other", "unknown"]
    assert hub_words([]) == ["unknown"]


def test_rows_without_a_licence_and_different_ones_are_warned_of() -> None:
    assert warnings(licences_of(facts())) == []
    [nothing] = warnings(licences_of(facts(figures=_figures(None))))
    assert nothing.startswith("1,200 rows have NO known licence.")
    both = warnings(licences_of(facts(figures=_figures("MIT", "CC BY 4.0", None))))
    assert [said.split()[2] for said in both] == ["have", "DIFFERENT"]
    card = FORMATS["trl-sft"].companions(facts(figures=_figures("MIT", None)))["README.md"]
    assert "> **Warning.** 1,200 rows have NO known licence." in card
    assert "DIFFERENT" not in card
    assert "license:\n- mit\n- unknown\n" in card


def test_licence_of_held_out_rows_alone_is_told_too() -> None:
    amount = {"name": None, "rows": 0, "tokens": 0, "share": 0.0, "held_out": 3}
    mit = {"name": "MIT", "rows": 1200, "tokens": 9, "share": 1.0}
    both = facts(figures=figures(licences=[mit, amount]))
    card = FORMATS["trl-sft"].companions(both)["README.md"]
    assert "> **Warning.** 3 rows have NO known licence." in card
    assert "| NONE KNOWN | 0 | 0 | 3 | not recognised |" in card
