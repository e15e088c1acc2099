"""Products, regimens, abbreviations and forms are all their substances; what only looks like one is none."""

from __future__ import annotations

import time

import pytest
from bedside.core.types import reason_of
from bedside.knowledge.terms import SqliteTerms
from bedside.knowledge.terms.product_table import product_table


def drugs(terms: SqliteTerms, text: str) -> set[str]:
    return {m.name for m in terms.find(text).of("drug")}


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Vicodin after dental surgery", "hydrocodone acetaminophen"),
        ("NORCO 5/325 q6h", "hydrocodone acetaminophen"),
        ("lortab elixir", "hydrocodone acetaminophen"),
        ("Percocet 5-325 mg", "oxycodone acetaminophen"),
        ("Tylenol 3", "codeine acetaminophen"),
        ("Tylenol #3 q4h prn", "codeine acetaminophen"),
        ("Tylenol#3 tablets", "codeine acetaminophen"),
        ("Tylenol with codeine No. 3", "codeine acetaminophen"),
        ("Tylenol No.3", "codeine acetaminophen"),
        ("T#3", "codeine acetaminophen"),
        ("rituximab-CHOP", "cyclophosphamide doxorubicin vincristine prednisone rituximab"),
        ("RIF and PZA", "rifampin pyrazinamide"),
        ("Tylenol w/ codeine", "codeine acetaminophen"),
        ("T3s ordered", "codeine acetaminophen"),
        ("Tylenol stopped, T3 started", "codeine acetaminophen"),
        ("co-codamol 30/500", "codeine acetaminophen"),
        ("Panadeine Forte", "codeine acetaminophen"),
        ("Nurofen Plus", "codeine ibuprofen"),
        ("Robitussin AC at night", "codeine guaifenesin"),
        ("Caduet 10/20", "amlodipine atorvastatin"),
        ("Vytorin 10/80", "ezetimibe simvastatin"),
        ("Exforge HCT", "amlodipine valsartan hydrochlorothiazide"),
        ("Lotrel", "amlodipine benazepril"),
        ("Hyzaar", "losartan hydrochlorothiazide"),
        ("Zestoretic 20/12.5", "lisinopril hydrochlorothiazide"),
        ("Janumet XR", "metformin sitagliptin"),
        ("Symbicort", "budesonide formoterol"),
        ("Augmentin", "amoxicillin,clavulanic acid"),
        ("amox/clav", "amoxicillin,clavulanic acid"),
        ("Ultracet", "tramadol acetaminophen"),
        ("Suboxone film", "buprenorphine naloxone"),
        ("Contrave", "naltrexone bupropion"),
        ("Triumeq", "abacavir dolutegravir lamivudine"),
        ("Stribild", "elvitegravir cobicistat emtricitabine tenofovir"),
        ("abacavir, lamivudine, and zidovudine", "abacavir lamivudine zidovudine"),
        ("Teysuno", "tegafur,gimeracil,oxonic acid"),
        ("Lonsurf", "trifluridine tipiracil"),
        ("FOLFOX next week", "leucovorin fluorouracil oxaliplatin"),
        ("mFOLFOX6", "leucovorin fluorouracil oxaliplatin"),
        ("folfirinox", "leucovorin fluorouracil irinotecan oxaliplatin"),
        ("CAPOX", "capecitabine oxaliplatin"),
        ("XELIRI", "capecitabine irinotecan"),
        ("FLOT x 4", "fluorouracil leucovorin oxaliplatin docetaxel"),
        ("FEC, DPYD poor metabolizer", "fluorouracil epirubicin cyclophosphamide"),
        ("R-CHOP cycle 2", "cyclophosphamide doxorubicin vincristine prednisone rituximab"),
        ("CHOP for lymphoma", "cyclophosphamide doxorubicin vincristine prednisone"),
        ("POMP maintenance, TPMT pending", "mercaptopurine vincristine methotrexate prednisone"),
        ("5-FU/LV", "fluorouracil leucovorin"),
        ("5FU", "fluorouracil"),
        ("FK-506", "tacrolimus"),
        ("6MP", "mercaptopurine"),
        ("6-TG", "thioguanine"),
        ("ASA 81 mg", "aspirin"),
        ("APAP", "acetaminophen"),
        ("INH for latent TB", "isoniazid"),
        ("Dilantin", "phenytoin"),
        ("fentanyl patch", "fentanyl"),
        ("Silenor", "doxepin"),
        ("clopidogrel bisulfate 75 mg", "clopidogrel"),
        ("warfarin sodium", "warfarin"),
        ("metoprolol succinate", "metoprolol"),
        ("codeine phosphate", "codeine"),
        # misspelt
        ("Vicoden", "hydrocodone acetaminophen"),
        ("Percoset", "oxycodone acetaminophen"),
        ("Augmentine", "amoxicillin,clavulanic acid"),
    ],
)
def test_a_product_is_all_its_parts(terms: SqliteTerms, text: str, parts: str) -> None:
    assert drugs(terms, text) == set(parts.split("," if "," in parts else " "))


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("Tylenol 3 times a day", {"acetaminophen"}),
        ("Tylenol 2 g daily", {"acetaminophen"}),
        ("Tylenol 3-4 times", {"acetaminophen"}),
        ("Tylenol 3 to 4 x daily", {"acetaminophen"}),
        ("Tylenol 4 hours ago", {"acetaminophen"}),
        ("Tylenol. No 3 tablets", {"acetaminophen"}),
        ("T 3 N 0", set()),
        ("pain in the RIF", set()),
        ("free T3 and T4 normal", set()),
        ("T3 N1 M0 tumour of the colon", set()),
        ("seen at CHOP for lymphoma", set()),
        ("chop the wood", set()),
        ("pork CHOP for lunch", set()),
        ("ASA class 2", set()),
        ("ASA III", set()),
        ("asa", set()),
        ("FEC 80 % of predicted", set()),
        ("the FLAG was up", set()),
        ("inh 2 puffs", set()),
        ("L5-S1 fusion", set()),
        ("S-1 nerve root", set()),
        ("a national epoch", set()),
        ("the geneticist called", set()),
        ("nitrates in the diet", set()),
        ("PATIENT WAS SEEN BY THE CHOP TEAM FOR CANCER OF THE COLON TODAY", set()),
    ],
)
def test_what_only_looks_like_a_product_is_none(terms: SqliteTerms, text: str, read: set[str]) -> None:
    assert drugs(terms, text) == read


