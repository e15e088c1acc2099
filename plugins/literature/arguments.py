"""What the task of literature may be called with, as JSON."""

from __future__ import annotations

from bedside.core import Facts, Question, Services
from pydantic import BaseModel, ConfigDict, Field


class PassagesArguments(BaseModel):
    """A question in words."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    question: str = Field(
        min_length=1,
        description="a question that stored passages may answer",
        examples=["How is Marfan syndrome treated?"],
    )

    def to_facts(self, services: Services) -> Facts:
        return services.reader.read(Question(text=self.question), ("text",))
