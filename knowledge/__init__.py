"""The real parts behind the protocols of core: model, embeddings, stores, terms, sources, ingest."""
