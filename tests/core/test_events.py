"""`run` yields typed events as they happen; `ask` folds them."""

import time

import pytest
from bedside.core import CancelToken, Engine, TaskResult
from bedside.core.errors import QuestionError
from bedside.core.types import Event, Notice
from bedside.core.types.notice import NOTICES
from pydantic import TypeAdapter

Q = "Can a CYP2D6 ultrarapid metabolizer take codeine?"


def test_the_events_of_an_answer_in_their_order_and_as_json(world, make_host, found):
    engine = Engine(make_host(a=found(world.cite_edge(world.line))), world.services)
    events = list(engine.run(Q))
    assert [e.type for e in events] == ["read", "planned", "consulting", "consulted", "sentence", "answered"]
    answer = events[-1].recommendation
    assert events[4].sentence == answer.sentences[0]
    assert events[4].evidence == answer.evidence
    assert events[3].consultation == answer.consulted[0]
    one = TypeAdapter(Event)
    assert [one.validate_json(one.dump_json(e)) for e in events] == events


def test_events_come_while_a_task_is_at_work(world, make_host):
    def slow(request, services):
        time.sleep(0.5)
        return TaskResult.none("books")

    seen = {}
    started = time.monotonic()
    for event in Engine(make_host(a=slow), world.services).run(Q):
        seen.setdefault(event.type, time.monotonic() - started)
    assert seen["consulting"] < 0.4 < seen["consulted"]


def test_a_bad_question_is_refused_before_the_first_event(world, make_host):
    with pytest.raises(QuestionError, match="empty"):
        Engine(make_host(), world.services).run(" ")


def test_a_cancelled_question_ends_with_what_is_there(world, make_host, found):
    cancel = CancelToken()

    def stuck(request, services):
        cancel.cancel()
        time.sleep(3)
        return TaskResult.none("books")

    started = time.monotonic()
    answer = Engine(make_host(a=stuck), world.services).ask(Q, cancel=cancel)
    assert time.monotonic() - started < 2
    assert answer.status == "abstained"
    assert "cancelled" in {w.code for w in answer.warnings}


def test_every_notice_code_has_a_meaning_and_words_for_all_its_parameters():
    for kind in NOTICES.values():
        assert kind.meaning
        notice = Notice.of(kind.code, **{name: "x" for name in kind.parameters})
        assert "{" not in notice.text
        assert set(notice.params) == set(kind.parameters)


def test_a_notice_with_an_unknown_code_or_wrong_parameters_is_refused():
    with pytest.raises(ValueError, match="no notice"):
        Notice.of("no-such-code")
    with pytest.raises(ValueError, match="has the parameters reason"):
        Notice.of("unread", text="x")
    with pytest.raises(ValueError, match="plugin:code"):
        Notice.own("unread", "pretends to be ours")


def test_a_plugin_s_own_notice_carries_its_name_and_can_make_an_answer_partial(world, make_host, found):
    mine = Notice.own("a:short-sequence", "the sequence has 12 bases", bases=12)
    engine = Engine(make_host(a=found(world.cite_edge(world.line), problems=(mine,))), world.services)
    answer = engine.ask(Q)
    [shown] = [w for w in answer.warnings if w.code == "a:short-sequence"]
    assert (shown.who, shown.params, answer.status) == ("a", {"bases": 12}, "partial")
