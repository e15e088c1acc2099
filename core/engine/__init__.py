"""The engine: read, plan, consult, compose, verify."""

from .engine import Engine, EngineSettings

__all__ = ["Engine", "EngineSettings"]
