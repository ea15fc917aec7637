import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.science.language_switches import home_languages, switches
from backend.science.languages import Language, language_of, sentences_of

ENGLISH = "Natalia sold clips to 48 of her friends in April."
GERMAN = "Zuerst müssen wir uns überlegen, was in dieser Aufgabe eigentlich gesucht ist."
CHINESE = "首先我们要弄清楚题目到底在问什么。"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (ENGLISH, "English"),
        (GERMAN, "German"),
        ("Combien de pommes a-t-elle si elle en vend trois et en achète deux ?", "French"),
        ("¿Cuántas manzanas tiene Ana si vende tres y compra dos en la tienda?", "Spanish"),
        ("Quantas maçãs tem a Ana se ela vende três e compra duas na loja?", "Portuguese"),
        ("Quindi conviene rifare il calcolo con i valori che abbiamo trovato.", "Italian"),
        (CHINESE, "Chinese"),
        ("りんごは全部でいくつありますか。", "Japanese"),
        ("Сколько яблок осталось у Анны?", "Cyrillic script"),
        ("사과는 모두 몇 개입니까?", "Hangul script"),
        # Other languages in Latin letters are not guessed.
        ("Hoeveel appels heeft Anna als ze er drie verkoopt en twee koopt?", "Latin script"),
        ("Ile jabłek ma Anna, jeśli sprzedaje trzy i kupuje dwa?", "Latin script"),
        # A variable is no word of French.
        ("sum ai³ = (sum ai)(sum ai²) - sum ai * sum ai² + 3 sum ai", "Latin script"),
        (r"\frac{a}{b} + \sin x", "None"),
        ("1/(1 + ω) + 1/(1 + ω²) = (μ³ + 3μ²p)", "None"),
        ("Compute 3 + 5.", "None"),
        ("", "None"),
    ],
)
def test_language_of_known_values(text: str, language: str) -> None:
    assert str(language_of(text)) == language


@given(st.text())
def test_sentences_of_any_text_are_in_order(text: str) -> None:
    place = 0
    for sentence in sentences_of(text):
        assert place <= sentence.start < sentence.end <= len(text)
        place = sentence.end


def test_switches_finds_the_foreign_passage() -> None:
    text = f"{ENGLISH} {GERMAN} Also rechnen wir es noch einmal aus. {ENGLISH}"
    [switch] = switches(text, home_languages(ENGLISH))
    assert text[switch.start : switch.end].strip() == (
        f"{GERMAN} Also rechnen wir es noch einmal aus".removesuffix(".")
    )
    assert switch.language == Language("latin", "german")


@pytest.mark.parametrize(
    ("prompt", "text"),
    [
        (ENGLISH, ENGLISH),
        (CHINESE, CHINESE),
        # What the prompt holds may be quoted.
        (f"What does this mean? {GERMAN}", GERMAN),
        # Who asks for a language gets it.
        ("Say in German that you are tired, please, and why you are.", GERMAN),
        ("把下面的句子翻译成德语：我累了。", GERMAN),
        # Code has no language.
        (CHINESE, "```python\n# where is it and what does it do with the other one\n```"),
        (CHINESE, "`where is it and what does it do with the other one`"),
        # Where the prompt is too short, nothing but the trace tells.
        ("3 + 5", GERMAN),
    ],
)
def test_switches_right_or_doubtful_language_is_none(prompt: str, text: str) -> None:
    assert switches(text, home_languages(prompt, text)) == []


def test_switches_prompt_too_short_to_tell_leaves_the_language_of_most() -> None:
    text = f"{ENGLISH} {ENGLISH} {ENGLISH} {CHINESE}"
    [switch] = switches(text, home_languages("3 + 5", text))
    assert switch.language == Language("han", "chinese")
