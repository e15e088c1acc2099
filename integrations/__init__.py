"""The ways in: each only translates. app.py is the one place that wires knowledge into an engine."""
