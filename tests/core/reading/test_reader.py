"""Reading as a plugin reaches it: the engine's own, over the services it is handed."""

from __future__ import annotations

from bedside.core import Question, Term
from bedside.core.errors import StoreError
from bedside.core.protocols import Services, TextReader
from bedside.core.reading.reader import read
from bedside.core.testing import MemoryTerms, TestServices

CODEINE = Term(id="RXNORM:2670", kind="drug", name="codeine", source_id="cpic")


def test_it_reads_as_the_engine_does():
    services = TestServices(terms=MemoryTerms([CODEINE]))
    question = Question(text="Can he take codeine?")
    assert isinstance(services.reader, TextReader)
    facts = services.reader.read(question)
    assert facts == read(question, services) and [m.id for m in facts.mentions] == ["RXNORM:2670"]
    assert not facts.lookup_failed


def test_names_that_can_not_be_looked_up_are_no_empty_answer():
    services = TestServices()
    services.fail("terms", StoreError("the index is gone"))
    facts = services.reader.read(Question(text="Can he take codeine?"))
    assert facts.lookup_failed and facts.mentions == ()
    assert "the index is gone" in facts.unread[0]


def test_sentences_and_what_is_asked():
    reader = TestServices().reader
    assert [tuple(span) for span in reader.sentences("Ask Dr. Lee. Then go; or not.")] == [(0, 12), (13, 29)]
    assert len(reader.sentences("Then go; or not.", clauses=True)) == 2
    asked = reader.intents("How is Marfan syndrome treated?")
    assert asked == {"treatment"}
    assert "treat" not in reader.without_asking("How is Marfan syndrome treated?")
    assert reader.speaks_to("It is managed with losartan.", asked) and not reader.speaks_to("It is rare.", asked)


def test_every_service_is_in_the_doubles():
    services = TestServices()
    named = [name for name in vars(Services) if not name.startswith("_")]
    assert {"reader", "search", "graph"} <= set(named)
    assert all(hasattr(services, name) for name in named)
