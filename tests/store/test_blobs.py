"""Bytes: once per brand and content, in pieces, counted by who refers to them."""

import threading

from router.store import blobs
from tests.builders import a_brand, now


def put(desk, data, brand=None):
    with desk.heed.database.write() as db:
        return blobs.put(db, brand or desk.brand_id, data, now())


class TestBlobs:
    def test_are_stored_once_and_counted(self, desk):
        first, second = put(desk, b"same"), put(desk, b"same")
        assert first == second
        assert desk.rows("SELECT refs, size FROM blob") == [(2, 4)]

    def test_are_never_shared_over_a_wall(self, desk):
        assert put(desk, b"same") != put(desk, b"same", a_brand(desk, "other"))

    def test_come_back_whole_however_large(self, desk):
        for data in (b"", b"x" * blobs.CHUNK, b"y" * (blobs.CHUNK * 2 + 1)):
            blob_id = put(desk, data)
            with desk.heed.database.read() as db:
                assert blobs.read(db, blob_id) == data

    def test_go_with_the_last_reference(self, desk):
        blob_id = put(desk, b"same")
        put(desk, b"same")
        for left in (1, 0):
            with desk.heed.database.write() as db:
                blobs.drop(db, blob_id)
            assert desk.rows("SELECT count(*) FROM blob_chunk") == [(left,)]

    def test_are_one_when_ten_bring_them_at_once(self, desk):
        threads = [threading.Thread(target=put, args=(desk, b"z" * 300_000)) for _ in range(10)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert desk.rows("SELECT refs FROM blob") == [(10,)]
        assert desk.rows("SELECT count(*) FROM blob_chunk") == [(2,)]