@pytest.mark.parametrize("text", ["AZA", "AZT", "MSO4", "CPZ", "TAC", "INH 2 puffs"])
def test_what_could_be_two_drugs_is_reported_and_not_guessed(terms: SqliteTerms, text: str) -> None:
    facts = terms.find(f"{text} daily")
    assert not facts.of("drug")
    assert "terms.ambiguous-abbreviation" in {found.code for why in facts.unread if (found := reason_of(why))}


def test_a_number_that_may_count_tablets_is_reported(terms: SqliteTerms) -> None:
    facts = terms.find("Tylenol 3 tablets")
    assert [m.name for m in facts.of("drug")] == ["acetaminophen"]
    assert "acetaminophen + codeine" in "".join(facts.unread)


def test_an_abbreviation_that_has_been_mistaken_is_reported(terms: SqliteTerms) -> None:
    (found,) = terms.find("MTX weekly").of("drug")
    assert (found.name, found.how) == ("methotrexate", "fuzzy")


def test_each_part_stands_where_the_product_does(terms: SqliteTerms) -> None:
    text = "She was given Vicodin, not Percocet."
    found = terms.find(text).mentions
    assert {(m.text, m.negated) for m in found} == {("Vicodin", False), ("Percocet", True)}
    assert all(text[m.start : m.end] == m.text for m in found) and len(found) == 4


def test_a_combination_that_cpic_lists_stays_beside_its_parts(terms: SqliteTerms) -> None:
    for text in ("Bactrim DS", "co-trimoxazole", "TMP-SMX", "sulfamethoxazole / trimethoprim"):
        assert {m.id for m in terms.find(text).of("drug")} >= {"RXNORM:10831", "DRUGBANK:DB01015", "DRUGBANK:DB00440"}


def test_every_part_of_the_table_is_a_drug_of_the_index(terms: SqliteTerms) -> None:
    listed = [one for ones in product_table().names.values() for one in ones if one.kind != "unclear"]
    assert len(listed) > 1000
    parts = {part for one in listed for part in one.parts}
    assert {part for part in parts if not terms.find(part).of("drug")} == set()


def test_no_name_of_any_case_is_an_ordinary_word_or_another_thing(terms: SqliteTerms) -> None:
    table = product_table()
    free = [key for key, ones in table.names.items() if any(not one.as_written for one in ones)]
    assert terms.rows("SELECT word FROM words WHERE word IN (?)", free) == []
    sql = "SELECT keys.key FROM keys JOIN terms ON terms.row = keys.row WHERE terms.kind != 'drug' AND keys.key IN (?)"
    assert terms.rows(sql, free) == []


def test_no_name_is_listed_twice_without_a_cue() -> None:
    for key, ones in product_table().names.items():
        assert len([one for one in ones if not one.cues]) <= 1, key


@pytest.mark.parametrize(
    "piece", ["Vicodin ", "Tylenol 3 ", "take Zelvora, ", "CHOP w{} ", "Tylenol no ", "codeine and ", "-a"]
)
def test_hostile_texts_take_linear_time(terms: SqliteTerms, piece: str) -> None:
    def seconds(length: int) -> float:
        text = "".join(piece.format(i) for i in range(length // len(piece)))
        best = []
        for _ in range(2):
            start = time.perf_counter()
            terms.find(text)
            best.append(time.perf_counter() - start)
        return min(best)

    seconds(1_000)
    assert seconds(100_000) < 20 * max(seconds(20_000), 0.02)
