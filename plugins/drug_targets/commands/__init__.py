"""The commands `bedside targets …`."""
