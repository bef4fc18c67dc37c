"""Words that are also names: “Grace”, “Rob”, “Long”. Where a name stands they say nothing of a mood.

Case is no help, since shouting must not matter; what stands beside a word has to tell.
"""

from collections.abc import Sequence

from router.triage.text import word_set

_GIVEN = word_set(
    "ace amber angel april art august autumn ben bill blessing bliss bob bonnie brook buck candy carol chance "
    "charity chase chi christian clay comfort crystal daisy dawn dean destiny do dong drew dung earnest ernest eve "
    "faith favour fortune frank gay gene gift ginger glory godwin goodluck grace grant guy happy harmony hazel "
    "heaven holly honest honesty hope ivy jack jade jean jewel joy junior justice kay lance liberty lily loveth "
    "lucky mark max may melody mercy merry mike miracle nick noble norm olive pat patience paul pearl penny "
    "precious prince princess promise prosper queen ray rich rob robin rocky rose ruby rusty sage sally sandy "
    "saviour skip song sue summer sunday sunny testimony tiger trinity victor victory violet warren will winter "
    "wisdom"
)
_FAMILY = word_set(
    "al baker banks bell best black bond bright brown bush butt cook cross da dang de del di dos du fang field "
    "dev fields fortune gray green grey ha hai hardy hill ho hunter king la lake lane le long luck may miles min "
    "moody ng park peace price quang raj rice rivers san sharp silver sky smart stern stone street strong sweet temple "
    "thanh thi tu turner van von wade walker wei wells white wise woo wood woods worth wright yang yen young"
)
ALSO_NAMES = _GIVEN | _FAMILY
_BEFORE = word_set("mr mrs ms miss dr prof dear hi hey hello regards sincerely yours colleague partner named")
_BEFORE_TWO = {("name", "is"), ("spoke", "to"), ("spoke", "with"), ("chatted", "with"), ("this", "is")}
_AFTER = word_set("here promised told said")  # a given name
_SIGN_OFF = word_set("thanks thank thx regards sincerely cheers")  # before a given name that ends the text


def is_name(words: Sequence[str], known: Sequence[bool], at: int) -> bool:
    """Say whether the calm word at a place is a name there: it can be one, and stands where names stand.

    `known` says of each word whether the model knows it; most names it does not.
    """
    word = words[at]
    if word not in ALSO_NAMES:
        return False
    given, family = word in _GIVEN, word in _FAMILY
    before = words[at - 1] if at else ""
    after = words[at + 1] if at + 1 < len(words) else ""
    if (at and not known[at - 1]) or (after and not known[at + 1]):
        return True
    if (given and after in _FAMILY) or (family and before in _GIVEN):
        return True
    if before in _BEFORE or (at > 1 and (words[at - 2], before) in _BEFORE_TWO):
        return True
    return given and (after in _AFTER or (not after and before in _SIGN_OFF))
