"""Texts that try to run, to break the page, or to look like something else."""

from typing import Any

from tests.dashboard import fake_rows

TEXTS = {
    "script": "<script>window.hacked = 1</script><img src=x onerror='window.hacked = 1'> plain",
    "links": "[click](javascript:window.hacked=1) ![track](http://127.0.0.1:9/t.png) "
    "[data](data:text/html,<script>window.hacked=1</script>) [vb](vbscript:x) <b onclick=x>b</b>",
    "broken formulas": "Broken: $\\frac{1}{$, $\\no{x}$, $$\\begin{align}",
    "formulas that reach out": "$\\href{javascript:window.hacked=1}{x}$ "
    "$\\includegraphics{http://127.0.0.1:9/t.png}$ $\\htmlClass{card}{y}$ "
    "$\\htmlStyle{position:fixed}{z}$ $\\url{javascript:alert(1)}$",
    "turned": "Turned \u202eround\u202c and \u2066hidden\u2069 and \u0007bell; שלום",
    "long line": "x" * 100_000,
    "macros": "$\\def\\x{\\x\\x}\\x$ </style></textarea><svg onload='window.hacked=1'>"
    "<iframe src='data:,1'>",
    "nested quotes": ">" * 4000 + " deep",
    "nested lists": "\n".join("  " * depth + "- item" for depth in range(100)),
    "nested emphasis": "*" * 3000 + "a" + "*" * 3000 + "[" * 3000 + "](x)" * 500,
    "nested formula": "$"
    + "{" * 5000
    + "x"
    + "}" * 5000
    + "$ $"
    + "\\sqrt{" * 900
    + "}" * 900
    + "$",
    "big formula": "$\\rule{9999em}{9999em}$ $\\kern{-9999em}x$ $$\\Huge\\Huge x$$",
    "table of 5,000 cells": "|a|b|\n|-|-|\n" + "|1|2|\n" * 2500,
    "controls": "\x01\x02\x1b[31mred\x1b[0m \x7f \x85 \ufeff \u200b tab\there",
    "emoji": "👩\u200d👩\u200d👧\u200d👦 🏳️\u200d🌈 🇩🇪 e\u0301 Z\u0337\u0322a\u0335 𝒳 \U0010ffff",
    "code": '```python"><img src=x onerror=window.hacked=1>\n</code></pre><script>window.hacked=1'
    "</script>\n```\n\n```html\n<script>window.hacked = 1</script>\n```",
    "code that never ends": "```python\n'''" + "\\" * 9000,
    "words of objects": "constructor __proto__ toString\n\n```constructor\nx\n```",
}


def seed(number: int, text: str) -> dict[str, Any]:
    """A seed that holds the text wherever a seed holds other people's text."""
    found = fake_rows.seed_detail(1, text)
    start = text[:200]
    found |= {"id": number, "answer": text, "source": start, "external_id": start, "domain": start}
    evidence = found["evidence"]
    evidence["teachability"]["plurality"]["classes"][0]["answer"] = start
    evidence["judgments"][0]["reasons"] = start
    evidence["hits"] = [fake_rows.hit(1, text)]
    found["history"] = [fake_rows.decision(1, number, "skip", start) | {"user": start}]
    other = {"id": 2, "prompt": start, "status": "pending", "similarity": 0.9, "is_leader": True}
    group = {"id": 1, "kind": "copies", "leader_id": 2, "size": 2, "others": [other]}
    return found | {"duplicates": [group], "reviewed_by": start}
