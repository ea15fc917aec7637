"""Texts of every kind in a real Chromium: hostile ones are inert, others read as they should."""

import pytest
from playwright.sync_api import Page, expect

from tests.dashboard import fake_rows, hostile
from tests.dashboard.browser import shown, until
from tests.dashboard.fake_api import FakeApi

pytestmark = pytest.mark.browser

HEBREW = "כמה זה $x + 2$ אם $x = 10$?"
ARABIC = "إذا كان $x + 2 = 10$، فما قيمة $x$؟"
PYTHON = "```python\nclass A:  # why\n    def f(self, n: int = 3): return sum([n]) + len('x')\n```"
SQL = "```sql\nSELECT name FROM t WHERE n > 18;\n```"
# The least contrast of any coloured word against the block's background, by WCAG's formula.
LEAST_CONTRAST = """(block) => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const luminance = (colour) => {
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    const parts = [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3).map((part) => part / 255);
    const [r, g, b] = parts.map((p) => (p <= 0.04045 ? p / 12.92 : ((p + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = luminance(getComputedStyle(block).backgroundColor);
  const contrasts = [...block.querySelectorAll("span[class^=hljs]")].map((word) => {
    const other = luminance(getComputedStyle(word).color);
    const [low, high] = [Math.min(ground, other), Math.max(ground, other)];
    return (high + 0.05) / (low + 0.05);
  });
  return [contrasts.length, Math.min(...contrasts)];
}"""


def show(page: Page, api: FakeApi, *texts: str) -> None:
    """Have the pane show seeds with these prompts, which stand in no benchmark."""
    shown(page)
    api.seeds = {n: fake_rows.seed_detail(n, text) for n, text in enumerate(texts, start=1)}
    page.reload()
    assert shown(page) == "Seed 1"


def test_hostile_seeds_are_inert_text(page: Page, api: FakeApi) -> None:
    shown(page)
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    texts = dict(enumerate(hostile.TEXTS.values(), start=1))
    api.seeds = {number: hostile.seed(number, text) for number, text in texts.items()}
    page.reload()

    for number in texts:
        assert shown(page) == f"Seed {number}"
        links = [a.get_attribute("href") or "" for a in page.locator(".pane a").all()]
        own = ("http", "seeds?seed=", "duplicates?group=")
        assert all(link == "" or link.startswith(own) for link in links)
        strange = ":is(script, img, iframe, object, embed, form, svg[onload], style, link, base)"
        assert page.locator(f".pane {strange}").count() == 0
        assert page.locator(".pane :is([onerror], [onclick], [onload])").count() == 0
        assert page.locator(".prose :is(.card, [style*=fixed])").count() == 0
        assert "\u202e" not in page.locator(".pane").inner_text()
        wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert page.evaluate(wide) == 0
        page.keyboard.press("m")  # as it is
        page.keyboard.press("m")
        page.keyboard.press("x")

    until(lambda: len(api.decisions) == len(texts))
    assert page.evaluate("window.hacked") is None
    assert dialogs == []


def test_text_from_right_to_left_runs_so_paragraph_by_paragraph(page: Page, api: FakeApi) -> None:
    text = f"{HEBREW}\n\n$y$ {ARABIC}\n\n- {HEBREW}\n\nAnd in English, with 12 digits."
    show(page, api, text)

    direction = "nodes => nodes.map((node) => getComputedStyle(node).direction)"
    paragraphs = page.locator(".prompt .prose > p")
    assert paragraphs.evaluate_all(direction) == ["rtl", "rtl", "ltr"]
    assert page.locator(".prompt :is(ul, li)").evaluate_all(direction) == ["rtl", "rtl"]
    assert set(page.locator(".prompt .formula").evaluate_all(direction)) == {"ltr"}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_code_is_coloured_by_its_language_and_readable(
    page: Page, api: FakeApi, scheme: str
) -> None:
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    unknown = "```brainfudge\nclass A\n```"
    show(page, api, "\n\n".join([PYTHON, SQL, unknown]))

    blocks = page.locator(".prompt pre")
    assert blocks.nth(0).inner_text().startswith("class A:  # why")
    for block in (blocks.nth(0), blocks.nth(1)):
        words, contrast = block.evaluate(LEAST_CONTRAST)
        assert words >= 2
        assert contrast >= 4.5
    assert blocks.nth(2).locator("span").count() == 0


def test_long_prompt_is_folded_until_asked_for(page: Page, api: FakeApi) -> None:
    show(page, api, "\n\n".join(f"Paragraph {n}." for n in range(60)), "Short?")
    last = page.get_by_text("Paragraph 59.")
    expect(last).not_to_be_in_viewport()
    body = page.locator(".prompt .body")
    height = "node => node.getBoundingClientRect().height"
    folded = body.evaluate(height)
    page.get_by_role("button", name="Show all").click()
    assert body.evaluate(height) > 2 * folded

    page.get_by_test_id("seed").click()
    for _ in range(3):
        page.keyboard.press("Space")
    expect(last).to_be_in_viewport()
    page.keyboard.press("s")
    assert shown(page) == "Seed 2"
    expect(page.get_by_role("button", name="Show all")).to_have_count(0)


def test_arrows_step_through_the_cards(page: Page, api: FakeApi) -> None:
    shown(page)
    titles = []
    for _ in range(4):
        page.keyboard.press("ArrowDown")
        titles.append(page.locator(".card:focus h3").inner_text())
    assert titles == ["Prompt", "Answer", "Reference vote", "Verdict"]
    page.keyboard.press("ArrowUp")
    assert page.locator(".card:focus h3").inner_text() == "Reference vote"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".example").first).to_be_visible()
    page.keyboard.press("a")
    assert shown(page) == "Seed 2"


def test_near_duplicates_and_reviewer_are_shown(page: Page, api: FakeApi) -> None:
    shown(page)
    other = {"id": 9, "prompt": "What is 3/4?", "status": "accepted", "similarity": 1.0}
    group = {"id": 3, "kind": "copies", "leader_id": 9, "size": 7}
    api.seeds[1]["duplicates"] = [{**group, "others": [{**other, "is_leader": True}]}]
    api.seeds[1]["reviewed_by"] = "bob"
    page.reload()
    shown(page)

    near = page.locator(".card", has=page.get_by_role("heading", name="Near-duplicates"))
    expect(near).to_contain_text("7 seeds, the same but for wording or layout; seed 9 leads")
    expect(near).to_contain_text("leader, accepted")
    expect(near).to_contain_text("and 5 more")
    assert near.get_by_role("link", name="Seed 9").get_attribute("href") == "seeds?seed=9"
    assert near.get_by_role("link", name="Compare").get_attribute("href") == "duplicates?group=3"
    expect(page.get_by_test_id("reviewer")).to_have_text("being reviewed by bob")

    page.goto(page.url.replace("/triage", "/seeds?seed=1"))
    expect(page.get_by_test_id("reviewer")).to_have_text("being reviewed by bob")
    api.seeds[1]["reviewed_by"] = "ada"  # who looks is told of others only
    page.reload()
    expect(page.get_by_role("heading", name="Near-duplicates")).to_be_visible()
    expect(page.get_by_test_id("reviewer")).to_have_count(0)
