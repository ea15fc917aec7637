"""Judges: agreement in tables and charts, and a seed's ratings that are first one's own."""

from streamlit.testing.v1 import AppTest

from tests.dashboard.fake_api import FakeApi
from tests.dashboard.fake_judge_routes import rating
from tests.dashboard.test_pages import Open, button, words


def _table(page: AppTest, column: str) -> dict[str, list[object]]:
    frame = next(f.value for f in page.dataframe if column in f.value)
    return {name: list(frame[name]) for name in frame}


def test_alpha_is_shown_with_what_it_is_worth(fake_api: FakeApi, open_page: Open) -> None:
    table = _table(open_page("judges"), "judges_word")

    assert table["dimension"] == [
        "Steps", "Difficulty", "Multi-step", "Well-posed", "Verifiable",
    ]  # fmt: skip
    assert table["judges_word"] == ["reliable", "tentative", "not reliable", "–", "tentative"]
    assert table["curators_word"] == ["–"] * 5


def test_pairs_of_the_chosen_dimension_are_compared(fake_api: FakeApi, open_page: Open) -> None:
    page = open_page("judges")
    assert "spearman" in _table(page, "mean_difference")

    page.segmented_control(key="dimension").set_value("difficulty").run()
    pairs = _table(page, "mean_difference")
    assert "spearman" not in pairs
    assert pairs["one"][:2] == ["Judge", "Judge"]
    assert pairs["other"][3] == "All curators"

    page.selectbox(key="pair_difficulty").select(3).run()
    asked = [query for _, path, query, _ in fake_api.requests if path == "/v1/judges/confusion"]
    assert asked[-1] == {
        "rubric_version": "2",
        "dimension": "difficulty",
        "first": "judge:3",
        "second": "curators",
    }
    assert _table(page, "seed_id")["seed_id"] == [8, 14, 21]


def test_unscored_replies_are_counted_with_their_reasons(
    fake_api: FakeApi, open_page: Open
) -> None:
    table = _table(open_page("judges"), "unscored")

    assert table["name"] == ["Judge", "Qwen 2.5 7B", "GPT-4o mini", "ada"]
    assert table["unscored"] == [2, 11, 0, 0]
    assert table["why"][1] == (
        "cut off at the token limit (9); difficulty is not an integer from 1 to 5 (2)"
    )


def test_one_judge_alone_is_told_what_agreement_needs(fake_api: FakeApi, open_page: Open) -> None:
    del fake_api.raters[1:]
    page = open_page("judges")

    assert "needs two raters" in words(page)
    assert _table(page, "unscored")["name"] == ["Judge"]


def test_rubric_that_nobody_used_says_what_to_do(fake_api: FakeApi, open_page: Open) -> None:
    page = open_page("judges")
    page.selectbox(key="rubric").select("1").run()

    assert "Nothing rated by rubric 1 yet" in words(page)
    assert "rate some seeds yourself" in words(page)


def _judges_part(page: AppTest) -> object:
    return next(e for e in page.expander if e.label.startswith("What judges"))


def test_curator_rates_before_the_judges_are_unfolded(fake_api: FakeApi, open_page: Open) -> None:
    page = open_page("seeds", seed="2")
    assert "before you see what the judges say" in words(page)
    assert not _judges_part(page).proto.expanded

    page.number_input[0].set_value(7)
    page.get("button_group")[0].set_value(4)
    button(page, "Save the rating").click().run()
    [body] = [b for m, p, _, b in fake_api.requests if (m, p) == ("POST", "/v1/seeds/2/ratings")]
    assert body == {"steps": 7, "difficulty": 4, "revision_id": 1002, "rubric_version": "2"}
    assert _judges_part(page).proto.expanded
    assert page.number_input[0].value == 7

    button(page, "Take it back").click().run()
    assert fake_api.ratings[2] == []
    assert not _judges_part(page).proto.expanded


def test_empty_rating_is_not_sent(fake_api: FakeApi, open_page: Open) -> None:
    page = open_page("seeds", seed="2")
    button(page, "Save the rating").click().run()

    assert "Choose at least one level" in words(page)
    assert not [p for m, p, _, _ in fake_api.requests if m == "POST"]


def test_judges_and_other_curators_are_listed_with_unscored_ones(
    fake_api: FakeApi, open_page: Open
) -> None:
    fake_api.ratings[2] = [rating(1, 2, "grace", False, difficulty=5)]
    table = _table(open_page("seeds", seed="2"), "rater")

    assert table["rater"] == ["Judge", "Qwen 2.5 7B", "grace (curator)"]
    assert table["remark"][1] == "unscored: not one JSON object"
    assert table["difficulty"][2] == 5


def test_viewer_sees_the_judges_and_no_form(fake_api: FakeApi, open_page: Open) -> None:
    page = open_page("seeds", role="viewer", seed="2")

    assert not any(b.label == "Save the rating" for b in page.button)
    assert _judges_part(page).proto.expanded


def test_run_form_takes_several_judges(fake_api: FakeApi, open_page: Open) -> None:
    fake_api.endpoints.append({**fake_api.endpoints[2], "id": 4, "name": "Second judge"})
    page = open_page("runs")
    judges = next(m for m in page.multiselect if m.label == "Judges")
    judges.set_value([3, 4]).run()
    button(page, "Start the run").click().run()

    [plan] = [b for m, p, _, b in fake_api.requests if (m, p) == ("POST", "/v1/runs")]
    assert plan["judge_endpoint_ids"] == [3, 4]
