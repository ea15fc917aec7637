"""Puts the pane's plain JavaScript files and the vendored libraries into one ES module.

Streamlit takes a component's script as one string. The files share one scope, in the order given
here, as they would after a bundler; each vendored library is wrapped so that nothing leaks into
the page.
"""

import base64
import json
import re
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent
VENDOR = HERE / "vendor"
VENDORED = {
    "katex": "katex.min.js",
    "markdownit": "markdown-it.min.js",
    "DOMPurify": "purify.min.js",
    "hljs": "highlight.min.js",
}
PARTS = (
    *("dom", "code", "text", "outbox", "queue", "tally", "leases", "keyboard", "reading"),
    *("evidence", "hits", "duplicates", "view", "dialogs", "settings", "status"),
    *("own_settings", "screen", "pane", "thinking", "mount"),
)

FONT_FACE = re.compile(r"@font-face\{[^}]*\}")
FONT_SOURCE = re.compile(r"src:url\(fonts/([\w-]+)\.woff2\)[^;}]*")


def _vendored(name: str, file: str) -> str:
    source = (VENDOR / file).read_text(encoding="utf-8")
    begin = f"const {name} = (() => {{ const module = {{ exports: {{}} }};"
    return f"{begin} let exports = module.exports;\n{source}\nreturn module.exports; }})();"


def _embedded(match: re.Match[str]) -> str:
    font = (VENDOR / "fonts" / f"{match[1]}.woff2").read_bytes()
    return f"src:url(data:font/woff2;base64,{base64.b64encode(font).decode()}) format('woff2')"


def _styles() -> dict[str, str]:
    katex = (VENDOR / "katex.min.css").read_text(encoding="utf-8")
    faces = "".join(FONT_FACE.findall(katex))
    return {
        "FONT_CSS": FONT_SOURCE.sub(_embedded, faces),
        "KATEX_CSS": FONT_FACE.sub("", katex),
        "PANE_CSS": (HERE / "triage.css").read_text(encoding="utf-8"),
    }


@cache
def library_script() -> str:
    """The whole module; its default export offers the panes to the page."""
    parts = [_vendored(name, file) for name, file in VENDORED.items()]
    parts += [f"const {name} = {json.dumps(css)};" for name, css in _styles().items()]
    parts += [(HERE / f"{name}.js").read_text(encoding="utf-8") for name in PARTS]
    return "\n".join(parts)
