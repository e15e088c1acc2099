"""Catalogue: abstracts, articles and question-answer sets."""

from __future__ import annotations

from bedside.core.host.registered import KnowledgeSource, RemoteFile, RemoteFolder

from .reading import DocumentFiles

_NLM = "NLM terms for PubMed data; abstracts may be under their publishers' copyright"
_NLM_URL = "https://www.nlm.nih.gov/databases/download/terms_and_conditions.html"
_PUBMED = r"(?P<release>pubmed\d\d)n(?P<number>\d{4})\.xml\.gz"


def _pubmed(
    source_id: str, title: str, folder: str, mirror: tuple[str, ...], note: str, max_age_days: int
) -> KnowledgeSource:
    return KnowledgeSource(
        id=source_id,
        title=title,
        licence=_NLM,
        licence_url=_NLM_URL,
        version=lambda: "current",
        homepage="https://pubmed.ncbi.nlm.nih.gov/download/",
        folder=RemoteFolder(
            url=f"https://ftp.ncbi.nlm.nih.gov/pubmed/{folder}/",
            pattern=_PUBMED,
            checksum=".md5",
            whole=folder == "baseline",
            mirror=mirror,
            mirror_pattern=r"pubmed(?:\d\dn|-)(?P<number>\d+)\.xml(?:\.gz)?",
        ),
        read=DocumentFiles(source_id, (r"\.xml(\.gz)?$", "medline")),
        note=note,
        max_age_days=max_age_days,
    )


PUBMED_BASELINE = _pubmed(
    "pubmed-baseline",
    "PubMed annual baseline (MEDLINE XML)",
    "baseline",
    ("pubmed/baseline", "jats"),
    "The files are listed at each pull and checked against the .md5 beside each. A mirror may hold single PubMed records "
    "(pubmed-NUMBER.xml) instead of release files: then only these are loaded.",
    400,
)
PUBMED_UPDATES = _pubmed(
    "pubmed-updates",
    "PubMed daily updates (MEDLINE XML)",
    "updatefiles",
    ("pubmed/updatefiles",),
    "The files are listed at each pull and checked against the .md5 beside each; their numbers go on from the baseline's.",
    14,
)
PMC_OA = KnowledgeSource(
    id="pmc-oa",
    title="PubMed Central open access articles (JATS)",
    licence="per article, mostly Creative Commons; each article states its own",
    licence_url="https://pmc.ncbi.nlm.nih.gov/tools/openftlist/",
    version=lambda: "current",
    homepage="https://pmc.ncbi.nlm.nih.gov/tools/pmcaws/",
    folder=RemoteFolder(
        url="https://pmc-oa-opendata.s3.amazonaws.com/",
        pattern=r"PMC(?P<number>\d+)\.1\.xml",
        template="PMC{number}.1/PMC{number}.1.xml",
        whole=False,
        mirror=("pmc", "jats"),
        mirror_pattern=r"(?:PMC(?P<number>\d+)\.1\.xml|.*\.nxml)",
    ),
    read=DocumentFiles("pmc-oa", (r"\.n?xml$", "jats")),
    note="Articles are pulled one by one by their PMC numbers (--files PMC8005924,PMC7527729), the first version of each; "
    "PMC has no bulk packages since August 2026. Nobody publishes a hash: it is recorded at the first pull. In a mirror "
    "that names them differently (.nxml), articles are counted in order of name.",
)
MEDQUAD = KnowledgeSource(
    id="medquad",
    title="MedQuAD: questions and answers from NIH websites",
    licence="CC BY 4.0",
    licence_url="https://creativecommons.org/licenses/by/4.0/",
    version=lambda: "master",
    homepage="https://github.com/abachaa/MedQuAD",
    files=(
        RemoteFile(
            "medquad-master.zip",
            "https://github.com/abachaa/MedQuAD/archive/refs/heads/master.zip",
            mirror="medquad/medquad-master.zip",
        ),
    ),
    mirror_files=(
        RemoteFile(
            "medquad.jsonl.gz",
            "https://github.com/abachaa/MedQuAD",
            sha256="79775e45e33d6bb8c9d3b97352b76e6c3010ee4838aa9f9f774eb86548383982",
            size=5_030_294,
            mirror="medquad/medquad.jsonl.gz",
        ),
    ),
    read=DocumentFiles("medquad", (r"\.jsonl\.gz$", "medquad"), (r"_QA/[^/]*\.xml$", "medquad_xml:read_medquad_xml")),
    note="The publisher gives XML files in a zip, the mirror one JSON object a line made from them. The zip is packed anew "
    "by its host and nobody publishes a hash of it: it is recorded at the first pull.",
)
PUBMEDQA = KnowledgeSource(
    id="pubmedqa",
    title="PubMedQA: research questions with the abstracts that answer them",
    licence="MIT (the abstracts are PubMed text)",
    licence_url="https://github.com/pubmedqa/pubmedqa/blob/master/LICENSE",
    version=lambda: "PQA-L 1f00b98",
    homepage="https://pubmedqa.github.io",
    files=(
        RemoteFile(
            "ori_pqal.json",
            "https://raw.githubusercontent.com/pubmedqa/pubmedqa/1f00b98d5cc626844bf8c4ca513b6e62c40071ec/data/ori_pqal.json",
            mirror="pubmedqa/ori_pqal.json",
        ),
    ),
    mirror_files=(
        RemoteFile(
            "dev_500.json",
            "https://github.com/pubmedqa/pubmedqa",
            sha256="b78ae6a35943e085443c19506320c83d1aa2193c3560fa9e807a1a4836a35ffa",
            size=1_153_589,
            mirror="pubmedqa/dev_500.json",
        ),
    ),
    read=DocumentFiles("pubmedqa", (r"\.json$", "pubmedqa")),
    note="The mirror holds the 500 questions of the development half instead of all 1,000. The file is fixed by its commit; "
    "nobody publishes its hash: it is recorded at the first pull.",
)
SOURCES = (PUBMED_BASELINE, PUBMED_UPDATES, PMC_OA, MEDQUAD, PUBMEDQA)
