"""Knowledge sources that are fetched on request: what there is, pulling it, and binding what was pulled to its reader."""
