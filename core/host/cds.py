"""CDS services, checked when they are registered: an EHR would meet the fault of one only at the bedside."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from difflib import get_close_matches

from ..plugin_code import type_name
from .registered import CdsService

HOOKS = (
    "allergyintolerance-create",
    "appointment-book",
    "encounter-discharge",
    "encounter-start",
    "medication-refill",
    "order-dispatch",
    "order-select",
    "order-sign",
    "patient-view",
    "problem-list-item-create",
)
"""The hooks that the CDS Hooks library defines. Another is named by reverse domain: `org.example.noun-verb`."""
_OWN_HOOK = re.compile(r"[a-z][a-z0-9-]*(\.[a-z0-9][a-z0-9-]*){2,}")
_ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,63}")
_TOKEN = re.compile(r"context(\.[A-Za-z][A-Za-z0-9_]*)+|user(Practitioner|PractitionerRole|Patient|RelatedPerson)Id")
_QUERY = re.compile(r"[A-Z][A-Za-z]+([/?].*)?|\{\{context\.[A-Za-z]+\}\}", re.DOTALL)


def cds_problem(service: CdsService, tasks: Collection[str]) -> str:
    """The first thing wrong with a service, in words; empty when it is well-formed. `tasks` are those of its plugin."""
    for name in ("id", "hook", "title", "description", "task"):
        value = getattr(service, name)
        if type(value) is not str:
            return f"{name} is {type_name(value)}, not text"
    if not _ID.fullmatch(service.id):
        return "its id is not made of a-z, 0-9, '.', '_' and '-' (at most 64)"
    if service.hook not in HOOKS and not _OWN_HOOK.fullmatch(service.hook):
        near = get_close_matches(service.hook, HOOKS, n=1)
        did = f"did you mean {near[0]!r}?" if near else "one of your own is named by reverse domain: org.example.noun-verb"
        return f"there is no hook {service.hook!r} in CDS Hooks; {did}"
    if not service.description.strip():
        return "description is missing: an EHR shows it where services are chosen"
    if service.task not in tasks:
        near = get_close_matches(service.task, tasks, n=1)
        return f"the plugin has no task {service.task!r}" + (f"; did you mean {near[0]!r}?" if near else "")
    if not isinstance(service.prefetch, Mapping):
        return f"prefetch is {type_name(service.prefetch)}, not a mapping of templates by name"
    return next((f"prefetch {key!r}: {wrong}" for key, t in service.prefetch.items() if (wrong := _problem(key, t))), "")


def _problem(key: object, template: object) -> str:
    if type(key) is not str or not _KEY.fullmatch(key):
        return "the name is not made of letters, digits, '_' and '-'"
    if type(template) is not str:
        return f"the template is {type_name(template)}, not text"
    rest = template
    for token in re.findall(r"\{\{(.*?)\}\}", template):
        if not _TOKEN.fullmatch(token.strip()):
            return f"{{{{{token}}}}} is no placeholder: {{{{context.patientId}}}} is one"
        rest = rest.replace("{{" + token + "}}", "", 1)
    if "{" in rest or "}" in rest:
        return "a brace is left over: a placeholder is written {{context.patientId}}"
    if not _QUERY.fullmatch(template):
        return "it is no FHIR read or search relative to the server, such as Patient/{{context.patientId}}"
    return ""
