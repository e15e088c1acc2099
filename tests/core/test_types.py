"""The contracts refuse what would let silence read as success."""

import pytest
from bedside.core.types import Evidence, Facts, Mention, Recommendation, TaskResult
from pydantic import ValidationError


@pytest.mark.parametrize(
    "fields",
    [
        {"status": "found"},
        {"status": "none"},
        {"status": "failed"},
        {"status": "ok"},
        {"status": "none", "searched": ("x",), "surprise": 1},
    ],
)
def test_a_task_result_must_be_honest(fields):
    with pytest.raises(ValidationError):
        TaskResult(**fields)


def test_none_may_not_bring_evidence(world):
    with pytest.raises(ValidationError, match="must not bring evidence"):
        TaskResult(status="none", searched=("x",), evidence=(world.cite_edge(world.line),))


def test_ranks_need_one_number_each(world):
    with pytest.raises(ValidationError, match="one number per evidence"):
        TaskResult.found([world.cite_edge(world.line)], ranks=(0, 1))


def test_an_evidence_id_is_the_same_on_every_machine(world):
    # pinned: a change here breaks every stored citation
    assert world.cite_edge(world.line).id == "ev_881cf070b4ae259d"


def test_everything_is_frozen(world):
    evidence = world.cite_edge(world.line)
    with pytest.raises(ValidationError):
        evidence.quote = "other"


def test_an_answer_cites_exactly_its_evidence(world, make_host, found):
    from bedside.core import Engine

    answer = Engine(make_host(a=found(world.cite_edge(world.line))), world.services).ask("codeine?")
    with pytest.raises(ValidationError, match="exactly what the sentences cite"):
        Recommendation.model_validate({**answer.model_dump(), "evidence": []})
    with pytest.raises(ValidationError, match="abstains exactly when"):
        Recommendation.model_validate({**answer.model_dump(), "status": "abstained"})


def test_facts_name_each_concept_once():
    m = Mention(kind="drug", id="D:1", name="a", text="a", start=0, end=1)
    facts = Facts(mentions=(m, m.model_copy(update={"start": 5, "end": 6}), m.model_copy(update={"negated": True})))
    assert facts.of("drug") == (m,)
    assert len(facts.of("drug", negated=True)) == 1


def test_schemas_are_those_published():
    from bedside.core.schemas import published, schemas

    assert published() == schemas(), "run `make schemas` and review the difference"
    assert set(schemas()) == {"case", "evidence", "event", "question", "recommendation", "task_result"}
    assert Evidence.model_json_schema()["properties"]["quote"]["minLength"] == 1


def test_a_single_text_is_no_sequence_of_texts():
    with pytest.raises(TypeError, match="single text 'HPO'"):
        TaskResult.failed("gone", searched="HPO")
