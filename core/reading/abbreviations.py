"""Words with a full stop that ends no sentence, as clinical notes and papers write them. Data of `sentences`."""

from __future__ import annotations

GO_ON = frozenset(
    """dr drs mr mrs mx prof fr st mt w reg resp susp poss prob pred e.g i.e eg ie viz vs cf ca approx al fig figs eq eqs
    ref refs tab incl esp vol vols sect chap suppl pp cfr""".split()
)
"""What follows always belongs to the same sentence: "Dr. Lee", "et al. 2015", "e.g. Codeine"."""

MAY_END = frozenset(
    """etc jr sr inc ltd corp dept hosp univ clin sib sibs pt pts hx dx ddx rx tx sx fx wk wks mo mos yr yrs hr hrs min mins
    sec secs max avg temp abd neuro eval admin adm prev dob resp wt ht ed eds edn trans jan feb mar apr jun jul aug sep
    sept oct nov
    dec mon tue tues wed thu thur fri sat sun assoc intl natl med gen int dist dev est lab labs neg pos
    bilat occ freq cont req spp ssp subsp sp var nov bid tid qid qd qhs prn hgb plt""".split()
)
"""The sentence goes on before a small letter or a digit ("5 wks. later", "Jan. 2020") and ends before a capital."""

NUMBERED = frozenset("no nos nr p art para".split())
"""The sentence goes on before a digit: "No. 5", "p. 12"."""

LETTERED = frozenset(
    """vitamin vitamins hepatitis type types group grade class stage factor protein category part panel arm complex
    influenza hemophilia haemophilia coenzyme appendix figure table section patient case sample option""".split()
)
"""Before a single letter that is no initial: "vitamin C. The"."""

STARTERS = frozenset(
    """a an the this that these those there it its he she his her hers they their we our i you your my in on at for from with
    without after before during since if when while as by to no not and but however although both all some most is are was
    were can could should would may might do does did has have had what which who why how where please patient patients
    mother father brother sister family mum dad parents""".split()
)
"""Words that begin a sentence rather than a name: after "U.S." or an initial a new sentence begins with them."""
