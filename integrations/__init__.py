"""Front ends: each only translates. app.py is the one place that connects knowledge to an engine."""
