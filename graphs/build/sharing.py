"""Draws who reads the copies that are shared with other accounts, or with everybody."""

from functools import partial

from graphs.build.structure import Drawing
from graphs.estate import Relation
from graphs.evidence import Step
from graphs.identity.actors import ANYONE
from graphs.identity.evaluate import Permission
from graphs.network.filters import unread
from graphs.nodes import DataStore, Key, Share, Store
from graphs.unknown import Unknown, cannot_tell


def draw_shared(drawing: Drawing, store: DataStore) -> None:
    """The edges from those whom a copy is shared with."""
    if not isinstance(store, Store):
        return
    for share in store.shared:
        if share.principal in drawing.graph:
            clear = _clear(drawing, store, share)
            whom = "everybody" if share.principal == ANYONE else share.principal.replace(":", " ")
            steps = (Step(f"{store.name} is shared with {whom}", share.proof), *clear.evidence)
            proved = partial(tuple, steps)
            answer = share.exists & clear.answer
            drawing.edge(share.principal, store.id, Relation.READS, proved, answer)


def _clear(drawing: Drawing, store: Store, share: Share) -> Permission:
    """Whether they can read what is in it: it is not encrypted, or its key is shared as well, which
    that of AWS cannot be, nor any with everybody.

    AWS KMS Developer Guide, "AWS managed keys"; Amazon EBS User Guide, "Share an Amazon EBS
    snapshot".
    """
    bare = ~store.encrypted
    claim = f"{store.name} {'is' if bare.certain else 'may be'} not encrypted"
    step = Step(claim, store.proof("encrypted"), bare.because)
    plain = Permission("", bare, evidence=(step,))
    if bare.certain or share.principal == ANYONE or store.key is None:
        return plain
    key = drawing.index.get(store.key, Key)
    if key is None:
        why = store.key if isinstance(store.key, Unknown) else unread(store.key)
        return Permission("", bare | cannot_tell(why), evidence=(step,))
    allowed = drawing.permissions.can(share.principal, "kms:Decrypt", key)
    if not bare.possible or allowed.answer.certain:
        return allowed
    return plain
