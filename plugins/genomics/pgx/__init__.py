"""Pharmacogenomics: from what genes a person has to what CPIC says of the person's drugs.

`ask` answers a question that names phenotypes or diplotypes; `assess` goes from the calls of a VCF to all drugs.
"""
