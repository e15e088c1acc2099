"""Literature: answers from stored passages."""

from bedside.core import Task, hookimpl

from . import passages


@hookimpl
def bedside_tasks() -> list[Task]:
    return [
        Task(
            name="literature.passages",
            description="Answers from stored passages: definitions, abstracts, question-answer pairs, documents",
            run=passages.run,
            always=True,
            examples=("What is arachnodactyly?", "How is Marfan syndrome treated?"),
        )
    ]
