"""What two tickets are as one, as values: joined by rule, taken apart in any order."""

from hypothesis import given, settings
from hypothesis import strategies as st

from router.merging.images import Image, changed_inside, joined, taken_out, three_way

MOMENTS = st.none() | st.sampled_from([f"2026-03-0{day}T12:00:00.000000+00:00" for day in range(1, 7)])
PROMISES = st.none() | MOMENTS.filter(bool).map(lambda due: ["first_answer", 60, due, due, "queue", due])
HANDS = st.sampled_from(["waiting", "open"]).map(lambda state: {"state": state})


@st.composite
def some_facts(draw):
    facts = {name: draw(MOMENTS) for name in ("answer_by", "waiting_since", "step_down_at", "place")}
    facts |= {"answer": draw(PROMISES), "resolution": draw(PROMISES), "hands": draw(HANDS), "mood": {}, "lane": None}
    facts |= {f"tag:{tag}": "a rule" for tag in draw(st.sets(st.sampled_from("abc")))}
    levels = draw(st.dictionaries(st.sampled_from(["billing", "refunds"]), st.integers(1, 5)))
    facts |= {f"need:{skill}": [level, "a rule"] for skill, level in levels.items()}
    return facts | {f"need:{draw(st.sampled_from(['en', 'ur']))}": [1, "language"]}


def merged(now, source, newer=False):
    """A merge of a ticket into one that is as `now` says."""
    return Image(source, now, joined(now, source, newer=newer), newer)


class TestJoined:
    def test_the_earlier_promise_the_better_place_and_the_tags_and_needs_of_both_hold(self):
        soon, late = "2026-03-01T12:00:00.000000+00:00", "2026-03-02T12:00:00.000000+00:00"
        ours = {"place": late, "answer": ["a", 1, late, late, "q", "1"], "tag:x": "ana", "need:billing": [2, "a rule"]}
        theirs = {"place": soon, "answer": ["a", 1, soon, soon, "q", "2"], "tag:y": "bo", "need:billing": [4, "a rule"]}
        found = joined(ours, theirs, newer=False)
        assert (found["place"], found["answer"][-1], found["need:billing"][0]) == (soon, "2", 4)
        assert {"tag:x", "tag:y"} <= found.keys()

    def test_one_that_does_not_wait_gets_no_place(self):
        assert joined({"place": None}, {"place": "2026"}, newer=False)["place"] is None

    def test_the_language_that_came_last_holds(self):
        ours, theirs = {"need:en": [1, "language"]}, {"need:ur": [1, "language"]}
        assert "need:ur" not in joined(ours, theirs, newer=False)
        assert "need:en" not in joined(ours, theirs, newer=True)

    @given(some_facts(), some_facts())
    def test_the_same_ticket_twice_adds_nothing(self, ours, theirs):
        once = joined(ours, theirs, newer=False)
        assert joined(once, theirs, newer=False) == once


class TestThreeWay:
    def test_what_others_changed_stays_and_is_told(self):
        found, kept = three_way({"a": 1, "b": 1}, {"a": 2, "b": 2}, {"a": 1, "b": 3, "c": 4})
        assert (found, kept) == ({"a": 2, "b": 3, "c": 4}, ["b"])

    def test_what_was_not_to_change_is_not_told(self):
        assert three_way({"a": 1}, {"a": 1}, {"a": 5}) == ({"a": 5}, [])


class TestTakenOut:
    @settings(deadline=None)
    @given(some_facts(), st.lists(some_facts(), min_size=1, max_size=4), st.randoms())
    def test_in_any_order_the_ticket_is_what_it_was(self, first, sources, chance):
        now, images = first, []
        for source in sources:
            images.append(merged(now, source, newer=chance.random() < 0.5))
            now = images[-1].after
        while images:
            at = chance.randrange(len(images))
            now, kept = taken_out(images, at, now)
            assert kept == []
            images.pop(at)
            rest = first
            for image in images:
                rest = joined(rest, image.source, newer=image.newer)
            assert now == rest, "as if the one taken out had never been merged"
        assert now == first

    @settings(deadline=None)
    @given(some_facts(), some_facts(), some_facts(), st.sampled_from(["tag:z", "tag:a"]))
    def test_what_somebody_did_in_between_stays(self, first, second, third, tag):
        images = [merged(first, second)]
        between = {**images[0].after, tag: "ana"}
        images.append(merged(between, third))
        now, _ = taken_out(images, 0, images[1].after)
        now, _ = taken_out(images[1:], 0, now)
        assert now == first | {tag: now[tag]}

    @settings(deadline=None)
    @given(some_facts(), some_facts(), some_facts())
    def test_along_a_chain_what_came_by_way_of_another_goes_too(self, first, middle, last):
        lower = merged(middle, first)
        upper = merged(last, lower.after)
        without, _ = taken_out([lower], 0, upper.source)
        upper.source = without
        now, kept = changed_inside([upper], 0, upper.after)
        assert (now, kept) == (joined(last, middle, newer=False), [])
