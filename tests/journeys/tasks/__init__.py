"""Thirty written tasks, each done by four hands in a real browser."""

import pytest

for _name in ("answering", "around", "hand", "hands", "table", "together"):
    pytest.register_assert_rewrite(f"{__name__}.{_name}")  # so that what fails says what was found
