"""Configuration is data, and a typing error in it is told with the nearest right name."""

import pytest
from bedside.core.config import load_config
from bedside.core.errors import ConfigError


def test_flags_override_variables_override_the_file(tmp_path):
    (tmp_path / "bedside.toml").write_text(
        '[engine]\nlimit = 3\nseed = 1\n[llm]\nmodel = "a.gguf"\n[plugin.mine]\nx = [1]\n'
    )
    config = load_config(
        tmp_path, env={"BEDSIDE_ENGINE_LIMIT": "4", "BEDSIDE_ENGINE_SEED": "2"}, overrides={"engine": {"limit": 5}}
    )
    assert (config.engine.limit, config.engine.seed, config.llm.model) == (5, 2, "a.gguf")
    assert config.plugin == {"mine": {"x": [1]}}


def test_home_comes_from_its_variable(tmp_path):
    assert load_config(env={"BEDSIDE_HOME": str(tmp_path)}).home == tmp_path


def test_lists_and_other_variables(tmp_path):
    env = {
        "BEDSIDE_PLUGINS_DENY": "a, b",
        "BEDSIDE_MIRROR": "x",
        "BEDSIDE_NEO4J_URI": "y",
        "BEDSIDE_LOG": "debug",
        "BEDSIDE_TEST_HOME": "z",
    }
    assert load_config(tmp_path, env=env).plugins.deny == ("a", "b")


@pytest.mark.parametrize(
    ("toml", "env", "told", "hint"),
    [
        ("[engine]\nlimits = 3", {}, "engine.limits is not a setting", "limit"),
        ("[engin]\nlimit = 3", {}, "engin is not a setting", "engine"),
        ("limit = ", {}, "not valid TOML", ""),
        ("", {"BEDSIDE_ENGINE_LIMIT": "many"}, "BEDSIDE_ENGINE_LIMIT: engine.limit", ""),
        ("", {"BEDSIDE_ENGIN_LIMIT": "1"}, "BEDSIDE_ENGIN_LIMIT is not a setting", "BEDSIDE_ENGINE_LIMIT"),
        ('[graph]\nbackend = "oracle"', {}, "graph.backend", ""),
    ],
)
def test_a_wrong_setting_is_told(tmp_path, toml, env, told, hint):
    (tmp_path / "bedside.toml").write_text(toml)
    with pytest.raises(ConfigError) as error:
        load_config(tmp_path, env=env)
    assert told in str(error.value)
    assert hint in error.value.hint


def test_secrets_are_not_printed(tmp_path):
    config = load_config(tmp_path, env={"BEDSIDE_GRAPH_PASSWORD": "hunter2", "BEDSIDE_VECTORS_TOKEN": "s3cret"})
    assert "hunter2" not in str(config.public())
    assert "s3cret" not in str(config.public())


def test_the_mirror_has_a_variable_of_its_own(tmp_path):
    assert load_config(tmp_path, env={"BEDSIDE_MIRROR": "/data/mirror"}).sources.mirror == "/data/mirror"
    assert load_config(tmp_path, env={"BEDSIDE_SOURCES_MIRROR": "/other"}).sources.mirror == "/other"
    assert load_config(tmp_path, env={}).sources.mirror == ""
