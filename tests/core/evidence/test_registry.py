"""Addresses of a plugin's own: read again by its resolver, behind a guard, and never a pass where that fails."""

from __future__ import annotations

import threading

import pytest
from bedside.core import CustomLocator, Engine, Evidence, Facts, GraphPath, PluginHost, Question, hookimpl
from bedside.core.engine.verify import verify_evidence
from bedside.core.errors import PluginError, StoreError
from bedside.core.evidence.registry import LocatorKind, Resolved, Unresolved
from bedside.core.types import Source, SourceInfo

CURVE = "The curve is flat at the end. It is not flat at the start."


class Lung:
    """A plugin with a kind of address: a stretch of a curve."""

    def __init__(self, resolve) -> None:
        self._kind = LocatorKind("lung:curve", resolve)

    @hookimpl
    def bedside_case_kinds(self):
        return [self._kind]


def host_with(resolve) -> PluginHost:
    host = PluginHost()
    host.register(Lung(resolve), "lung")
    return host


def stretch(start: int = 0, end: int = 29, **more) -> Evidence:
    where = CustomLocator(kind="lung:curve", file="a.csv", where={"start": start, "end": end})
    return Evidence.of(**{"kind": "curve", "quote": CURVE[start:end], "source": "case", "locator": where, **more})


def honest(locators, context):
    source = Source(id="case", title="a.csv", version="device 7", licence="patient data")
    return [
        Resolved(
            CURVE[w.where["start"] : w.where["end"]],
            source,
            strength="good effort",
            whole=CURVE,
            start=w.where["start"],
        )
        for w in locators
    ]


def why(world, proposal, resolve) -> str:
    checked = world.verify([proposal], host=host_with(resolve))
    return checked.dropped.get(proposal.id, "")


def test_it_round_trips_and_is_cited_like_any_other(world):
    proposal = Evidence.model_validate_json(stretch().model_dump_json())
    assert proposal == stretch()
    item = world.verify([proposal], host=host_with(honest)).kept[proposal.id]
    assert (item.source.title, item.source.version, item.strength) == ("a.csv", "device 7", "good effort")


def test_without_its_plugin_nothing_can_read_it(world):
    assert "nothing here can read a lung:curve locator" in world.verify([stretch()]).dropped[stretch().id]


def test_the_rules_for_quotes_hold_for_it_too(world):
    assert "not verbatim" in why(world, stretch(quote="The curve is steep at the end"), honest)
    assert "source" in why(world, stretch(source="lung"), honest)
    assert "cut out of a sentence" in why(world, stretch(start=0, end=17), honest)


@pytest.mark.parametrize(
    "raised",
    [ValueError("secret"), SystemExit(3), KeyboardInterrupt("secret"), GeneratorExit(), type("Own", (BaseException,), {})()],
)
def test_a_resolver_that_raises_is_a_fault_that_quotes_nothing(world, raised):
    def resolve(locators, context):
        raise raised

    reason = why(world, stretch(), resolve)
    assert "fault of the plugin" in reason and type(raised).__name__ in reason and "secret" not in reason


def test_a_store_that_is_gone_is_reported_as_such(world):
    def resolve(locators, context):
        raise StoreError("the device's file is gone")

    checked = world.verify([stretch()], host=host_with(resolve))
    assert "could not be read again" in checked.dropped[stretch().id]
    assert list(checked.unreachable) == ["lung:curve"]


@pytest.mark.parametrize(
    "answer",
    [
        [],
        None,
        "ab",
        [True],
        [{"quote": CURVE}],
        [Unresolved("no"), Unresolved("no")],
        [Unresolved(None)],
        [Resolved(CURVE, "case")],
        [Resolved(None, Source(id="case"))],
        [Resolved(CURVE[:29], Source(id="case"), whole=CURVE, start="0")],
        [Resolved(type("Text", (str,), {"__ne__": lambda self, other: False})("x"), Source(id="case"))],
    ],
)
def test_a_resolver_that_does_not_answer_is_no_pass(world, answer):
    reason = why(world, stretch(), lambda locators, context: answer)
    assert "the resolver of lung:curve" in reason and "fault of the plugin" in reason


def test_one_locator_that_breaks_it_takes_no_other_with_it(world):
    def resolve(locators, context):
        if any(w.where["start"] == 30 for w in locators):
            raise ValueError
        return honest(locators, context)

    good, bad = stretch(), stretch(30, 58)
    checked = world.verify([good, bad], host=host_with(resolve))
    assert list(checked.kept) == [good.id] and list(checked.dropped) == [bad.id]


def test_each_kind_is_asked_once_and_in_order(world):
    asked = []

    def resolve(locators, context):
        asked.append([w.where["start"] for w in locators])
        return honest(locators, context)

    proposals = [stretch(), world.cite_edge(world.line), stretch(30, 58)]
    checked = world.verify(proposals, host=host_with(resolve))
    assert asked == [[0, 30]]
    assert list(checked.kept) == [p.id for p in proposals]
    assert isinstance(checked.kept[proposals[1].id].locator, GraphPath)


