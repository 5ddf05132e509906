"""The doorbell of the inbox: when it rings, and that a real trigger sees real files."""

import asyncio
import time

from inbox import POLL_SECONDS, REST_SECONDS, Doorbell, InboxTrigger


def test_rings_once_a_file_has_rested_and_not_again():
    bell = Doorbell(rest_seconds=2, remind_seconds=60)
    rings = [bell.should_ring({"a"}, now) for now in (0, 1, 2, 3, 50)]
    assert rings == [False, False, True, False, False]


def test_a_file_that_changes_starts_resting_again():
    bell = Doorbell(rest_seconds=2)
    assert [bell.should_ring({("a", size)}, now) for now, size in ((0, 1), (2, 2), (3, 2), (4, 2))] == [
        False,
        False,
        False,
        True,
    ]


def test_rings_again_for_a_file_that_came_later_but_not_for_files_taken_away():
    bell = Doorbell(rest_seconds=2, remind_seconds=60)
    bell.should_ring({"a", "b"}, 0)
    assert bell.should_ring({"a", "b"}, 2)
    assert not bell.should_ring({"b"}, 5)
    bell.should_ring({"b", "c"}, 6)
    assert bell.should_ring({"b", "c"}, 8)


def test_reminds_of_what_still_lies_there_since_an_event_can_be_lost():
    bell = Doorbell(rest_seconds=2, remind_seconds=60)
    bell.should_ring({"a"}, 0)
    assert bell.should_ring({"a"}, 2)
    assert not bell.should_ring({"a"}, 61)
    assert bell.should_ring({"a"}, 62)
    assert not bell.should_ring(set(), 200)


def test_the_first_ring_does_not_depend_on_how_long_the_machine_has_been_up():
    bell = Doorbell(rest_seconds=2, remind_seconds=60)
    assert not bell.should_ring({"a"}, 1_000_000.0)


def test_a_stored_trigger_is_the_same_trigger():
    path, arguments = InboxTrigger().serialize()
    assert path == f"{InboxTrigger.__module__}.{InboxTrigger.__name__}"
    assert InboxTrigger(**arguments).poll_seconds == POLL_SECONDS


def test_the_trigger_rings_for_a_real_file_after_its_rest_and_ignores_what_is_no_submission(home):
    for name in ("~$a.xlsx", ".a.csv", "receipts.csv"):
        (home.inbox / name).write_text("x")

    async def listen() -> tuple[bool, float, dict]:
        events = InboxTrigger(poll_seconds=0.1).run()
        waiting = asyncio.ensure_future(anext(events))
        rang_for_nothing, _ = await asyncio.wait([waiting], timeout=REST_SECONDS + 0.5)
        folder = home.inbox / "jiangan"
        folder.mkdir()
        (folder / "a.csv").write_text("programme")
        dropped_at = time.monotonic()
        event = await asyncio.wait_for(waiting, timeout=20)
        return bool(rang_for_nothing), time.monotonic() - dropped_at, event.payload

    rang_for_nothing, seconds, payload = asyncio.run(listen())
    assert not rang_for_nothing
    assert seconds >= REST_SECONDS - 0.2
    assert payload == {"waiting_count": 1}
