"""The spirometry plugin: recognised by its bytes, refused when broken, computed from rows that are read again."""

from __future__ import annotations

import gzip
import importlib
import math
from pathlib import Path

import pytest
from bedside.core import CaseError, Computation, CustomLocator, Engine, Evidence, Question
from bedside.core.testing import TestServices, check_plugin
from bedside.integrations.case_files import read_case

FVC, TAU, DELAY = 4.0, 1.1, 0.1


def blow(*, bronchodilator: str = "post", seconds: float = 6.0, fvc: float = FVC, tau: float = TAU) -> str:
    """An expiration whose volume rises as fvc·(1 − e^(−t/τ)) after a delay."""
    remark = f"# bronchodilator: {bronchodilator}\n" if bronchodilator else ""
    times = [k / 100 for k in range(int(seconds * 100) + 1)]
    rows = [f"{t:.2f},{max(0.0, fvc * (1 - math.exp(-(t - DELAY) / tau))):.4f}" for t in times]
    return "\n".join(["# spirometry: forced expiration", f"{remark}time (s),volume (L)", *rows, ""])


@pytest.fixture
def written(tmp_path):
    def write(text: str, name: str = "blow.csv") -> Path:
        path = tmp_path / name
        path.write_text(text)
        return path

    return write


@pytest.fixture
def ask(host_of):
    def answer(path: Path):
        host = host_of("spirometry")
        case = read_case([path], host.case_kinds)
        return Engine(host, TestServices()).ask(Question(text="How is the lung function?", case=case))

    return answer


def test_the_values_are_those_of_the_curve(ask, written):
    """By the formula of the curve: the tangent over 80 ms meets zero a little before the delay ends."""
    answer = ask(written(blow()))
    assert answer.status == "answered", answer.warnings
    rise = FVC * (1 - math.exp(-0.08 / TAU))
    assert rise / 0.08 == pytest.approx(FVC / TAU, rel=0.05)
    fev1, fvc = FVC * (1 - math.exp(-1 / TAU)), FVC * (1 - math.exp(-(6 - DELAY) / TAU))
    [result] = [e for e in answer.evidence if isinstance(e.locator, Computation)]
    assert result.locator.output == pytest.approx(fev1 / fvc, abs=0.002)
    assert result.quote.startswith(f"FEV1 {fev1:.2f} L, FVC {fvc:.2f} L, FEV1/FVC 0.6")
    assert "after a bronchodilator, it is below 0.70" in result.quote
    [table, figure] = answer.blocks
    assert [row.cells[1] for row in table.rows] == [f"{fev1:.2f}", f"{fvc:.2f}", f"{result.locator.output:.3f}"]
    assert figure.media_type == "image/svg+xml"
    assert b"<polyline" in figure.content
    assert len(answer.sentences) == 1


@pytest.mark.parametrize(
    ("bronchodilator", "tau", "said"),
    [
        ("post", 0.4, "after a bronchodilator, it is not below 0.70"),
        ("pre", 1.1, "Recorded before a bronchodilator: whether it is below 0.70"),
        ("", 1.1, "Whether after a bronchodilator, is not stated"),
    ],
)
def test_the_criterion_is_applied_only_after_a_bronchodilator(ask, written, bronchodilator, tau, said):
    answer = ask(written(blow(bronchodilator=bronchodilator, tau=tau)))
    assert answer.status == "answered", answer.warnings
    assert said in answer.sentences[0].text


def test_a_region_is_read_again(ask, written):
    path = written(blow())
    [region] = [e for e in ask(path).evidence if isinstance(e.locator, CustomLocator)]
    assert region.locator.kind == "spirometry:region"
    assert region.quote.split("; ")[1] == path.read_text().splitlines()[3 + region.locator.where["every"]]
    assert region.source.title == "blow.csv"


