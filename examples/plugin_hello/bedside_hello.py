"""The smallest Bedside plugin: for a disease named in the question, its annotated findings."""

from bedside.core import Evidence, GraphPath, PathEdge, Services, Task, TaskRequest, TaskResult, hookimpl


def findings(request: TaskRequest, services: Services) -> TaskResult:
    diseases = [m.id for m in request.facts.of("disease")]
    info = services.sources.get("hpo-annotations")
    if info is None:
        return TaskResult.failed("the HPO disease annotations are not loaded; type: bedside knowledge load")
    edges = services.graph.edges_of(diseases, kinds=["has_phenotype"], direction="out", limit=request.limit)
    searched = f"HPO disease annotations {info.version}"
    if not edges:
        return TaskResult.none(searched)
    evidence = [
        Evidence.of(
            kind="annotation",
            quote=e.text,
            source=info.id,
            locator=GraphPath(
                nodes=(e.start, e.end), edges=(PathEdge(edge_id=e.id, start=0, end=len(e.text), source_id=e.source_id),)
            ),
        )
        for e in edges
    ]
    return TaskResult.found(evidence, searched=(searched,))


@hookimpl
def bedside_tasks() -> list[Task]:
    return [
        Task(
            name="hello.findings",
            description="Lists the annotated findings of a disease",
            run=findings,
            needs=(("disease",),),
            answers=("definition",),  # a question about its treatment is not answered by a list of findings
            examples=("What are the findings in Marfan syndrome?",),
        )
    ]
