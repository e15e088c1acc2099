"""The fifth hook: what it may register, and that a malformed object makes its plugin fail with a reason."""

from __future__ import annotations

import pytest
from bedside.core import PluginHost, hookimpl
from bedside.core.errors import PluginError
from bedside.core.evidence.case_kinds import BUILT_IN, CaseKind
from bedside.core.evidence.computed import Computed, ComputedFunction
from bedside.core.evidence.registry import LocatorKind
from bedside.core.host import PluginCandidate


class Plugin:
    def __init__(self, *items) -> None:
        self.items = list(items)

    @hookimpl
    def bedside_case_kinds(self):
        return self.items


def curve(**change) -> CaseKind:
    given = {"kind": "lung:csv", "what": "spirometry (CSV)", "recognises": lambda name, head: True, "offers": "lung:curve"}
    return CaseKind(**{**given, **change})


def address(**change) -> LocatorKind:
    return LocatorKind(**{"kind": "lung:curve", "resolve": lambda locators, context: [], **change})


def function(**change) -> ComputedFunction:
    given = {"name": "lung.ratio", "version": "1", "title": "FEV1/FVC", "run": lambda values: Computed(1.0, "It is 1.0.")}
    return ComputedFunction(**{**given, **change})


def loaded(*items, name: str = "lung") -> PluginHost:
    host = PluginHost()
    host.register(Plugin(*items), name)
    return host


def test_all_three_are_registered():
    host = loaded(curve(), address(), function())
    assert [k.kind for k in host.case_kinds] == ["lung:csv"]
    assert [k.kind for k in host.locator_kinds] == ["lung:curve"]
    assert [f.name for f in host.functions] == ["lung.ratio"]


BAD = {
    "a built-in kind of file": (curve(kind="VCF"), "lung:kind"),
    "a built-in address": (address(kind="text"), "lung:kind"),
    "the address that genomics brings": (address(kind="vcf"), "lung:kind"),
    "another's kind": (curve(kind="heart:csv"), "lung:kind"),
    "another's address": (address(kind="heart:curve"), "lung:kind"),
    "another's function": (function(name="heart.ratio"), "lung.ratio"),
    "a name that begins alike": (curve(kind="lungs:csv"), "lung:kind"),
    "capitals": (curve(kind="lung:CSV"), "lung:kind"),
    "nothing behind the colon": (curve(kind="lung:"), "lung:kind"),
    "a name that is no text": (curve(kind=3), "not text"),
    "nothing for people": (curve(what=" "), "what such a file is"),
    "no function to recognise": (curve(recognises="csv"), "must be functions"),
    "no function to check": (curve(check="csv"), "must be functions"),
    "an offer of a drug": (curve(offers="drug"), "offers must be one of vcf, image"),
    "an offer of text": (curve(offers="text"), "offers must be"),
    "an offer for another": (curve(offers="heart:curve"), "offers must be"),
    "an offer of nothing": (curve(offers=None), "offers must be"),
    "no resolver": (address(resolve=None), "resolve is no function"),
    "no version": (function(version=""), "version and title"),
    "no title": (function(title=None), "version and title"),
    "nothing to run": (function(run=None), "run is no function"),
    "another object": ("lung:csv", "must return CaseKind or LocatorKind or ComputedFunction objects, but one is str"),
}


@pytest.mark.parametrize("what", BAD)
def test_a_malformed_one_makes_the_plugin_fail_and_leaves_nothing_behind(what):
    item, reason = BAD[what]
    host = PluginHost()
    with pytest.raises(PluginError, match=reason.replace("(", r"\(")):
        host.register(Plugin(address(), item), "lung")
    assert (host.case_kinds, host.locator_kinds, host.functions) == ((), (), ())


@pytest.mark.parametrize("make", [curve, address, function])
def test_a_name_is_there_once(make):
    with pytest.raises(PluginError, match="already registered"):
        loaded(make(), make())


def test_a_dict_is_no_list():
    class Wrong:
        @hookimpl
        def bedside_case_kinds(self):
            return {"lung:csv": curve()}

    with pytest.raises(PluginError, match="must return a list of"):
        PluginHost().register(Wrong(), "lung")


def test_a_stranger_does_not_get_a_bundled_name(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "fake_genomics.py").write_text(
        "from bedside.core import LocatorKind, hookimpl\n"
        "@hookimpl\ndef bedside_case_kinds():\n    return [LocatorKind('vcf', lambda l, c: [])]\n"
    )
    stranger = PluginCandidate(name="genomics", module="fake_genomics", distribution="stranger", version="1")
    host = PluginHost.load(candidates=[stranger])
    assert [i.status for i in host.plugins] == ["failed"]
    assert host.locator_kinds == ()


def test_genomics_brings_the_resolver_of_vcf_records_through_the_same_hook():
    assert "vcf" in [kind.kind for kind in PluginHost.load().locator_kinds]
    assert "vcf" not in [kind.kind for kind in PluginHost.load(deny=["genomics"]).locator_kinds]


def test_bedsides_own_kinds_are_of_the_same_type():
    assert {(k.kind, k.offers) for k in BUILT_IN} == {
        *((name, "vcf") for name in ("VCF", "BCF")),
        *((name, "image") for name in ("DICOM", "NIfTI", "PNG", "JPEG")),
    }
