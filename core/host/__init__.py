"""The plugin host: hook specifications, loading, and the record of what loaded."""
