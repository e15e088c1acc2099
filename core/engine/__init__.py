"""The engine: read, plan, consult, compose, verify."""

from .engine import Engine, EngineSettings, check_question

__all__ = ["Engine", "EngineSettings", "check_question"]
