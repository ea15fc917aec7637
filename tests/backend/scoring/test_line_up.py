"""What a run's stored line-up says of its judges."""

from backend.science.rubric import rubric_hash
from backend.scoring.line_up import line_up_of
from workers.questions import question

STORED = {
    "endpoint_id": 3,
    "name": "Judge",
    "model": "m",
    "role": "judge",
    "samples": 1,
    "sampling": {"temperature": 0.2},
    "template_hash": rubric_hash("1"),
    "settings_hash": "s",
}


def test_line_up_from_before_there_were_versions_means_the_first_rubric() -> None:
    [entry] = line_up_of({"line_up": [STORED]})
    assert entry.rubric == "1"
    asked = question(entry, "What is 2 + 2?")
    assert asked.json_schema
    assert set(asked.json_schema["properties"]) == {"steps", "difficulty", "reasons"}


def test_judge_is_asked_by_the_rubric_of_its_line_up() -> None:
    [entry] = line_up_of({"line_up": [STORED | {"rubric_version": "2"}]})
    asked = question(entry, "What is 2 + 2?")
    assert asked.json_schema
    assert "well_posed" in asked.json_schema["properties"]
    assert "well_posed" in asked.messages[0]["content"]
