"""A JSON schema as a grammar that llama.cpp samples within. Runs in the worker."""

from __future__ import annotations

import contextlib
import json
from typing import Any

_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r"})


def schema_grammar(schema: dict[str, Any], vocab: Any) -> Any:
    """A `LlamaGrammar` whose every sentence is JSON of `schema`.

    Raises ValueError for a schema that can't be converted, that refers to a remote one (nothing is ever fetched), or whose
    grammar llama.cpp does not take: handing it such a grammar would kill the process.
    """
    import llama_cpp
    from llama_cpp.llama_grammar import LlamaGrammar, SchemaConverter

    class Converter(SchemaConverter):
        """The library's own leaves backslashes and quotes of enum values, constants and property names unescaped (a quote
        in an enum value crashed the process, llama-cpp-python 0.3.36), and splits characters beyond U+FFFF in two."""

        def _format_literal(self, literal: str) -> str:
            with contextlib.suppress(ValueError):  # a single character of a rule is no JSON value
                literal = json.dumps(json.loads(literal), ensure_ascii=False)
            return f'"{literal.translate(_ESCAPES)}"'

    converter = Converter(prop_order={}, allow_fetch=False, dotall=False, raw_pattern=False)
    try:
        converter.visit(converter.resolve_refs(json.loads(json.dumps(schema)), "stdin"), "")
        grammar = LlamaGrammar.from_string(converter.format_grammar(), verbose=False)
        sampler = llama_cpp.llama_sampler_init_grammar(vocab, converter.format_grammar().encode(), b"root")
    except Exception as error:
        raise ValueError(type(error).__name__) from error
    if not sampler:
        raise ValueError("llama.cpp refuses the grammar")
    llama_cpp.llama_sampler_free(sampler)
    return grammar
