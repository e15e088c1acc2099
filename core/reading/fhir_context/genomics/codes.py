"""Codes of genetic results, as far as public sources confirm them. A code that is not here is not read.

This material contains content from LOINC (http://loinc.org). LOINC is copyright Regenstrief Institute, Inc. and the Logical
Observation Identifiers Names and Codes (LOINC) Committee and is available at no cost under the license at
http://loinc.org/license. LOINC is a registered United States trademark of Regenstrief Institute, Inc.

Gene symbols and ids are those of the HUGO Gene Nomenclature Committee (CC0).
"""

from __future__ import annotations

GUIDE = "http://hl7.org/fhir/uv/genomics-reporting/CodeSystem/tbd-codes-cs"
HGNC = "http://www.genenames.org"

GENOTYPE, HAPLOTYPE, VARIANT = "84413-4", "84414-2", "69548-6"
GENE_STUDIED = "48018-6"
SOURCE_CLASS, GERMLINE = "48002-0", "LA6683-2"  # any other class (somatic LA6684-0, fetal, unknown) is no germline result
IMPLICATION = "therapeutic-implication"
METABOLISM_EFFECT = "53040-2"
VARIANT_ID, CODING_CHANGE, GENOMIC_CHANGE = "81252-9", "48004-6", "81290-9"
SEQUENCE, REFERENCE_ALLELE, ALTERNATE_ALLELE, POSITION = "48013-7", "69547-8", "69551-0", "81254-5"
SO_REFERENCE = "SO:0002073"  # "wild type", as the guide's example of a reference call has it
DNA_CHANGE_TYPE = "48019-4"

# the phenotype of one gene as laboratories send it: code → gene
PHENOTYPE_OF = {
    "79714-2": "CYP2C19",
    "79716-7": "CYP2C9",
    "79713-4": "TPMT",
    "79715-9": "CYP2D6",
    "79719-1": "DPYD",
    "79722-5": "SLCO1B1",
}
# one source only, and others contradict it: read where the resource names the same gene itself
NEEDS_GENE = frozenset({"79715-9", "79719-1", "79722-5"})
# whether one allele is there: code → (gene, allele)
PRESENCE_OF = {"57979-7": ("HLA-B", "*15:02"), "50956-2": ("HLA-B", "*57:01")}

# answers of LOINC, SNOMED CT and HL7
PRESENT = frozenset({"LA9633-4", "LA6576-8", "10828004", "52101004", "POS"})
ABSENT = frozenset({"LA9634-2", "LA6577-6", "260385009", "2667000", "NEG"})

METABOLIZER = {
    "LA9657-3": "Poor Metabolizer",
    "LA10317-8": "Intermediate Metabolizer",
    "LA25391-6": "Normal Metabolizer",
    "LA25390-8": "Rapid Metabolizer",
    "LA10315-2": "Ultrarapid Metabolizer",
}

# genes of the pharmacogenetic guidelines by their number at HGNC: where id and symbol disagree, neither is trusted
GENE_NUMBERS = {
    "ABCG2": 74,
    "CACNA1S": 1397,
    "CFTR": 1884,
    "CYP2B6": 2615,
    "CYP2C19": 2621,
    "CYP2C9": 2623,
    "CYP2D6": 2625,
    "CYP3A4": 2637,
    "CYP3A5": 2638,
    "CYP4F2": 2645,
    "DPYD": 3012,
    "G6PD": 4057,
    "HLA-A": 4931,
    "HLA-B": 4932,
    "HLA-C": 4933,
    "IFNL3": 18365,
    "NUDT15": 23063,
    "RYR1": 10483,
    "SLCO1B1": 10959,
    "TPMT": 12014,
    "UGT1A1": 12530,
    "VKORC1": 23663,
}
GENE_OF_NUMBER = {number: symbol for symbol, number in GENE_NUMBERS.items()}


def check_digit_holds(code: str) -> bool:
    """LOINC's check digit (mod 10). Answer codes (LA…) have none that can be checked."""
    number, _, digit = code.rpartition("-")
    if not (number.isdigit() and digit.isdigit()):
        return True
    doubled = 2 * int(number[-1::-2][::-1])
    rest = number[-2::-2][::-1]
    return (10 - sum(map(int, f"{rest}{doubled}"))) % 10 == int(digit)
