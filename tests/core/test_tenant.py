"""No two tenants share a key, and every key is a dict's key and a folder's name."""

from __future__ import annotations

import re
from itertools import product

from bedside.core.toolkit.tenant import LONGEST, Tenant

IDS = [
    "local", "", "a", "A", "a.b", "a_b", "a_2eb", "a/b", "a\\b", "..", ".", "_", "__", "~", "t-a", "é", "e\u0301", "\ud800",
    "\0", "con", "a b", "x" * 500, "x" * 501, "ü" * 200, "local.a", "a.", ".a", "-",
]  # fmt: skip


def test_no_two_tenants_and_no_two_parts_share_a_key():
    wanted = [(id_, *parts) for n in (0, 1, 2) for id_, *parts in product(IDS, repeat=n + 1)]
    keys = {Tenant(id_).key(*parts) for id_, *parts in wanted}
    assert len(keys) == len(wanted)
    assert len({key.casefold() for key in keys}) == len(wanted)  # on a disk where case does not count


def test_a_key_is_a_folders_name(tmp_path):
    for id_ in IDS:
        key = Tenant(id_).key("cache", id_)
        assert re.fullmatch(r"t[-~][a-z0-9._-]+", key) and len(key) <= LONGEST
        (tmp_path / key).mkdir()
    assert len(list(tmp_path.iterdir())) == len(IDS)


def test_a_digest_can_not_be_written_out():
    long = Tenant("x" * 500).key()
    assert long.startswith("t~") and Tenant(long.removeprefix("t~")).key() != long


def test_the_tenant_of_ones_own_computer():
    assert Tenant() == Tenant("local") and Tenant().key("terms") == "t-local.terms"
