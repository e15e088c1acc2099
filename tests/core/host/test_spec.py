"""A plugin says which API it was written for, and gets its settings as its own model."""

import pytest
from bedside.core import Engine, PluginHost, PluginSpec, Task, TaskResult, hookimpl
from bedside.core.errors import PluginError
from bedside.core.host import API_VERSION
from pydantic import BaseModel, ConfigDict, field_validator


class Settings(BaseModel):
    model_config = ConfigDict(extra="forbid")
    most: int = 5


def plugin(seen, spec=None):
    class Mine:
        bedside_plugin = spec

        @hookimpl
        def bedside_tasks(self):
            def run(request, services):
                seen.append(request.settings)
                return TaskResult.none("books")

            return [Task(name="mine.look", description="d", run=run, always=True)]

    return Mine()


def host(spec, seen=None, **section):
    made = PluginHost(settings={"mine": section} if section else {})
    made.register(plugin([] if seen is None else seen, spec), "mine")
    return made


@pytest.mark.parametrize("model", [Settings, lambda: Settings])
def test_settings_reach_the_task_as_the_plugin_s_model(world, model):
    seen = []
    spec = PluginSpec(api=API_VERSION, settings=model)
    Engine(host(spec, seen, most=3), world.services).ask("a question")
    Engine(host(spec, seen), world.services).ask("a question")
    assert seen == [Settings(most=3), Settings()]


def test_a_plugin_without_a_spec_is_taken_as_written_for_this_api_and_without_settings(world):
    seen = []
    Engine(host(None, seen), world.services).ask("a question")
    assert seen == [None]


@pytest.mark.parametrize(
    ("spec", "section", "word"),
    [
        (PluginSpec(api="999"), {}, "version 999 of the plugin API"),
        (PluginSpec(api=API_VERSION), {"most": 1}, "takes no settings"),
        (PluginSpec(api=API_VERSION, settings=Settings), {"most": "secret"}, "most: Input should be a valid integer"),
        (PluginSpec(api=API_VERSION, settings=Settings), {"least": 1}, "least: Extra inputs are not permitted"),
        (PluginSpec(api=API_VERSION, settings=dict), {"most": 1}, "no pydantic model"),
        ("1", {}, "must be a PluginSpec"),
    ],
)
def test_a_wrong_spec_or_setting_makes_the_plugin_failed_with_the_reason(spec, section, word):
    with pytest.raises(PluginError, match=word) as caught:
        host(spec, **section)
    assert "secret" not in str(caught.value)


def test_a_validator_s_own_message_is_not_repeated():
    class Login(BaseModel):
        password: str

        @field_validator("password")
        @classmethod
        def _long(cls, value):
            raise ValueError(f"{value} is too short")

    with pytest.raises(PluginError, match="password: was refused") as caught:
        host(PluginSpec(api=API_VERSION, settings=Login), password="secret")
    assert "secret" not in str(caught.value)
