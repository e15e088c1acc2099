"""The engine: read, plan, consult, compose, verify."""
