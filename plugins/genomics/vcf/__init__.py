"""VCF and BCF files: opening them, their header and records, genotypes, and records of one position put together."""
