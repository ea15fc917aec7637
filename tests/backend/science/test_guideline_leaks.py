import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.science.guideline_leaks import leaks, quoted_thinking
from backend.science.hidden_instructions import hidden_instructions

GUIDELINE = (
    "Explain how everyday devices work in general terms. Never describe how to defeat a particular "
    "lock step by step. Suggest calling the National Helpline at 555-0100 or a locksmith."
)


@pytest.mark.parametrize(
    "quote",
    [
        "Never describe how to defeat a particular lock step by step.",
        "NEVER DESCRIBE HOW TO DEFEAT A PARTICULAR LOCK",
        "never describe\nhow to **defeat** a particular\nlock step",
        "Explain how everyday devices work in general terms, but no more",
    ],
)
def test_leaks_quote_of_the_guideline_is_found_with_its_place(quote: str) -> None:
    text = f"It is an old door. {quote} So I will keep it short."
    [leak] = leaks(text, GUIDELINE)
    assert leak.kind == "quoted_guideline"
    assert text[leak.start : leak.end].split()[0] in quote
    assert leak.end - leak.start > len(quote) / 2


@pytest.mark.parametrize(
    "text",
    [
        "Locks of this kind hold pins in pairs. A locksmith can open it.",
        # Names and numbers are what a guideline is there for.
        "You may ring the National Helpline at 555-0100.",
        # An ordinary phrase.
        "I will describe how to do it in general, and what to do with the other one.",
        "The insurance of many people has a policy that includes lockouts.",
        "In brief, as a rule, it takes an hour.",
        "Follow the instructions on the label, and your doctor's instructions above all.",
        "Check the guidelines of your local poison centre.",
    ],
)
def test_leaks_who_follows_a_guideline_does_not_leak_it(text: str) -> None:
    assert leaks(text, GUIDELINE) == []


def test_leaks_what_the_prompt_says_is_no_secret() -> None:
    quote = "Never describe how to defeat a particular lock step by step."
    assert leaks(quote, GUIDELINE)
    assert leaks(quote, GUIDELINE, prompt=f"Is this a good rule? {quote}") == []


@pytest.mark.parametrize(
    "talk",
    [
        "My instructions say that I have to be brief.",
        "The system prompt wants one sentence.",
        "According to the policy I was given, this is allowed.",
        "I have been explicitly instructed not to tell.",
        "The hidden guidelines forbid it.",
        "These are rules that were given to me.",
    ],
)
def test_hidden_instructions_are_talked_of_anywhere(talk: str) -> None:
    assert list(hidden_instructions(f"Okay. {talk}"))


@pytest.mark.parametrize(
    "talk",
    [
        "The guidelines say that a warning is needed.",
        "This would violate the safety policy.",
        "According to the rules, I should refer them to a doctor.",
        "Policy does not allow that.",
    ],
)
def test_hidden_instructions_some_talk_counts_only_with_a_guideline(talk: str) -> None:
    assert list(hidden_instructions(talk)) == []
    assert list(hidden_instructions(talk, has_guideline=True))
    noun = "Explain the guidelines, the policy and the rules of our shop."
    assert list(hidden_instructions(talk, noun, has_guideline=True)) == []


THINKING = (
    "Okay, so the income comes first. Wait, let me check whether the cost is meant for each loaf. "
    "The loaves bring forty nine dollars in all and the cakes bring one hundred and eight more, "
    "and from this sum we have to take what flour and sugar cost her on that day at the mill."
)


def test_quoted_thinking_aloud_is_found_at_once() -> None:
    quote = "Wait, let me check whether the cost is meant for each loaf."
    answer = f"She keeps $116. {quote} And so 116 it is."
    [leak] = quoted_thinking(answer, THINKING)
    assert answer[leak.start : leak.end] == quote.removesuffix(".")


def test_quoted_thinking_long_passage_is_found_and_a_short_one_is_not() -> None:
    words = THINKING.split()
    rest = "I hope that this is what was asked for, and that it helps with all the others as well."
    assert quoted_thinking(f"{' '.join(words[18:])} {rest} {rest}", THINKING)
    assert quoted_thinking(f"{' '.join(words[18:34])} {rest} {rest}", THINKING) == []


def test_quoted_thinking_draft_of_the_whole_answer_is_none() -> None:
    draft = " ".join(THINKING.split()[18:])
    assert quoted_thinking(draft, f"Draft: {draft} That will do.") == []


def test_quoted_thinking_of_the_prompt_or_of_code_is_none() -> None:
    passage = " ".join(THINKING.split()[18:])
    rest = "And this is what follows from it, in words that were not there before at all, for once."
    assert quoted_thinking(f"{passage} {rest} {rest}", THINKING, prompt=passage) == []
    code = f"```\n{passage}\n```"
    assert quoted_thinking(f"{code}\n{rest}", f"{code}\nhm") == []


@given(st.text(), st.text(), st.text())
def test_leaks_any_texts_give_places_in_them(text: str, other: str, prompt: str) -> None:
    for leak in [*leaks(text, other, prompt), *quoted_thinking(text, other, prompt)]:
        assert 0 <= leak.start < leak.end <= len(text)


@pytest.mark.parametrize("unit", ["the ", "my a ", "policy ", "in the a b ", "I'm slowly ", "中"])
def test_leaks_a_megabyte_ends(unit: str) -> None:
    text = unit * (500_000 // len(unit))
    leaks(text, text, text)
    quoted_thinking(text, text)
