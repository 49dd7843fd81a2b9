"""How the tests of nodes write an answer."""


def verdict(said):
    """An answer in a word; none where there is no such thing."""
    if said is None:
        return "none"
    return "yes" if said.certain else "maybe" if said.possible else "no"
