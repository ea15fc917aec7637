"""Pure: a hit in words and marks. The pages, the triage pane and a seed's page say the same."""

from collections.abc import Mapping
from typing import Any

from dashboard.marked_text import Part, marked_parts
from dashboard.rows import Hit
from dashboard.wording import name, share

METHODS = {
    "exact": "whole item",
    "ngram": "n-grams",
    "retrieval": "nearest items",
    "code": "nearest programs",
    "embedding": "embedding",
    "judge": "judge",
}
FOUND = {
    "exact": "The seed holds the item as a whole",
    "ngram": "The seed holds passages of the item",
    "retrieval": "Found among the nearest items",
    "code": "Found among the nearest programs",
    "embedding": "Found by nearness in meaning",
    "judge": "Looked at by a judge",
}
CALLED = {
    "contaminated": "contaminated",
    "variant": "a variant",
    "related": "related and not made from it",
}
MEANINGS = {
    "contaminated": "the same problem, so that the item's answer carries over",
    "variant": "made from the item, with numbers or conditions changed",
    "related": "of the same topic and build",
}
STANDING = {
    ("block", "open"): "stops accepting and exporting until it is settled",
    ("block", "confirmed"): "the seed can be neither accepted nor exported",
    ("review", "open"): "stops accepting and exporting until it is settled",
    ("review", "confirmed"): "the seed may be accepted; its row in an export names the item",
}


def found_in_words(hit: Hit) -> str:
    """What found it, and what it was called, as one sentence."""
    found, verdict = FOUND[hit["method"]], CALLED[hit["verdict"]]
    if hit["method"] == "exact":
        return f"{found}; called {verdict}."
    if hit["method"] == "ngram" and hit["score"] == hit["coverage_item"]:
        return f"{found}, which cover {hit['score']:.0%} of it; called {verdict}."
    return f"{found}; called {verdict} with probability {share(hit['score'])}."


def standing_in_words(hit: Hit) -> str:
    """What the hit does to its seed as things stand."""
    return STANDING.get((hit["action"], hit["state"]), "stops nothing")


def hit_parts(hit: Hit, prompt: str) -> tuple[list[Part], list[Part]]:
    """Seed and item, with what they share marked as such, and numbers that one of them lacks."""
    shared_by_seed = [(span[0], span[1]) for span in hit["spans"]]
    shared_by_item = [(span[2], span[3]) for span in hit["spans"]]
    seed = marked_parts(prompt, {"shared": shared_by_seed, "changed": hit["seed_numbers"]})
    item = marked_parts(
        hit["item_text"], {"shared": shared_by_item, "changed": hit["item_numbers"]}
    )
    return seed, item


def notes_on(hit: Hit) -> list[str]:
    """What a reader has to know before trusting the marks or the state."""
    notes = []
    if hit["masked"]:
        notes.append(
            "Gated: its authors ask that it is not published. Only what the seed holds as well is "
            "shown."
        )
    if hit["item_changed"]:
        notes.append("The item was reworded since: what both share is marked after the next check.")
    if hit["settled_earlier"]:
        notes.append(
            f"Of the same item and an earlier wording of this seed a curator said: "
            f"{hit['settled_earlier']}."
        )
    if hit["inherited_from"] is not None:
        notes.append(
            f"{hit['state'].capitalize()}, as a curator said of hit {hit['inherited_from']} on the "
            "same two texts. You may say otherwise here."
        )
    return notes


def evidence_rows(evidence: Mapping[str, Any] | None) -> list[tuple[str, str]]:
    """What a judge or an embedding said, as names and values; nested ones one below the other."""
    found: list[tuple[str, str]] = []
    for field, value in (evidence or {}).items():
        if isinstance(value, Mapping):
            found += [(f"{name(field)}: {inner}", text) for inner, text in evidence_rows(value)]
        elif value is not None:
            found.append((name(field), f"{value:.3g}" if isinstance(value, float) else str(value)))
    return found
