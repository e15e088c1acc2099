"""The engine: read, plan, consult, compose, verify."""

from .engine import Engine, EngineSettings, answer_of

__all__ = ["Engine", "EngineSettings", "answer_of"]
