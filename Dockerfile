# Bedside for `compose.yaml`. The compiler stays in the first stage.

FROM python:3.11-slim AS build
RUN apt-get update \
 && apt-get install -y --no-install-recommends build-essential cmake git \
 && rm -rf /var/lib/apt/lists/*
# Without GGML_NATIVE=OFF, llama.cpp would be built for this processor alone (and die on some with AMX).
ENV CMAKE_ARGS="-DGGML_NATIVE=OFF" UV_TORCH_BACKEND=cpu UV_LINK_MODE=copy
WORKDIR /src
COPY . .
RUN pip install --no-cache-dir uv \
 && uv venv /opt/bedside \
 && uv pip install --no-cache --python /opt/bedside/bin/python --constraint constraints.txt ".[neo4j]"

FROM python:3.11-slim
RUN apt-get update \
 && apt-get install -y --no-install-recommends libgomp1 \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --create-home --uid 1000 bedside \
 && install -d -o bedside /data
COPY --from=build /opt/bedside /opt/bedside
ENV PATH=/opt/bedside/bin:$PATH BEDSIDE_HOME=/data HF_HUB_OFFLINE=1 HF_HUB_DISABLE_TELEMETRY=1
USER bedside
VOLUME /data
ENTRYPOINT ["bedside"]
CMD ["doctor"]
