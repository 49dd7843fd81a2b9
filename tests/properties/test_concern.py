"""Whom a store may concern, against asking everybody about every store."""

from hypothesis import given, settings

from graphs.identity.techniques import catalogue
from graphs.nodes import DataStore, Role, User
from tests.properties.random_estates import estates


@given(estates())
@settings(max_examples=25)
def test_what_is_left_out_is_not_allowed(estate):
    permissions, index = estate.permissions, estate.index
    for holder in (*index.of(Role), *index.of(User)):
        near = permissions.handling.by(holder.id)
        assert near == [store for store in index.of(DataStore) if store in near]
        for store in index.of(DataStore):
            if store not in near:
                assert not permissions.readable(holder.id, store).answer.possible
                assert not permissions.writable(holder.id, store).answer.possible


@given(estates())
@settings(max_examples=25)
def test_whose_guards_are_left_out_may_not_be_changed(estate):
    permissions, index = estate.permissions, estate.index
    tables = [row for technique in catalogue().values() for row in technique.expose]
    assert tables
    for kind, ways in tables:
        stores = [store for store in index.of(DataStore) if store.source.type == kind]
        for holder in (*index.of(Role), *index.of(User)):
            near = permissions.changing(kind, ways).by(holder.id)
            for store in stores:
                if store not in near:
                    asked = (action for way in ways for action in way)
                    assert not any(
                        permissions.can(holder.id, action, store).answer.possible
                        for action in asked
                    )
