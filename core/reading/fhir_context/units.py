"""UCUM units that a fixed factor converts. Molar and mass concentrations stay apart: the factor is the substance's."""

from __future__ import annotations

from ...types.context import Quantity

# unit → (what it measures, by how much it is multiplied to get the first unit of that kind)
_UNITS: dict[str, tuple[str, float]] = {
    "kg": ("mass", 1.0),
    "g": ("mass", 1e-3),
    "mg": ("mass", 1e-6),
    "ug": ("mass", 1e-9),
    "[lb_av]": ("mass", 0.45359237),
    "[oz_av]": ("mass", 0.028349523125),
    "m": ("length", 1.0),
    "cm": ("length", 1e-2),
    "mm": ("length", 1e-3),
    "[in_i]": ("length", 0.0254),
    "[ft_i]": ("length", 0.3048),
    "g/L": ("mass concentration", 1.0),
    "g/dL": ("mass concentration", 10.0),
    "mg/dL": ("mass concentration", 1e-2),
    "mg/L": ("mass concentration", 1e-3),
    "mg/mL": ("mass concentration", 1.0),
    "ug/mL": ("mass concentration", 1e-3),
    "ug/dL": ("mass concentration", 1e-5),
    "ug/L": ("mass concentration", 1e-6),
    "ng/mL": ("mass concentration", 1e-6),
    "ng/dL": ("mass concentration", 1e-8),
    "ng/L": ("mass concentration", 1e-9),
    "pg/mL": ("mass concentration", 1e-9),
    "mol/L": ("molar concentration", 1.0),
    "mmol/L": ("molar concentration", 1e-3),
    "umol/L": ("molar concentration", 1e-6),
    "nmol/L": ("molar concentration", 1e-9),
    "pmol/L": ("molar concentration", 1e-12),
    "10*9/L": ("cells per volume", 1.0),
    "10*3/uL": ("cells per volume", 1.0),
    "10*6/uL": ("cells per volume", 1e3),
    "10*12/L": ("cells per volume", 1e3),
    "kPa": ("pressure", 1.0),
    "mm[Hg]": ("pressure", 0.133322387415),
}


def measures(unit: str) -> str:
    """What a unit measures; a unit that is not known here measures itself, so that it converts into nothing else."""
    found = _UNITS.get(unit)
    return found[0] if found else f"={unit}"


def converted(value: float, unit: str, into: str) -> float | None:
    """The value in another unit; None where no fixed factor converts it."""
    if unit == into:
        return value
    if unit not in _UNITS or into not in _UNITS or _UNITS[unit][0] != _UNITS[into][0]:
        return None
    return float(f"{value * _UNITS[unit][1] / _UNITS[into][1]:.12g}")  # the last digits are the factor's, not the value's


def kilograms(given: Quantity) -> float | None:
    """A mass in kg; None for what is none."""
    return converted(given.value, given.unit, "kg")
