"""A long room in the browser's store: it holds a stretch of it, goes elsewhere and comes back, counts what is said
meanwhile, and never shows a hole."""

from collections.abc import Iterator
from itertools import pairwise

import pytest

from tests.unit.store_house import KEEP_ROWS, ME, OTHER, PAGE_ROWS, REPAIR_MS, RETRY_MS, Browser, House, Tab, agrees

LONG = 10_000
MOST_ROWS = 1000
ROOM = "/api/rooms/room"


@pytest.fixture(scope="module")
def node() -> Iterator[Browser]:
    browser = Browser()
    yield browser
    browser.close()


@pytest.fixture
def browser(node: Browser) -> Browser:
    node.do("begin")
    return node


@pytest.fixture(scope="module")
def talk() -> House:
    house = House()
    house.talk(LONG)
    return house


@pytest.fixture
def house(talk: House) -> House:
    """A long talk; each test goes on with it by itself."""
    return House(rows=list(talk.rows), rev=talk.rev, kept=dict(talk.kept))


@pytest.fixture
def tab(browser: Browser, house: House) -> Tab:
    return Tab(browser, house).open()


def seqs(tab: Tab) -> list[int]:
    return [item["seq"] for item in tab.view()["items"]]


def jump(tab: Tab, seq: int) -> None:
    tab.tell("jumpTo", seq)
    tab.answer_all()


class TestGoingElsewhere:
    def test_a_far_row_comes_with_its_neighbours(self, tab: Tab) -> None:
        jump(tab, 5000)
        view = tab.view()
        assert seqs(tab) == list(range(4950, 5050))
        assert (view["hasOlder"], view["hasNewer"], view["epoch"], view["jumping"]) == (True, True, 1, False)
        assert view["target"]["seq"] == 5000
        assert agrees(tab)

    def test_a_row_that_is_held_is_gone_to_at_once(self, tab: Tab) -> None:
        tab.tell("jumpTo", LONG - 3)
        assert tab.fetches() == []
        view = tab.view()
        assert (view["target"]["seq"], view["target"]["flash"], view["epoch"]) == (LONG - 3, True, 0)

    def test_both_ends_of_a_room_are_its_ends(self, tab: Tab) -> None:
        jump(tab, 1)
        assert (tab.view()["hasOlder"], seqs(tab)[0]) == (False, 1)
        tab.tell("toNewest")
        tab.answer_all()
        assert (tab.view()["hasNewer"], seqs(tab)[-1]) == (False, LONG)
        assert agrees(tab)

    def test_only_the_newest_wish_counts(self, tab: Tab, house: House, browser: Browser) -> None:
        tab.tell("jumpTo", 2000)
        tab.tell("jumpTo", 8000)
        first, second = tab.fetches()
        browser.do("answer", 1, 200, house.answer(second))
        browser.do("answer", 0, 200, house.answer(first))
        assert 8000 in seqs(tab)
        assert tab.view()["target"]["seq"] == 8000
        assert agrees(tab)

    @pytest.mark.parametrize("status", [0, 404, 500])
    def test_a_way_that_leads_nowhere_leaves_all_as_it_is(self, tab: Tab, browser: Browser, status: int) -> None:
        tab.tell("jumpToMessage", "m77")
        browser.do("answer", 0, status, {})
        view = tab.view()
        assert (len(view["items"]), view["jumping"], view["target"]) == (30, False, None)
        jump(tab, 3000)
        assert agrees(tab)

    def test_a_day_is_asked_for_in_one_moment_of_all_zones(self, browser: Browser, tab: Tab) -> None:
        browser.do("day", "tab", "2026-03-01T15:00:00Z")
        assert tab.fetches() == [f"{ROOM}/at?date=2026-03-01T15%3A00%3A00.000Z"]
        browser.do("answer", 0, 200, {"seq": 4000})
        tab.answer_all()
        assert tab.view()["target"] == {
            "n": 1, "seq": 4000, "align": "start", "offset": 0, "flash": False, "focus": False,
        }  # fmt: skip

    def test_a_stretch_that_is_older_than_the_view_is_asked_for_again(
        self, tab: Tab, house: House, browser: Browser
    ) -> None:
        tab.tell("jumpTo", 3000)
        (asked,) = tab.fetches()
        stale = house.answer(asked)
        house.edit(3000, "edited")
        house.talk(90)
        tab.tell("stands", house.rev)
        browser.do("pass", REPAIR_MS)
        for _ in range(2):  # what changed, which is too much, and the room as it is now
            browser.do("answer", 1, 200, house.answer(tab.fetches()[1]))
        browser.do("answer", 0, 200, stale)
        tab.answer_all()
        assert agrees(tab)
        assert "edited" in tab.texts()


