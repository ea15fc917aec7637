"""A W3C PROV document about things of Seedbed, each said once."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from urllib.parse import quote

from prov.model import ProvDocument, ProvRecord

TERMS: Final = "urn:seedbed:term:"
ITEMS: Final = "urn:seedbed:item:"


def item(kind: str, number: int | str) -> str:
    """The name of a thing: its kind and its number, or what else it is known by."""
    return f"item:{kind}-{quote(str(number), safe='')}"


class Provenance:
    """Entities, activities and agents by their names; each is described once.

    Who only refers to a thing names it without attributes, before or after it is described.
    Attributes that are None are left out; numbers are those of one installation.
    """

    def __init__(self) -> None:
        self.document = ProvDocument()
        self.document.add_namespace("seedbed", TERMS)
        self.document.add_namespace("item", ITEMS)
        self._said: dict[str, ProvRecord] = {}
        self._described: set[str] = set()
        self._related: set[tuple[str, ...]] = set()

    def entity(self, what: str, key: int | str, /, **attributes: Any) -> str:
        """A thing that is made, such as a revision, a sample or a row."""
        name = item(what, key)
        if name not in self._said:
            self._said[name] = self.document.entity(name, self._type(f"seedbed:{what}"))
        self._describe(name, attributes)
        return name

    def activity(
        self, what: str, key: int | str, at: datetime | None = None, /, **attributes: Any
    ) -> str:
        """What makes or uses things; `at` is when it was done, where that is one moment."""
        name = item(what, key)
        if name not in self._said:
            self._said[name] = self.document.activity(name, at, at, self._type(f"seedbed:{what}"))
        self._describe(name, attributes)
        return name

    def person(self, user: str) -> str:
        """A user, as an agent."""
        return self._agent("user", user, "prov:Person", user)

    def endpoint(self, number: int, name: str, model: str) -> str:
        """A model at an endpoint, as an agent."""
        return self._agent("endpoint", number, "prov:SoftwareAgent", f"{name} ({model})")

    def software(self, version: str) -> str:
        """Seedbed itself, as an agent."""
        return self._agent("seedbed", version, "prov:SoftwareAgent", f"Seedbed {version}")

    def is_first(self, *relation: str) -> bool:
        """Whether this relation between these things is asked about for the first time."""
        first = relation not in self._related
        self._related.add(relation)
        return first

    def json(self) -> str:
        """The document as PROV-JSON."""
        return str(self.document.serialize(format="json"))

    def _agent(self, what: str, key: int | str, kind: str, label: str) -> str:
        name = item(what, key)
        if name not in self._said:
            described = self._type(kind) | {"prov:label": label}
            self._said[name] = self.document.agent(name, described)
        return name

    def _type(self, kind: str) -> dict[str, Any]:
        return {"prov:type": self.document.valid_qualified_name(kind)}

    def _describe(self, name: str, attributes: Mapping[str, Any]) -> None:
        if attributes and name not in self._described:
            self._described.add(name)
            self._said[name].add_attributes(
                {f"seedbed:{key}": value for key, value in attributes.items() if value is not None}
            )
