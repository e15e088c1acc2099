"""From question to recommendation over doubles: what is shown, what is told, and when the answer abstains."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from bedside.core import Engine, Question, TaskResult
from bedside.core.engine import EngineSettings
from bedside.core.errors import ModelError, QuestionError, StoreError
from bedside.core.incidents import note_incident
from bedside.core.testing import ScriptedModel
from bedside.core.types import Draft, Notice, Passage, TextSpan
from pydantic import ValidationError

Q = "Can a CYP2D6 ultrarapid metabolizer take codeine?"


def codes(answer):
    return {w.code for w in answer.warnings}


def test_an_answer_shows_its_quotes_and_cites_nothing_else(world, make_host, found):
    line, text = world.cite_edge(world.line), world.cite_text(0, 40)
    answer = Engine(make_host(a=found(line), b=found(text)), world.services).ask(Q)
    assert answer.status == "answered"
    assert [s.text for s in answer.sentences] == [line.quote, text.quote]
    assert [s.support.verdict for s in answer.sentences] == ["verbatim"] * 2
    assert {e.id for e in answer.evidence} == {line.id, text.id}
    assert answer.provenance.sources == {"cpic": "1", "hpo": "1"}


def test_nothing_found_abstains_and_says_what_was_searched(world, make_host):
    answer = Engine(make_host(a=lambda r, s: TaskResult.none("12 books")), world.services).ask(Q)
    assert (answer.status, answer.sentences) == ("abstained", ())
    assert answer.consulted[0].searched == ("12 books",)


def test_a_failed_specialist_makes_the_answer_partial(world, make_host, found):
    def gone(request, services):
        raise StoreError("the graph is gone")

    answer = Engine(make_host(a=found(world.cite_edge(world.line)), b=gone), world.services).ask(Q)
    assert answer.status == "partial"
    assert any("b.task could not look: the graph is gone" in w.text for w in answer.warnings)


def test_what_could_not_be_looked_at_beside_a_find_makes_the_answer_partial(world, make_host):
    line = world.cite_edge(world.line)
    result = TaskResult.found([line], notes=("a note",), problems=("the second drug could not be looked up",))
    answer = Engine(make_host(a=lambda r, s: result), world.services).ask(Q)
    assert answer.status == "partial" and answer.sentences
    assert [w.text for w in answer.warnings] == ["the second drug could not be looked up", "a note"]


def test_all_failed_abstains_with_the_failures_named(world, make_host):
    answer = Engine(make_host(a=lambda r, s: TaskResult.failed("no disk")), world.services).ask(Q)
    assert answer.status == "abstained"
    assert "task-failed" in codes(answer)


def test_a_lie_is_dropped_and_told_never_shown(world, make_host, found):
    lie = world.cite_edge(world.line, quote="Codeine is safe for everyone.")
    answer = Engine(make_host(a=found(lie, world.cite_text(0, 40))), world.services).ask(Q)
    assert answer.status == "partial"
    assert "dropped" in codes(answer)
    assert "safe" not in answer.model_dump_json().replace(Q, "")


def test_a_draft_stands_in_for_its_quotes_only_when_they_bear_it(world, make_host, found):
    line = world.cite_edge(world.line)
    good = found(line, drafts=(Draft(text="Avoid codeine use.", evidence=(line.id,)),))
    answer = Engine(make_host(a=good), world.services).ask(Q)
    assert [(s.text, s.support.verdict) for s in answer.sentences] == [("Avoid codeine use.", "checked")]
    bad = found(line, drafts=(Draft(text="Use morphine 10 mg.", evidence=(line.id,)),))
    answer = Engine(make_host(a=bad), world.services).ask(Q)
    assert [s.text for s in answer.sentences] == [line.quote]
    assert "dropped" in codes(answer)


def test_the_model_only_breaks_ties(world, make_host, found):
    first, second = world.cite_edge(world.line), world.cite_text(0, 40)
    model = ScriptedModel([f'{{"order": ["{second.id}"]}}'])
    world.services._parts["llm"] = model
    tied = make_host(a=found(first, second, ranks=(0, 0)))
    answer = Engine(tied, world.services).ask(Q)
    assert [e.id for e in answer.evidence] == [second.id, first.id]
    assert "scripted broke ties" in answer.provenance.composer
    untied = make_host(a=found(first, second, ranks=(0, 1)))
    answer = Engine(untied, world.services).ask(Q)
    assert [e.id for e in answer.evidence] == [first.id, second.id]
    assert len(model.asked) == 1


@pytest.mark.parametrize("reply", ["not json", '{"order": ["ev_invented"]}', '{"order": 3}', '{"order": ["ev_'])
def test_nonsense_from_the_model_changes_nothing(world, make_host, found, reply):
    first, second = world.cite_edge(world.line), world.cite_text(0, 40)
    world.services._parts["llm"] = ScriptedModel([reply])
    answer = Engine(make_host(a=found(first, second)), world.services, EngineSettings(ordering="model")).ask(Q)
    assert [e.id for e in answer.evidence] == [first.id, second.id]


def test_a_model_that_dies_is_told_and_the_deterministic_order_stands(world, make_host, found):
    first, second = world.cite_edge(world.line), world.cite_text(0, 40)
    world.services._parts["llm"] = ScriptedModel([ModelError("the model's process was killed by SIGKILL")])
    answer = Engine(make_host(a=found(first, second, ranks=(0, 0))), world.services).ask(Q)
    assert answer.status == "partial"
    assert [e.id for e in answer.evidence] == [first.id, second.id]
    assert any("SIGKILL" in w.text for w in answer.warnings)


def test_a_model_that_dies_under_a_task_is_named_although_the_task_goes_on(world, make_host, found):
    def swallows(request, services):
        note_incident("killed by SIGSEGV")  # as `LlamaProcess` does in the thread of the call
        return found(world.cite_edge(world.line))(request, services)

    answer = Engine(make_host(a=swallows), world.services).ask(Q)
    assert answer.status == "partial"
    assert any("SIGSEGV" in w.text for w in answer.warnings)


def test_what_dies_under_one_question_is_named_in_no_other(world, make_host, found):
    both_asked = threading.Barrier(2, timeout=10)

    def one_of_two(request, services):
        both_asked.wait()
        if "tramadol" in request.question.text:
            note_incident("killed by SIGSEGV")
        both_asked.wait()
        return found(world.cite_edge(world.line))(request, services)

    engine = Engine(make_host(a=one_of_two), world.services)
    with ThreadPoolExecutor(2) as pool:
        hit, spared = pool.map(engine.ask, (Q.replace("codeine", "tramadol"), Q))
    assert any("SIGSEGV" in w.text for w in hit.warnings)
    assert not any("SIGSEGV" in w.text for w in spared.warnings)


def test_an_absent_model_is_told(world, make_host, found):
    world.services.fail("llm", ModelError("no GGUF is there"))
    answer = Engine(make_host(a=found(world.cite_edge(world.line))), world.services).ask(Q)
    assert answer.status == "answered"
    assert any("deterministic" in w.text and "no GGUF" in w.text for w in answer.warnings)


def test_names_that_cannot_be_looked_up_make_it_partial(world, make_host, found):
    world.services.fail("terms", StoreError("terms.sqlite is broken"))
    answer = Engine(make_host(a=found(world.cite_text(0, 40))), world.services).ask(Q)
    assert answer.status == "partial"
    assert any("terms.sqlite is broken" in w.text for w in answer.warnings)


@pytest.mark.parametrize(
    ("text", "reason"),
    [("", "empty"), (" \n\t", "empty"), ("x" * 100_000, "100,000 characters"), ("a\0b", "NUL"), ("a\ud800b", "surrogate")],
)
def test_what_is_no_question_is_refused(world, make_host, text, reason):
    with pytest.raises(QuestionError, match=reason):
        Engine(make_host(), world.services).ask(text)


def test_same_inputs_same_answer(world, make_host, found):
    engine = Engine(make_host(a=found(world.cite_edge(world.line))), world.services, clock=world.services.now)
    one, two = (engine.ask(Question(text=Q, id="7")).model_dump(exclude={"consulted", "provenance"}) for _ in range(2))
    assert one == two
    assert one["id"] == "7"


def test_a_recommendation_survives_json(world, make_host, found):
    answer = Engine(make_host(a=found(world.cite_edge(world.line))), world.services).ask(Q)
    assert type(answer).model_validate_json(answer.model_dump_json()) == answer


def test_what_the_limit_cuts_off_is_told(world, make_host, found):
    both = found(world.cite_edge(world.line), world.cite_text(0, 40))
    answer = Engine(make_host(a=both), world.services, EngineSettings(limit=1)).ask(Q)
    assert (len(answer.sentences), len(answer.evidence), answer.status) == (1, 1, "answered")
    assert any("1 more found but not shown" in w.text for w in answer.warnings)


def test_a_retracted_publication_is_told_and_never_the_only_support(world, make_host, found):
    fields = {"retracted": True, "notice": "Retracted: see PMID:99"}
    withdrawn = Passage.of(source_id="hpo", text="Codeine cures the lens.", kind="abstract", fields=fields)
    world.services.vectors.put([withdrawn], world.services.embedder.embed([withdrawn.text]))
    # Whatever a specialist says of it: what the store says counts.
    where = TextSpan(passage_id=withdrawn.id, start=0, end=len(withdrawn.text))
    bad = world.cite_text(0, 40, quote=withdrawn.text, locator=where, source=world.source("hpo"))
    line = world.cite_edge(world.line)
    alone = Engine(make_host(a=found(bad)), world.services).ask(Q)
    assert alone.status == "abstained" and "retracted" in codes(alone)
    assert any("PMID:99" in w.text for w in alone.warnings)
    draft = Draft(text="Codeine cures the lens.", evidence=(bad.id,))
    assert Engine(make_host(a=found(bad, drafts=(draft,))), world.services).ask(Q).sentences == ()
    both = Draft(text="Avoid codeine use.", evidence=(line.id, bad.id))
    beside = Engine(make_host(a=found(line, bad, drafts=(both,))), world.services).ask(Q)
    assert [s.text for s in beside.sentences] == ["Avoid codeine use."]


def test_a_plugins_wording_does_not_displace_the_quote_that_another_shows(world, make_host, found):
    line = world.cite_edge(world.line)
    short = found(line, drafts=(Draft(text="codeine use", evidence=(line.id,)),))
    assert [s.text for s in Engine(make_host(a=short), world.services).ask(Q).sentences] == ["codeine use"]
    answer = Engine(make_host(a=short, b=found(line)), world.services).ask(Q)
    assert [s.text for s in answer.sentences] == [line.quote]


def test_a_draft_cites_only_evidence_of_its_own_result(world):
    line, text = world.cite_edge(world.line), world.cite_text(0, 40)
    with pytest.raises(ValidationError, match="a draft may cite only evidence of its own result"):
        TaskResult.found([text], drafts=[Draft(text="codeine use", evidence=(line.id,))])


def test_whether_a_quote_is_guidance_is_the_stores_to_say(world, make_host, found):
    line, text = world.cite_edge(world.line, kind="abstract"), world.cite_text(0, 40, kind="guideline")
    answer = Engine(make_host(a=found(line, text)), world.services).ask("What is ectopia lentis?")
    assert {e.quote: e.kind for e in answer.evidence} == {line.quote: "guideline", text.quote: "text"}


def test_a_plugin_can_not_speak_in_our_notices(world, make_host, found):
    notices = (Notice.of("conflict", first=1, second=2), Notice(code="b:x", text="another's"), Notice.own("a:x", "mine"))
    answer = Engine(make_host(a=found(world.cite_edge(world.line), notes=notices)), world.services).ask(Q)
    assert [(w.code, w.who) for w in answer.warnings] == [("note", "a"), ("note", "a"), ("a:x", "a")]
