"""Prescribing guidance of CPIC, DPWG and the FDA, from PharmCAT's files: every form they come in, as lines and as edges."""
