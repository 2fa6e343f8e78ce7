from datetime import UTC, datetime

import pytest

from ion.accounts import NotAllowed, OrganisationId, Permission, Proof, Role, User, UserId, caller_of, permissions_of

NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)


def person(role: Role) -> User:
    return User(UserId("u1"), OrganisationId("o1"), "mina@example.org", "Mina Park", "ko", role, NOW)


class TestPermissions:
    @pytest.mark.parametrize("role", Role)
    def test_are_those_of_the_role(self, role: Role) -> None:
        caller = caller_of(person(role), Proof.PASSWORD, by="d")

        assert caller.permissions == permissions_of(role)
        assert (caller.user, caller.organisation, caller.role, caller.language) == ("u1", "o1", role, "ko")
        assert (caller.proof, caller.by) == (Proof.PASSWORD, "d")

    def test_of_a_key_are_what_both_have(self) -> None:
        scopes = frozenset({Permission.ANALYTICS_READ, Permission.AUDIT_READ})

        assert caller_of(person(Role.MANAGER), Proof.API_KEY, scopes=scopes).permissions == {Permission.ANALYTICS_READ}

    def test_of_whoever_runs_ion_alone_are_all(self) -> None:
        assert caller_of(person(Role.MENTEE), Proof.LOCAL).permissions == set(Permission)


class TestRequiring:
    def test_lets_pass_or_names_what_is_missing(self) -> None:
        caller = caller_of(person(Role.MENTEE), Proof.PASSWORD)
        caller.require(Permission.CONVERSATIONS_OWN)

        with pytest.raises(NotAllowed, match=r"members\.read"):
            caller.require(Permission.MEMBERS_READ)

        assert caller.may(Permission.CONVERSATIONS_OWN)
        assert not caller.may(Permission.MEMBERS_READ)

    @pytest.mark.parametrize("role", Role)
    def test_no_role_makes_somebody_elses_thing_ones_own(self, role: Role) -> None:
        caller = caller_of(person(role), Proof.PASSWORD)

        assert caller.owns(UserId("u1"))
        assert not caller.owns(UserId("u2"))


class TestRepr:
    def test_holds_nothing_personal(self) -> None:
        shown = repr(caller_of(person(Role.MENTEE), Proof.PASSWORD)) + repr(person(Role.MENTEE))

        assert "mina" not in shown.lower()
