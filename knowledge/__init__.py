"""What implements the protocols of core: model, embeddings, stores, terms, sources, ingest.

Importing this package switches off whatever a library might send: nothing leaves the machine.
"""

import os

os.environ.update(
    HF_HUB_OFFLINE="1",
    HF_HUB_DISABLE_TELEMETRY="1",
    TRANSFORMERS_OFFLINE="1",
    DO_NOT_TRACK="1",
    ANONYMIZED_TELEMETRY="False",
    LANGSMITH_TRACING="false",
    LANGCHAIN_TRACING_V2="false",
    OTEL_SDK_DISABLED="true",
)