def test_a_resolver_without_end_is_given_up(world, monkeypatch):
    from bedside.core import plugin_code

    monkeypatch.setattr(plugin_code, "MAX_WAIT_S", 0.05)
    held = threading.Event()
    assert "gave no answer within 0.05 s" in why(world, stretch(), lambda locators, context: held.wait(30))
    held.set()


def named(source: Source):
    return lambda locators, context: [Resolved(CURVE[:29], source) for _ in locators]


@pytest.mark.parametrize("id_", ["cpic", "hpo", "genomics", "lungs", "bedside"])
def test_a_resolver_speaks_for_no_source_of_others(world, id_):
    """The quote is its own; that CPIC said it is not."""
    reason = why(world, stretch(source=id_), named(Source(id=id_, title="CPIC guidelines")))
    assert "a source that is not its plugin's" in reason


@pytest.mark.parametrize("id_", ["lung", "lung-guidelines", "lung.device"])
def test_of_its_own_it_does(world, id_):
    proposal = stretch(source=id_)
    item = world.verify([proposal], host=host_with(named(Source(id=id_, title="Mine")))).kept[proposal.id]
    assert item.source == Source(id=id_, title="Mine")


def test_of_a_source_that_is_loaded_the_catalogue_has_the_word(world):
    world.services.sources.put(SourceInfo(id="lung-guidelines", title="As loaded", version="3", licence="CC0"))
    proposal = stretch(source="lung-guidelines")
    forged = Source(id="lung-guidelines", title="NEJM", version="9", licence="mine", url="https://lung.example")
    item = world.verify([proposal], host=host_with(named(forged))).kept[proposal.id]
    assert (item.source.title, item.source.version, item.source.licence) == ("As loaded", "3", "CC0")
    assert item.source.url == "https://lung.example"


@pytest.mark.parametrize(("file", "title"), [("a.csv", "a.csv"), ("", "lung: CPIC guidelines")])
def test_a_file_of_the_case_is_called_by_its_name_there(world, file, title):
    where = CustomLocator(kind="lung:curve", file=file)
    proposal = Evidence.of(kind="curve", quote=CURVE[:29], source="case", locator=where)
    host = host_with(named(Source(id="case", title="CPIC guidelines")))
    assert world.verify([proposal], host=host).kept[proposal.id].source.title == title


def test_a_resolver_that_asks_for_itself_comes_to_an_end(world):
    before = threading.active_count()
    assert "without end" in why(world, stretch(), lambda locators, context: context.resolve(list(locators)))
    assert threading.active_count() <= before + 1


def test_a_catalogue_that_cannot_be_read_is_no_pass(world):
    world.services.fail("sources", StoreError("the catalogue is gone"))
    found = [Resolved(CURVE, Source(id="lung", title="CPIC guideline"))]
    checked = world.verify([stretch(end=len(CURVE), source="lung")], host=host_with(lambda locators, context: found))
    assert not checked.kept and checked.unreachable == {"sources": "the catalogue is gone"}


def test_a_file_of_the_case_has_no_web_address_and_no_publications(world):
    source = Source(id="case", title="CPIC guideline", url="https://cpicpgx.org", references=("PMID:1",))
    [item] = world.verify([stretch(end=len(CURVE))], host=host_with(lambda *_: [Resolved(CURVE, source)])).kept.values()
    assert (item.source.title, item.source.url, item.source.references) == ("a.csv", "", ())


def forger(name: str, source_id: str, reserved=()) -> PluginHost:
    class Forger:
        @hookimpl
        def bedside_case_kinds(self):
            found = Resolved(CURVE, Source(id=source_id), strength="level A")
            return [LocatorKind(f"{name}:curve", lambda locators, context: [found for _ in locators])]

    host = PluginHost(reserved=reserved)
    host.register(Forger(), name)
    return host


def test_a_plugin_can_not_take_the_name_of_a_source_that_comes_with_bedside():
    with pytest.raises(PluginError, match="that of a source that comes with Bedside"):
        forger("cpic", "cpic", reserved=("cpic", "hpo-annotations"))


@pytest.mark.parametrize(("source_id", "kept"), [("hpo-annotations", False), ("hpo-mine", True), ("cpic", False)])
def test_a_resolver_can_not_quote_a_source_whose_id_only_begins_like_its_plugin(world, source_id, kept):
    host = forger("hpo", source_id, reserved=("hpo-annotations", "cpic"))
    where = CustomLocator(kind="hpo:curve", file="a.csv")
    forged = Evidence.of(kind="guideline", quote=CURVE, source=source_id, locator=where)
    facts, question = Facts(), Question(text="a question")
    engine = Engine(host, world.services)
    checked = verify_evidence([forged], question, facts, world.services, engine._resolvers)
    assert bool(checked.kept) == kept
    assert kept or "not its plugin's" in checked.dropped[forged.id]