class TestUpAndDown:
    def test_scrolling_to_the_first_row_and_back_holds_a_bounded_stretch(self, tab: Tab) -> None:
        for load, more in (("loadOlder", "hasOlder"), ("loadNewer", "hasNewer")):
            while tab.view()[more]:
                tab.tell(load)
                assert tab.answer_all() == 1
                assert len(tab.view()["rows"]) <= MOST_ROWS
                assert tab.view()["held"] <= MOST_ROWS
            assert agrees(tab)
        assert seqs(tab)[-1] == LONG

    def test_rows_come_or_go_at_one_end_at_a_time(self, tab: Tab) -> None:
        for load in ["loadOlder"] * 25 + ["loadNewer"] * 25:
            shown = [seqs(tab)]
            tab.tell(load)
            shown.append(seqs(tab))
            tab.answer_all()
            shown.append(seqs(tab))
            for before, after in pairwise(shown):
                assert before[0] == after[0] or before[-1] == after[-1]

    def test_a_trim_is_for_who_is_at_the_newest(self, tab: Tab) -> None:
        jump(tab, 5000)
        for _ in range(10):
            tab.tell("loadOlder")
            tab.answer_all()
        assert len(seqs(tab)) > KEEP_ROWS
        tab.tell("trim")
        assert len(seqs(tab)) > KEEP_ROWS


class TestWhatIsSaidMeanwhile:
    def test_it_is_counted_and_not_shown_until_one_is_there(self, tab: Tab, house: House) -> None:
        jump(tab, 5000)
        tab.tell("change", *(house.say(OTHER, "a", "new 1") or ()))
        tab.tell("change", *(house.say(OTHER, "b", "new 2") or ()))
        assert (tab.view()["unseen"], agrees(tab), seqs(tab)[-1]) == (2, True, 5049)
        tab.tell("toNewest")
        tab.answer_all()
        assert (tab.view()["unseen"], tab.texts()[-2:]) == (0, ["new 1", "new 2"])
        assert agrees(tab)

    def test_scrolled_up_at_the_live_end_it_is_shown_and_counted(self, tab: Tab, house: House) -> None:
        tab.tell("reading", {"seq": LONG - 20, "offset": 0}, False)
        tab.tell("change", *(house.say(OTHER, "a", "new") or ()))
        tab.tell("change", *(house.say(ME, "b", "from my other device") or ()))
        assert (tab.view()["unseen"], seqs(tab)[-1]) == (1, LONG + 2)
        tab.tell("reading", {"seq": LONG, "offset": 0}, True)
        assert tab.view()["unseen"] == 0

    def test_what_comes_while_the_last_page_loads_is_no_hole(self, tab: Tab, house: House, browser: Browser) -> None:
        jump(tab, LONG - 60)
        tab.tell("loadNewer")
        (asked,) = tab.fetches()
        page = house.answer(asked)
        tab.tell("change", *(house.say(OTHER, "late", "meanwhile") or ()))
        browser.do("answer", 0, 200, page)
        assert (tab.view()["hasNewer"], agrees(tab), tab.texts()[-1]) == (False, True, "meanwhile")

    def test_an_answer_that_grows_elsewhere_asks_for_nothing(self, tab: Tab, house: House, browser: Browser) -> None:
        tab.tell("change", *house.begin_answer())
        jump(tab, 100)
        for at in range(20):
            tab.tell("words", LONG + 1, 5 * at, "word ")
        browser.do("pass", 10 * RETRY_MS)
        assert tab.fetches() == []
        assert seqs(tab)[-1] == 149
        tab.tell("change", *house.end_answer("word " * 20))
        assert tab.view()["held"] == len(seqs(tab))
        tab.tell("toNewest")
        tab.answer_all()
        assert (tab.texts()[-1], agrees(tab)) == ("word " * 20, True)

    def test_a_view_too_far_behind_begins_anew_where_one_reads(self, tab: Tab, house: House, browser: Browser) -> None:
        jump(tab, 5000)
        tab.tell("reading", {"seq": 4990, "offset": 12}, False)
        house.talk(90)
        house.edit(4990, "edited")
        tab.come_back()
        tab.answer_all()
        assert tab.fetches() == [f"{ROOM}/rows?around=4990&limit={2 * PAGE_ROWS}"]
        tab.answer_all()
        assert agrees(tab)
        assert "edited" in tab.texts()
        assert (tab.view()["target"]["seq"], tab.view()["target"]["offset"]) == (4990, 12)

    def test_what_one_says_oneself_leads_to_the_newest(self, tab: Tab, house: House) -> None:
        jump(tab, 5000)
        tab.tell("send", "mine")
        assert "mine" not in tab.texts()  # below what was said long ago it would stand in a wrong place
        tab.answer_all()
        assert (tab.texts()[-1], tab.view()["target"]["align"]) == ("mine", "end")
        tab.deliver()
        assert agrees(tab)


