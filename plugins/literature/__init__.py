"""Literature: answers from stored passages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bedside.core import Task, hookimpl

if TYPE_CHECKING:
    from bedside.core import Facts, Question, Services, TaskRequest, TaskResult

    from .arguments import PassagesArguments


def _passages(request: TaskRequest, services: Services) -> TaskResult:
    from .passages import run

    return run(request, services)


def _arguments() -> type[PassagesArguments]:
    from .arguments import PassagesArguments

    return PassagesArguments


def _from_facts(facts: Facts, question: Question) -> PassagesArguments:
    from .arguments import PassagesArguments

    return PassagesArguments(question=question.text)


@hookimpl
def bedside_tasks() -> list[Task]:
    return [
        Task(
            name="literature.passages",
            description="Answers from stored passages: definitions, abstracts, question-answer pairs, documents",
            run=_passages,
            arguments=_arguments,
            from_facts=_from_facts,
            always=True,
            timeout_s=120,  # the first question of a process also loads the embedding model, which a busy machine makes slow
            examples=("What is arachnodactyly?", "How is Marfan syndrome treated?"),
        )
    ]
