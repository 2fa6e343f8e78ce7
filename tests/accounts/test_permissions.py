import pytest
from hypothesis import given
from hypothesis import strategies as st

from ion.accounts.permissions import (
    GRANTS,
    KEY_SCOPES,
    MEANINGS,
    READ_CONTENT,
    ROLES,
    BadScope,
    Permission,
    Role,
    may_grant,
    permissions_of,
    scopes_of,
    token_scopes_of,
)

ANY_ROLE = st.sampled_from(list(Role))
ANY_SCOPES = st.frozensets(st.sampled_from(list(Permission)))


class TestTheTable:
    def test_has_every_role_and_explains_every_permission(self) -> None:
        assert set(ROLES) == set(GRANTS) == set(Role)
        assert list(MEANINGS) == list(Permission)

    def test_every_permission_is_somebodys(self) -> None:
        assert frozenset[Permission]().union(*ROLES.values()) == set(Permission)

    @pytest.mark.parametrize(
        ("role", "may", "may_not"),
        [
            (Role.MENTEE, {"conversations.own", "data.own", "keys.own"}, {"members.read", "analytics.read"}),
            (Role.MANAGER, {"members.read", "analytics.read"}, {"members.manage", "audit.read", "system.operate"}),
            (Role.ADMIN, {"members.manage", "keys.manage", "audit.read"}, {"system.operate", "organisations.manage"}),
            (Role.AUDITOR, {"audit.read", "members.read"}, {"members.manage", "conversations.own", "keys.own"}),
            (Role.OPERATOR, {"system.operate"}, {"conversations.own", "members.read", "audit.read", "analytics.read"}),
        ],
    )
    def test_is_what_each_role_is_for(self, role: Role, may: set[str], may_not: set[str]) -> None:
        assert may <= permissions_of(role)
        assert not may_not & permissions_of(role)


class TestContent:
    def test_is_read_by_those_whose_own_it_is_alone(self) -> None:
        """There is no permission that reads what somebody else said."""
        assert all(permission.endswith(".own") for permission in READ_CONTENT)

    @pytest.mark.parametrize("role", [Role.AUDITOR, Role.OPERATOR])
    def test_is_out_of_reach_for_who_looks_after_the_system(self, role: Role) -> None:
        assert not permissions_of(role) & READ_CONTENT

    @given(role=ANY_ROLE, scopes=ANY_SCOPES)
    def test_no_role_and_no_key_reads_more_than_a_mentee_of_their_own(
        self, role: Role, scopes: frozenset[Permission]
    ) -> None:
        everything = permissions_of(role) | permissions_of(role, scopes)

        assert everything & READ_CONTENT <= permissions_of(Role.MENTEE)


class TestScopes:
    @given(role=ANY_ROLE, scopes=ANY_SCOPES)
    def test_a_key_never_has_more_than_its_user_nor_than_it_was_given(
        self, role: Role, scopes: frozenset[Permission]
    ) -> None:
        assert permissions_of(role, scopes) <= permissions_of(role)
        assert permissions_of(role, scopes) <= scopes

    @given(role=ANY_ROLE, scopes=ANY_SCOPES)
    def test_no_key_takes_over_an_account_or_lets_people_in(self, role: Role, scopes: frozenset[Permission]) -> None:
        of_people = {"profile.own", "keys.own", "keys.manage", "members.manage", "data.own"}

        assert not permissions_of(role, scopes) & of_people

    @given(role=ANY_ROLE, scopes=ANY_SCOPES)
    def test_are_taken_whole_or_not_at_all(self, role: Role, scopes: frozenset[Permission]) -> None:
        if scopes and scopes <= ROLES[role] & KEY_SCOPES:
            assert scopes_of(map(str, scopes), role) == permissions_of(role, scopes) == scopes
        else:
            with pytest.raises(BadScope):
                scopes_of(map(str, scopes), role)

    @pytest.mark.parametrize(
        ("names", "told"),
        [
            ([], "none was given"),
            (["conversations.all"], "'conversations.all' is none of them"),
            (["conversations.own", "keys.own"], "'keys.own' is none of them"),
        ],
    )
    def test_that_do_not_fit_are_named_with_those_that_do(self, names: list[str], told: str) -> None:
        with pytest.raises(BadScope) as caught:
            scopes_of(names, Role.MENTEE)

        assert told in caught.value.message
        assert "conversations.own" in caught.value.message
        assert caught.value.field == "scopes"

    def test_of_one_that_was_lowered_shrink_with_them(self) -> None:
        scopes = frozenset({Permission.ANALYTICS_READ, Permission.CONVERSATIONS_OWN})

        assert permissions_of(Role.MANAGER, scopes) == scopes
        assert permissions_of(Role.MENTEE, scopes) == {Permission.CONVERSATIONS_OWN}


class TestGranting:
    @given(giver=ANY_ROLE, role=ANY_ROLE, held=st.none() | ANY_ROLE)
    def test_nobody_gives_what_they_could_not_reach_otherwise(self, giver: Role, role: Role, held: Role | None) -> None:
        if may_grant(giver, role, held=held):
            assert giver is Role.ADMIN
            assert role is not Role.OPERATOR
            assert held is not Role.OPERATOR

    def test_admins_make_admins_and_take_it_from_them(self) -> None:
        assert may_grant(Role.ADMIN, Role.ADMIN, held=Role.MENTEE)
        assert may_grant(Role.ADMIN, Role.MENTEE, held=Role.ADMIN)
        assert not may_grant(Role.ADMIN, Role.MENTEE, held=Role.OPERATOR)


class TestTokens:
    @given(role=ANY_ROLE, scopes=ANY_SCOPES)
    def test_may_do_what_is_chosen_of_what_their_user_may(self, role: Role, scopes: frozenset[Permission]) -> None:
        if scopes and scopes <= ROLES[role]:
            assert token_scopes_of(map(str, scopes), role) == scopes
        else:
            with pytest.raises(BadScope):
                token_scopes_of(map(str, scopes), role)

    @pytest.mark.parametrize("role", Role)
    def test_may_do_all_of_it_where_nothing_is_chosen(self, role: Role) -> None:
        assert token_scopes_of(None, role) == ROLES[role]

    def test_say_which_name_is_wrong(self) -> None:
        with pytest.raises(BadScope, match=r"Tokens of the role mentee can have .* 'chat' is none of them") as caught:
            token_scopes_of(["conversations.own", "chat"], Role.MENTEE)

        assert caught.value.field == "scope"