class TestComingIn:
    def test_a_link_leads_to_its_message_and_nothing_else_is_shown_before(self, browser: Browser, house: House) -> None:
        tab = Tab(browser, house).open(link="m500")
        assert (tab.fetches(), tab.texts(), tab.view()["empty"]) == ([f"{ROOM}/at?message=m500"], [], False)
        tab.answer_all()
        tab.answer_all()
        view = tab.view()
        assert (view["target"]["seq"], view["target"]["flash"], 500 in seqs(tab)) == (500, True, True)
        assert agrees(tab)

    def test_a_link_that_leads_nowhere_opens_at_the_newest(self, browser: Browser, house: House) -> None:
        tab = Tab(browser, house).open(link="m500")
        browser.do("answer", 0, 404, {})
        assert seqs(tab)[-1] == LONG

    def test_back_where_one_was(self, tab: Tab, browser: Browser, house: House) -> None:
        jump(tab, 5000)
        tab.tell("reading", {"seq": 4980, "offset": 7}, False)
        tab.tell("remember")
        later = Tab(browser, house, "later").open()
        later.answer_all()
        target = later.view()["target"]
        assert (target["seq"], target["offset"], target["flash"]) == (4980, 7, False)
        later.tell("toNewest")
        later.answer_all()
        later.tell("reading", {"seq": LONG - 10, "offset": 0}, True)
        later.tell("remember")
        assert seqs(Tab(browser, house, "last").open())[-1] == LONG

    def test_the_first_new_row_has_a_line_above_it(self, browser: Browser, house: House) -> None:
        tab = Tab(browser, house).open(read=LONG - 400)
        tab.answer_all()
        view = tab.view()
        assert (view["unread"], view["target"]["seq"]) == (LONG - 399, LONG - 399)
        tab.tell("send", "hello")
        assert tab.view()["unread"] == 0

    @pytest.mark.parametrize("read", [0, LONG])
    def test_who_is_new_or_has_read_all_sees_no_line(self, browser: Browser, house: House, read: int) -> None:
        tab = Tab(browser, house).open(read=read)
        tab.tell("change", *(house.say(OTHER, "a", "new") or ()))
        assert (tab.view()["unread"], tab.view()["target"], tab.fetches()) == (0, None, [])


class TestCost:
    def test_a_word_draws_one_row_again_and_looks_at_no_other(self, tab: Tab, house: House, browser: Browser) -> None:
        for _ in range(15):
            tab.tell("loadOlder")
            tab.answer_all()
        tab.tell("change", *house.begin_answer())
        assert len(seqs(tab)) > 700
        assert browser.do("redrawn", "tab", "words", LONG + 1, 0, "word ") == {"changed": 1, "looks": 0}
        said = house.say(OTHER, "a", "new")
        assert browser.do("redrawn", "tab", "change", *(said or ()))["changed"] == 1

    def test_what_is_answered_and_attached_is_kept_over_a_reload(
        self, tab: Tab, browser: Browser, house: House
    ) -> None:
        reply = {"id": "m9", "seq": 9, "name": OTHER, "name_en": OTHER, "text": "line 8", "deleted": False}
        tab.tell("send", "mine", {"reply": reply, "files": [{"id": "f1", "name": "a.png"}]})
        (first,) = browser.do("sent")
        Tab(browser, house, "later").open()
        (again,) = browser.do("sent")
        assert {**first, "tab": "later"} == again
        assert (again["reply"], again["files"]) == (reply, [{"id": "f1", "name": "a.png"}])
