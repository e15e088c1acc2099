from types import SimpleNamespace as N

Person = object


def population(raw, drug):
    return N(raw=raw, words=raw)


def person_of(facts, text):
    return N()


def fit(p, person):
    return N(state="unknown" if p.raw else "yes", why="not known")


def age_notes(drug, person):
    return []


NOBODY = N()