BROKEN = {
    "no column 'volume'": "# spirometry\ntime (s),flow (L/s)\n0,0\n",
    "no column 'time'": "# spirometry\nvolume (L)\n0\n",
    "another unit or none": "time,volume\n0,0\n1,1\n",
    "'volume' has another unit": "time (s),volume (mL)\n0,0\n1,1\n",
    "line 5: volume (L) is no plain number": "# spirometry\ntime (s),volume (L)\n0,0\n0.1,1\n0.2,NaN\n",
    "line 3: time (s) is no plain number": "# spirometry\ntime (s),volume (L)\n,0\n",
    "has 3 cells, not 2": "time (s),volume (L)\n0,0,7\n",
    "time does not go on": "time (s),volume (L)\n0,0\n1,1\n1,2\n",
    "fewer than three rows": "time (s),volume (L)\n0,0\n1,1\n",
    "no expiration": "time (s),volume (L)\n0,3\n1,3\n2,3\n",
    "does not reach": blow(seconds=0.9),
    "neither pre nor post": blow(bronchodilator="perhaps"),
}


@pytest.mark.parametrize("why", BROKEN)
def test_a_broken_file_is_refused_with_its_reason(host_of, written, why):
    with pytest.raises(CaseError) as error:
        read_case([written(BROKEN[why])], host_of("spirometry").case_kinds)
    assert why in error.value.message
    assert "NaN" not in error.value.message and "perhaps" not in error.value.message


def test_the_bytes_decide_what_it_is(host_of, written, tmp_path):
    kinds = host_of("spirometry").case_kinds
    assert read_case([written(blow(), "a.dat")], kinds).files[0].kind == "spirometry:csv"
    packed = tmp_path / "blow.csv.gz"
    packed.write_bytes(gzip.compress(blow().encode()))
    assert read_case([packed], kinds).files[0].kind == "spirometry:csv"
    with pytest.raises(CaseError, match="not a kind of file"):
        read_case([written("a,b\n1,2\n", "spirometry.csv")], kinds)


def dropped(answer) -> str:
    assert answer.status == "abstained"
    assert answer.evidence == answer.blocks == ()
    return " ".join(w.text for w in answer.warnings if w.code == "dropped")


def test_a_file_changed_between_reading_and_verifying_is_dropped(ask, written, monkeypatch):
    path = written(blow())
    module = importlib.import_module("bedside_spirometry")
    true = module.run

    def run(request, services):
        result = true(request, services)
        path.write_text(blow(fvc=5.0))
        return result

    monkeypatch.setattr(module, "run", run)
    said = dropped(ask(path))
    assert "is not the value that was read at its address" in said
    assert "not verbatim at the address" in said


@pytest.mark.parametrize("what", ["output", "value", "row", "remark", "quote"])
def test_what_is_forged_is_dropped(ask, written, monkeypatch, what):
    module = importlib.import_module("bedside_spirometry")
    true = module.run

    def run(request, services):
        item = true(request, services).evidence[0]
        inputs = {one.name: one for one in item.locator.inputs}
        output, quote = item.locator.output, item.quote
        if what == "output":
            output = 0.9
        elif what == "quote":
            quote = quote.replace("below", "above")
        elif what == "value":
            inputs["highest: volume (L)"] = inputs["highest: volume (L)"].model_copy(update={"value": 2.5})
        elif what == "remark":
            inputs["bronchodilator"] = inputs["bronchodilator"].model_copy(update={"value": "pre"})
        else:  # another row is called the highest, with its own true value
            where = inputs["after 1 s: volume (L)"].address.where | {"landmark": "highest"}
            other = inputs["after 1 s: volume (L)"]
            inputs["highest: volume (L)"] = other.model_copy(
                update={"name": "highest: volume (L)", "address": other.address.model_copy(update={"where": where})}
            )
        if what in ("value", "row", "remark"):  # honestly computed from what is forged
            again = module.ratio({name: one.value for name, one in inputs.items()})
            output, quote = again.output, again.sentence
        locator = item.locator.model_copy(update={"inputs": tuple(inputs.values()), "output": output})
        lie = Evidence.of(kind=item.kind, quote=quote, source="spirometry", locator=locator)
        return module.TaskResult.found([lie])

    monkeypatch.setattr(module, "run", run)
    said = dropped(ask(written(blow())))
    expected = {
        "output": "another result", "value": "not the value that was read", "row": "not the one called highest",
        "remark": "bronchodilator is not the value", "quote": "not verbatim",
    }  # fmt: skip
    assert expected[what] in said


def test_it_keeps_the_contract(host_of):
    report = check_plugin("spirometry", host_of("spirometry"))
    assert report.ok, report.problems
