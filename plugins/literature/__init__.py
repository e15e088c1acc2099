"""Literature: answers from stored passages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bedside.core import Task, hookimpl

if TYPE_CHECKING:
    from bedside.core import Services, TaskRequest, TaskResult


def _passages(request: TaskRequest, services: Services) -> TaskResult:
    from .passages import run

    return run(request, services)


@hookimpl
def bedside_tasks() -> list[Task]:
    return [
        Task(
            name="literature.passages",
            description="Answers from stored passages: definitions, abstracts, question-answer pairs, documents",
            run=_passages,
            always=True,
            timeout_s=120,  # the first question of a process also loads the embedding model, which a busy machine makes slow
            examples=("What is arachnodactyly?", "How is Marfan syndrome treated?"),
        )
    ]
