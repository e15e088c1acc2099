"""The patient context out of FHIR R4, one file per kind of resource; `fhir_facts.read_facts` puts them together."""
