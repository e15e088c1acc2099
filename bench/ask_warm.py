"""A warm question without model ordering against the bare work under it: embedding the text and one Chroma query."""

from statistics import median
from time import perf_counter

from _measure import home, report
from bedside.core.config import load_config
from bedside.integrations.app import open_app

QUESTIONS = (
    "Can a CYP2D6 ultrarapid metabolizer take codeine?",
    "clopidogrel for a CYP2C19 poor metabolizer after PCI",
    "tall stature, arachnodactyly, ectopia lentis, aortic root aneurysm",
    "What is arachnodactyly?",
    "Which antibiotic should be given for Lyme disease in pregnancy?",
)
ROUNDS = 15

config = load_config(home(), overrides={"llm": {"enabled": False}})
with open_app(config) as app:
    services = app.services

    def ours(text: str) -> None:
        app.engine.ask(text)

    def bare(text: str) -> None:
        services.vectors.query(services.embedder.embed([text])[0], 24)

    def ms(work, text: str) -> float:
        started = perf_counter()
        work(text)
        return (perf_counter() - started) * 1000

    for text in QUESTIONS:
        ours(text), bare(text)
    figures = {}
    ratios = []
    for text in QUESTIONS:
        pairs = [(ms(ours, text), ms(bare, text)) for _ in range(ROUNDS)]
        ratio = median(a / b for a, b in pairs)
        ratios.append(ratio)
        figures[f"ratio: {text}"] = round(ratio, 2)
    figures["bare_ms_median"] = round(median(b for _, b in pairs), 2)
    figures["ratio_median"] = round(median(ratios), 2)
    figures["ratio_worst"] = round(max(ratios), 2)
report(
    "warm bedside ask",
    figures,
    {"rounds": ROUNDS, "reference": "embed the text and query Chroma for 24 passages, warm", "ordering": "off"},
    {"ratio_median": "<= 3"},
)
