"""For which people a line holds, and whether the patient of a text or a record is one of them."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest
from bedside.core import Case, CaseText, Concept, Condition, Facts, FhirAddress, PatientContext, Question, Term
from bedside.core.testing import MemoryTerms, TestServices
from bedside.core.types.context import Coding, Procedure
from bedside.plugins.genomics.pgx.age_notes import age_notes
from bedside.plugins.genomics.pgx.medications import of_facts
from bedside.plugins.genomics.pgx.person import Person, person_of
from bedside.plugins.genomics.pgx.populations import fit, population

DRUGS = {
    "carbamazepine": ["Tegretol"],
    "phenytoin": ["Dilantin"],
    "fosphenytoin": [],
    "oxcarbazepine": ["Trileptal"],
    "valproate": [],
    "clopidogrel": ["Plavix"],
    "atomoxetine": ["Strattera"],
    "efavirenz": [],
    "codeine": [],
}


class _Today(TestServices):
    def now(self) -> datetime:
        return datetime(2026, 11, 28, tzinfo=UTC)


@pytest.fixture(scope="module")
def services() -> TestServices:
    terms = [Term(id=f"D:{n}", kind="drug", name=n, synonyms=tuple(s), source_id="x") for n, s in DRUGS.items()]
    terms.append(Term(id="HP:0001297", kind="phenotype", name="Stroke", source_id="hpo"))
    return _Today(terms=MemoryTerms(terms))


def person(text: str, services: TestServices) -> Person:
    return person_of(services.reader.read(Question(text=text)), text, services)


KNOWN = [
    ("general", "", 0),
    (None, "", 0),
    ("n/a", "", 0),
    ("", "", 0),
    ("adults", "adults", 1),
    ("Pediatrics", "children", 1),
    ("child >40kg_adult", "adults and children over 40 kg", 1),
    ("child >35kg_adult", "adults and children over 35 kg", 1),
    ("CVI ACS PCI", "acute coronary syndrome or PCI", 1),
    ("CVI non-ACS non-PCI", "cardiovascular indications without ACS or PCI", 1),
    ("NVI", "neurovascular indications (stroke, TIA)", 1),
    ("CBZ naive", "those who have not taken carbamazepine", 1),
    ("CBZ use >3mos", "those who have taken carbamazepine for more than three months", 1),
    ("CBZ-no alternatives", "those for whom no alternative to carbamazepine is at hand", 2),
    ("PHT naive", "those who have not taken phenytoin", 1),
    ("OXC use >3 mos", "those who have taken oxcarbazepine for more than three months", 1),
    ("Affected subgroup: CYP2C19 poor metabolizers", "", 0),
    ("Affected subgroup: CYP2C19 and/or UGT2B17 poor metabolizers", "", 0),
    ("Pediatrics; Affected subgroup: CYP2C19 intermediate or poor metabolizers", "children", 1),
    ("HLA-B*15:02 allele positive", "", 0),
    ("-1639G>A variant carriers", "", 0),
    ("pregnant women", "pregnant women", 1),
]


@pytest.mark.parametrize(("raw", "words", "conditions"), KNOWN)
def test_each_population_is_said_in_plain_english(raw, words, conditions):
    read = population(raw, "x")
    assert (read.raw, read.words, len(read.conditions)) == (raw or "", words, conditions)


def test_an_unknown_population_is_no_general_line_and_everyone_is_of_the_general_one():
    strange = population("pregnant women", "x")
    assert fit(strange, Person()) == fit(strange, Person(age_years=30.0, is_child=False))
    assert fit(strange, Person()).state == "unknown" and "pregnant women" in fit(strange, Person()).why
    assert fit(population("general", "x"), Person()).state == "yes"


# (text, ACS or PCI, other cardiovascular, neurovascular): y(es), n(o), ? for unknown
INDICATIONS = [
    ("clopidogrel for peripheral artery disease, CYP2C19 RM", "nyn"),
    ("clopidogrel in PAD, CYP2C19 *1/*2", "nyn"),
    ("Plavix for intermittent claudication", "nyn"),
    ("clopidogrel for iliac stenting", "nyn"),
    ("clopidogrel after fem-pop bypass", "nyn"),
    ("clopidogrel, stable angina", "nyn"),
    ("clopidogrel for coronary artery disease", "nyn"),
    ("clopidogrel for non-ACS, PAD", "nyn"),
    ("clopidogrel, PAD, never had a stroke", "nyn"),
    ("clopidogrel for claudication; no MI, no stroke", "nyn"),
    ("clopidogrel after stroke, CYP2C19 PM", "nny"),
    ("clopidogrel for TIA, CYP2C19 IM", "nny"),
    ("post-stroke clopidogrel", "nny"),
    ("clopidogrel for secondary stroke prevention", "nny"),
    ("clopidogrel after a CVA", "nny"),
    ("clopidogrel, history of stroke", "nny"),
    ("had a TIA last week, clopidogrel?", "nny"),
    ("clopidogrel with carotid stent", "nny"),
    ("clopidogrel, intracranial stenosis", "nny"),
    ("clopidogrel for a mini-stroke", "nny"),
    ("clopidogrel for lacunar infarct", "nny"),
    ("clopidogrel after coiling of a brain aneurysm", "nny"),
    ("family history of MI; clopidogrel for TIA", "nny"),
    ("clopidogrel, STEMI with PCI, CYP2C19 IM", "ynn"),
    ("clopidogrel, ACS, CYP2C19 *1/*1", "ynn"),
    ("clopidogrel for NSTEMI", "ynn"),
    ("clopidogrel non-STEMI", "ynn"),
    ("clopidogrel after a heart attack", "ynn"),
    ("clopidogrel, s/p MI", "ynn"),
    ("clopidogrel, unstable angina", "ynn"),
    ("clopidogrel after elective PCI", "ynn"),
    ("Plavix post drug-eluting stent", "ynn"),
    ("clopidogrel, coronary angioplasty last month", "ynn"),
    ("clopidogrel CAD with stent", "ynn"),
    ("patient just had 2 stents put in, plavix", "ynn"),
    ("clopidogrel for NSTE-ACS", "ynn"),
    ("clopidogrel in acute coronary syndrome managed medically, no PCI", "ynn"),
    # both are said
    ("clopidogrel: NSTEMI and ischemic stroke", "yny"),
    ("clopidogrel in PAD after STEMI with PCI", "yyn"),
    ("clopidogrel for PAD and TIA", "nyy"),
    # what is of the past may be what the drug is for
    ("stent 2015, now stroke, clopidogrel?", "?ny"),
    ("clopidogrel, MI in 2010, stable CAD", "???"),
    ("clopidogrel for ACS in a man with prior TIA", "yn?"),
    # nothing is known
    ("clopidogrel, CYP2C19 PM", "???"),
    ("clopidogrel for a nurse on the stroke ward", "???"),
    ("asks the stroke team about clopidogrel", "???"),
    ("clopidogrel, stroke was ruled out", "???"),
    ("clopidogrel; his father had a stroke", "???"),
    ("clopidogrel, rule out MI", "???"),
    ("clopidogrel, suspected TIA", "???"),
    ("clopidogrel, ureteral stent", "???"),
    ("clopidogrel, if he needs PCI?", "???"),
    ("clopidogrel for prevention of MI", "???"),
    ("clopidogrel after heat stroke", "???"),
    ("clopidogrel after CABG", "???"),
    ("clopidogrel, no prior stroke, PAD", "???"),  # the list may be denied as a whole: reading does not guess
]


def letters(text: str, drug: str, populations: tuple[str, ...], services: TestServices) -> str:
    who = person(text, services)
    return "".join({"yes": "y", "no": "n", "unknown": "?"}[fit(population(p, drug), who).state] for p in populations)


@pytest.mark.parametrize(("text", "fits"), INDICATIONS)
def test_the_indication(text, fits, services):
    assert letters(text, "clopidogrel", ("CVI ACS PCI", "CVI non-ACS non-PCI", "NVI"), services) == fits


def test_the_words_of_an_indication_are_said(services):
    who = person("clopidogrel, STEMI and TIA", services)
    assert fit(population("CVI ACS PCI", "clopidogrel"), who).why == "the indication is “STEMI”"
    assert fit(population("NVI", "clopidogrel"), who).why == "the indication is “TIA”"
    assert fit(population("CVI non-ACS non-PCI", "clopidogrel"), who).why == "the indication is “STEMI” and “TIA”"
    assert fit(population("NVI", "clopidogrel"), Person()).why == "the indication is not known"
    assert "not certain" in fit(population("NVI", "clopidogrel"), person("suspected TIA", services)).why


# (text, drug, naive, long)
EXPOSURES = [
    ("Tegretol in a naive patient, HLA-B*15:02 positive", "CBZ", "yn"),
    ("HLA-B*15:02 negative, never had carbamazepine", "CBZ", "yn"),
    ("HLA-B*15:02 positive, never on oxcarbazepine", "OXC", "yn"),
    ("HLA-B*15:02 absent. First-time carbamazepine", "CBZ", "yn"),
    ("oxcarbazepine naive, HLA-B*15:02 positive", "OXC", "yn"),
    ("HLA-B*15:02 positive, phenytoin-naïve", "PHT", "yn"),
    ("has never been on carbamazepine or oxcarbazepine", "OXC", "yn"),
    ("carbamazepine, never taken before", "CBZ", "yn"),
    ("Carbamazepine? He has never had it.", "CBZ", "yn"),
    ("denies ever taking carbamazepine", "CBZ", "yn"),
    ("she hasn't taken carbamazepine before", "CBZ", "yn"),
    ("no prior exposure to phenytoin", "PHT", "yn"),
    ("new to oxcarbazepine", "OXC", "yn"),
    ("carbamazepine for the first time", "CBZ", "yn"),
    ("carbamazepine not taken before", "CBZ", "yn"),
    ("He hasn't ever been on oxcarbazepine", "OXC", "yn"),
    ("not yet on carbamazepine", "CBZ", "yn"),
    ("treatment-naive epilepsy, carbamazepine", "CBZ", "yn"),
    ("carbamazepine-naive, on valproate since 2019", "CBZ", "yn"),
    ("fosphenytoin, never had phenytoin", "PHT", "yn"),
    ("has taken carbamazepine for two years without rash", "CBZ", "ny"),
    ("on carbamazepine since 2019", "CBZ", "ny"),
    ("on carbamazepine since June 2026", "CBZ", "ny"),
    ("Carbamazepine? She has taken it for two years.", "CBZ", "ny"),
    ("has been taking carbamazepine 200 mg twice daily for over three months", "CBZ", "ny"),
    ("long-term carbamazepine", "CBZ", "ny"),
    ("phenytoin since age 6", "PHT", "ny"),
    ("carbamazepine for the last year", "CBZ", "ny"),
    ("carbamazepine x 4 months", "CBZ", "ny"),
    ("5 years on carbamazepine", "CBZ", "ny"),
    ("valproate naive, on carbamazepine for five years", "CBZ", "ny"),
    ("started carbamazepine two years ago", "CBZ", "ny"),
    ("can he continue carbamazepine, which he has taken for 4 years without a rash", "CBZ", "ny"),
    ("two years of phenytoin, no rash", "PHT", "ny"),
    ("on Tegretol for 8 yrs", "CBZ", "ny"),
    ("has been stable on oxcarbazepine for several years", "OXC", "ny"),
    # taken, not for more than three months: of neither group of the guideline, so that the line for naive ones is not hidden
    ("carbamazepine for 6 weeks", "CBZ", "?n"),
    ("on carbamazepine since October 2026", "CBZ", "?n"),
    ("started carbamazepine three weeks ago", "CBZ", "?n"),
    ("has been taking carbamazepine for three months", "CBZ", "?n"),
    # nothing is known
    ("carbamazepine, HLA-B*15:02 positive", "CBZ", "??"),
    ("is on carbamazepine", "CBZ", "??"),
    ("on carbamazepine since this morning", "CBZ", "??"),
    ("epilepsy for two years, start carbamazepine?", "CBZ", "??"),
    ("wants to start carbamazepine for two years", "CBZ", "??"),
    ("stopped carbamazepine two years ago", "CBZ", "??"),
    ("off carbamazepine since 2019", "CBZ", "??"),
    ("father has taken carbamazepine for two years", "CBZ", "??"),
    ("his mother never had carbamazepine", "CBZ", "??"),
    ("not naive to carbamazepine", "CBZ", "??"),
    ("never had a rash on carbamazepine", "CBZ", "??"),
    ("no prior rash with phenytoin", "PHT", "??"),
    ("opioid-naive patient, carbamazepine", "CBZ", "??"),
    ("has not taken carbamazepine for two years", "CBZ", "??"),
    ("not on carbamazepine for two years", "CBZ", "??"),
    ("unclear whether he has ever taken carbamazepine", "CBZ", "??"),
    ("if naive, carbamazepine?", "CBZ", "??"),
    ("carbamazepine-naive according to her, on carbamazepine for two years according to the letter", "CBZ", "??"),
]


@pytest.mark.parametrize(("text", "drug", "fits"), EXPOSURES)
def test_what_was_taken_before(text, drug, fits, services):
    assert letters(text, "carbamazepine", (f"{drug} naive", f"{drug} use >3mos"), services) == fits


def test_a_drug_that_was_never_taken_is_asked_about(services):
    facts = services.reader.read(Question(text="HLA-B*15:02 negative, never had carbamazepine"))
    never = person_of(facts, "HLA-B*15:02 negative, never had carbamazepine", services).exposures
    assert of_facts(facts) == []
    assert [g.name for g in of_facts(facts, never)] == ["carbamazepine"]


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("carbamazepine naive, no alternatives available", "yes"),
        ("carbamazepine-naïve; alternatives have failed", "yes"),
        ("carbamazepine-naive; alternatives are available", "no"),
        ("carbamazepine naive, other agents available", "no"),
        ("carbamazepine naive, no other agents available", "yes"),
        ("carbamazepine-naive", "unknown"),
        ("no alternatives", "unknown"),
        ("has taken carbamazepine for two years, no alternatives", "no"),
    ],
)
def test_when_there_is_no_alternative(text, state, services):
    assert fit(population("CBZ-no alternatives", "carbamazepine"), person(text, services)).state == state


# (text, adults, children, child >40kg_adult)
AGES = [
    ("Strattera for a 34-year-old, CYP2D6 PM", "yny"),
    ("atomoxetine, adult, CYP2D6 *41/*41", "yny"),
    ("atomoxetine for an 18-year-old", "yny"),
    ("atomoxetine for an elderly man", "yny"),
    ("atomoxetine for a man whose son has ADHD", "yny"),
    ("atomoxetine for a woman, Child-Pugh B", "yny"),
    ("atomoxetine for a 17-year-old", "ny?"),
    ("Strattera for a 9-year-old, 30 kg, CYP2D6 PM", "nyn"),
    ("atomoxetine, boy aged 11", "ny?"),
    ("atomoxetine for a teenager", "ny?"),
    ("atomoxetine in children", "ny?"),
    ("atomoxetine, paediatric patient", "ny?"),
    ("efavirenz for a 12 kg toddler, CYP2B6 PM", "nyn"),
    ("efavirenz for an infant", "nyn"),
    ("efavirenz, 2-year-old", "nyn"),
    ("efavirenz for a child of 45 kg", "nyy"),
    ("efavirenz for a child over 40 kg", "nyy"),
    ("efavirenz, child under 40 kg", "nyn"),
    ("efavirenz, 14-year-old, weighs 92 lb", "nyy"),
    ("efavirenz, 14-year-old weighing 30 kg", "nyn"),
    ("efavirenz, 10-year-old, lost 5 kg", "ny?"),
    ("efavirenz, 10-year-old, 600 mg/kg, 41.5 kg", "nyy"),
    ("efavirenz, 10-year-old, 35 kg at one visit, 45 kg at another", "ny?"),
    ("efavirenz, 10-year-old whose sister weighs 45 kg", "ny?"),
    ("atomoxetine, CYP2D6 PM", "???"),
    ("atomoxetine, his child has asthma", "???"),
    ("atomoxetine adult dosing?", "???"),
    ("atomoxetine, ADHD as a child", "???"),
    ("atomoxetine in adults and children", "???"),
]


@pytest.mark.parametrize(("text", "fits"), AGES)
def test_age_and_weight(text, fits, services):
    assert letters(text, "atomoxetine", ("adults", "pediatrics", "child >40kg_adult"), services) == fits


def test_why_by_age(services):
    nine = person("Strattera for a 9-year-old", services)
    assert fit(population("adults", "atomoxetine"), nine).why == "the patient is 9 years old"
    assert "weight is not known" in fit(population("child >40kg_adult", "efavirenz"), nine).why
    assert fit(population("adults", "atomoxetine"), Person()).why == "the age is not known"


def test_age_notes_name_date_and_source(services):
    six = person("codeine for a 6-year-old after tonsillectomy", services)
    notes = age_notes("codeine", six)
    assert any("under 12 years" in n and "2017-04-20" in n and "https://www.fda.gov/" in n for n in notes)
    assert any("tonsils" in n and "2013-02-20" in n for n in notes)
    assert notes[-1] == "the line names no age; the patient is 6 years old: check the label for this age"
    fifteen = age_notes("tramadol", person("tramadol for a 15-year-old", services))
    assert not any("under 12" in n for n in fifteen) and any("obese" in n for n in fifteen)
    assert age_notes("codeine", person("codeine for a 40-year-old man", services)) == []
    assert age_notes("codeine", person("codeine", services)) == []
    [mother] = age_notes("codeine", person("codeine for a breast-feeding woman of 30", services))
    assert "breast-feeding" in mother
    assert age_notes("codeine", person("codeine for a woman, not breastfeeding", services)) == []


def test_a_line_for_an_age_needs_no_note_on_age(services):
    nine = person("Strattera for a 9-year-old", services)
    assert age_notes("atomoxetine", nine, population("pediatrics", "atomoxetine")) == []
    assert len(age_notes("atomoxetine", nine, population("general", "atomoxetine"))) == 1


def of_record(services: TestServices, **known) -> Person:
    return person_of(Facts(patient=PatientContext(**known)), "clopidogrel?", services)


def _at(name: str, code: str = "", **more) -> dict:
    codings = (Coding(system="http://hl7.org/fhir/sid/icd-10-cm", code=code),) if code else ()
    return {"address": FhirAddress(reference="Condition/1"), "concept": Concept(name=name, codings=codings), **more}


@pytest.mark.parametrize(
    ("facts", "fits"),
    [
        ({"conditions": (Condition(**_at("Cerebral infarction", status="active")),)}, "nny"),
        ({"conditions": (Condition(**_at("x", "I63.9", status="active")),)}, "nny"),
        ({"conditions": (Condition(**_at("x", "I21.4", status="active")),)}, "ynn"),
        ({"conditions": (Condition(**_at("x", "I73.9", status="active")),)}, "nyn"),
        ({"conditions": (Condition(**_at("Stroke", status="resolved")),)}, "nny"),
        ({"conditions": (Condition(**_at("Myocardial infarction", status="resolved")),)}, "???"),
        ({"conditions": (Condition(**_at("Family history of stroke", status="active")),)}, "???"),
        ({"conditions": (Condition(**_at("Suspected stroke", status="active")),)}, "???"),
        ({"conditions": (Condition(**_at("x", "I25.10", status="active")),)}, "nyn"),
        ({"conditions": (Condition(**_at("Stroke", status="refuted")),)}, "???"),
        ({"conditions": (Condition(**_at("Stroke", negated=True)),)}, "???"),
        ({"conditions": (Condition(**_at("Stroke", experiencer="relative")),)}, "???"),
        ({"procedures": (Procedure(**_at("Percutaneous coronary intervention", status="completed")),)}, "ynn"),
        ({"procedures": (Procedure(**_at("Percutaneous coronary intervention", status="not-done")),)}, "???"),
    ],
)
def test_coded_records(facts, fits, services):
    who = of_record(services, **facts)
    populations = ("CVI ACS PCI", "CVI non-ACS non-PCI", "NVI")
    states = [fit(population(p, "clopidogrel"), who).state for p in populations]
    assert "".join({"yes": "y", "no": "n", "unknown": "?"}[s] for s in states) == fits


def test_weight_and_age_of_a_record_come_first(services):
    facts = Facts(patient=PatientContext(age_years=12.0, weight_kg=45.0))
    who = person_of(facts, "efavirenz for an adult of 30 kg", services)
    assert (who.is_child, who.weight_kg) == (True, 45.0)


def test_a_note_of_the_case_is_read(services):
    case = Case(texts=(CaseText(origin="note.txt", text="Admitted with stroke."),))
    facts = services.reader.read(Question(text="clopidogrel?", case=case))
    assert fit(population("NVI", "clopidogrel"), person_of(facts, "clopidogrel?", services)).state == "yes"


@pytest.mark.parametrize("piece", ["for two years carbamazepine ", "stroke, ", "30 kg ", "never had ", "a child ", "for "])
def test_time_grows_with_the_text(piece, services):
    def seconds(times: int) -> float:
        text = piece * times
        facts = services.reader.read(Question(text=text))
        start = time.perf_counter()
        person_of(facts, text, services)
        return time.perf_counter() - start

    seconds(50)
    assert seconds(1600) < 12 * max(seconds(400), 0.02)
