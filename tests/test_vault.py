"""What is secret at rest: sealed by the first key, opened by any, useless when changed."""

import pytest

from router.vault import VaultError, cookie_keys, derive, open_vault

OLD, NEW = "old" * 12, "new" * 12


class TestVault:
    def test_opens_what_it_sealed(self) -> None:
        vault = open_vault([NEW])
        assert vault.open(*vault.seal("hunter2 \u06a9")) == "hunter2 \u06a9"

    def test_never_seals_the_same_text_the_same_way(self) -> None:
        vault = open_vault([NEW])
        assert vault.seal("x")[0] != vault.seal("x")[0]

    def test_opens_what_an_older_key_sealed_and_seals_with_the_first(self) -> None:
        sealed, key_id = open_vault([OLD]).seal("secret")
        both = open_vault([NEW, OLD])
        assert both.open(sealed, key_id) == "secret"
        assert not both.is_current(key_id)
        assert both.is_current(both.seal("secret")[1])

    def test_says_which_key_is_missing(self) -> None:
        sealed, key_id = open_vault([OLD]).seal("secret")
        with pytest.raises(VaultError, match=key_id):
            open_vault([NEW]).open(sealed, key_id)

    def test_refuses_what_was_changed_and_says_nothing_of_it(self) -> None:
        vault = open_vault([NEW])
        sealed, key_id = vault.seal("secret")
        with pytest.raises(VaultError) as refused:
            vault.open(sealed[:-1] + bytes([sealed[-1] ^ 1]), key_id)
        assert "secret sealed" in str(refused.value) and "hunter" not in str(refused.value)

    def test_needs_a_key(self) -> None:
        with pytest.raises(ValueError, match="SECRET_KEY"):
            open_vault([])


def test_each_purpose_has_its_own_key() -> None:
    assert derive(NEW, "vault") != derive(NEW, "cookies")
    assert len(set(cookie_keys([NEW, OLD]))) == 2
