"""Small tools that plugins and the other parts share.

`command_context` (what a plugin's own command works with), `lazy_commands` (where it adds it), `atomic_files` (written whole
or not at all), `json_lines` and `bulk` (many cases in one command), `printable` (text of others, safe to show), `references`
(PubMed ids), `clinical_json` (FHIR resources and phenopackets).
"""
