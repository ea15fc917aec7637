"""Tokenizers beside the mixtures: listed, made to count, chosen in a recipe."""

from tests.dashboard.fake_api import FakeApi
from tests.dashboard.fake_tokenizer_routes import tokenizer
from tests.dashboard.test_mixtures_page import last_sent, show, widget
from tests.dashboard.test_pages import Open, button, words


def test_what_is_not_counted_is_counted(fake_api: FakeApi, open_page: Open) -> None:
    fake_api.tokenizers = [tokenizer(1, "qwen"), tokenizer(2, "llama", counted=9, waiting=0)]
    page = show(open_page("mixtures"), "Tokenizers")
    assert not page.exception
    assert list(page.dataframe[0].value["waiting"]) == [5, 0]
    assert "Count 0 texts by llama" not in [one.label for one in page.button]
    button(page, "Count 5 texts by qwen").click().run()
    assert not page.exception
    assert "Counting by qwen: done" in page.get("progress")[0].proto.text
    assert list(page.dataframe[0].value["waiting"]) == [0, 0]


def test_none_yet_says_what_to_do_and_viewers_only_look(fake_api: FakeApi, open_page: Open) -> None:
    assert "No tokenizers yet" in words(show(open_page("mixtures"), "Tokenizers"))
    fake_api.tokenizers = [tokenizer(1, "qwen")]
    page = show(open_page("mixtures", role="viewer"), "Tokenizers")
    assert [one.label for one in page.button if one.label != "Sign out"] == []


def test_recipe_names_a_tokenizer(fake_api: FakeApi, open_page: Open) -> None:
    fake_api.tokenizers = [tokenizer(1, "qwen")]
    page = open_page("mixtures", mixture="1")
    widget(page, "selectbox", "Tokenizer that counts").set_value("qwen").run()
    assert not page.exception
    assert last_sent(fake_api, "/v1/mixtures:preview")["tokenizer"] == "qwen"
    button(page, "Save").click().run()
    fake_api.tokenizers = []  # gone, say in a restored database: the recipe still names it
    page = open_page("mixtures", mixture="1")
    assert widget(page, "selectbox", "Tokenizer that counts").value == "qwen"
