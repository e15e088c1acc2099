"""An import-linter contract that says what a package may import from outside, instead of listing all that it may not."""

import sys
from fnmatch import fnmatchcase

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output


class AllowedExternalsContract(Contract):
    """Modules in `source_modules` import, from outside `bedside`, only the standard library and `allowed`.

    `exceptions` are lines `module pattern -> package`, such as `bedside.core.testing.* -> pytest`.
    """

    type_name = "allowed_externals"

    source_modules = fields.ListField(subfield=fields.StringField())
    allowed = fields.ListField(subfield=fields.StringField())
    exceptions = fields.ListField(subfield=fields.StringField(), required=False, default=[])

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        allowed = {"bedside", *self.allowed, *sys.stdlib_module_names}
        exceptions = [tuple(part.strip() for part in line.split("->")) for line in self.exceptions]
        illegal = []
        for module in sorted(graph.modules):
            if not any(module == source or module.startswith(source + ".") for source in self.source_modules):
                continue
            for imported in sorted(graph.find_modules_directly_imported_by(module)):
                package = imported.split(".")[0]
                excepted = any(fnmatchcase(module, pattern) and package == name for pattern, name in exceptions)
                if package not in allowed and not excepted:
                    lines = [str(d["line_number"]) for d in graph.get_import_details(importer=module, imported=imported)]
                    illegal.append(f"{module} imports {imported} (line {', '.join(lines)})")
        return ContractCheck(kept=not illegal, metadata={"illegal": illegal})

    def render_broken_contract(self, check: ContractCheck) -> None:
        for line in check.metadata["illegal"]:
            output.print_error(line)
