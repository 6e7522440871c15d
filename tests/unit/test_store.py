"""The room's store in the browser: what is sent arrives once, what is missed is asked for, two tabs do not erase each
other's, and whatever happens on the way, the view ends at what a fresh load shows. (`store_house.py` has the house and
the tabs; `test_store_window.py` is about long rooms.)
"""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.unit.store_house import (
    GIVEN_UP_MS,
    KEEP_ROWS,
    ME,
    OTHER,
    REPAIR_MS,
    REPAIR_ROWS,
    RETRY_MS,
    SNAPSHOT_ROWS,
    Browser,
    House,
    Tab,
    agrees,
)


@pytest.fixture(scope="module")
def node() -> Iterator[Browser]:
    browser = Browser()
    yield browser
    browser.close()


@pytest.fixture
def browser(node: Browser) -> Browser:
    node.do("begin")
    return node


@pytest.fixture
def house() -> House:
    return House()


@pytest.fixture
def tab(browser: Browser, house: House) -> Tab:
    return Tab(browser, house).open()


class TestWhatIsMissed:
    def test_a_gap_in_revs_is_asked_for(self, tab: Tab, house: House, browser: Browser) -> None:
        house.say(OTHER, "a", "lost")
        tab.tell("change", *(house.say(OTHER, "b", "heard") or ()))
        assert tab.fetches() == []
        browser.do("pass", REPAIR_MS)
        assert tab.fetches() == ["/api/rooms/room/changes?since=0"]
        tab.answer_all()
        assert tab.texts() == ["lost", "heard"]

    def test_a_frame_that_is_only_late_is_not_asked_for(self, tab: Tab, house: House, browser: Browser) -> None:
        first, second = house.say(OTHER, "a", "1"), house.say(OTHER, "b", "2")
        assert first
        assert second
        tab.tell("change", *second)
        tab.tell("change", *first)
        browser.do("pass", 10 * REPAIR_MS)
        assert (tab.fetches(), agrees(tab)) == ([], True)

    @pytest.mark.parametrize("status", [0, 500, 429])
    @pytest.mark.parametrize("how", ["gap", "snapshot", "stands"])
    def test_a_repair_that_fails_is_tried_again(
        self, tab: Tab, house: House, browser: Browser, status: int, how: str
    ) -> None:
        house.say(OTHER, "a", "lost")
        if how == "gap":
            tab.tell("change", *(house.say(OTHER, "b", "heard") or ()))
        elif how == "snapshot":
            tab.come_back()
        else:
            tab.tell("stands", house.rev)
        browser.do("pass", REPAIR_MS)
        for _ in range(3):
            assert len(tab.fetches()) == 1
            browser.do("answer", 0, status, {})
            browser.do("pass", RETRY_MS)
        tab.answer_all()
        assert agrees(tab)
        browser.do("pass", 10 * RETRY_MS)
        assert tab.fetches() == []

    def test_a_view_that_is_too_far_behind_begins_anew(self, tab: Tab, house: House, browser: Browser) -> None:
        house.talk(5)
        tab.come_back()
        tab.answer_all()
        house.talk(REPAIR_ROWS + 60)
        tab.come_back()
        tab.answer_all()
        assert tab.fetches() == ["/api/rooms/room"]
        browser.do("answer", 0, 0, None)
        browser.do("pass", RETRY_MS)
        tab.answer_all()
        tab.answer_all()
        assert agrees(tab)
        assert len(tab.view()["rows"]) == SNAPSHOT_ROWS

    def test_what_comes_while_it_begins_anew_is_not_lost(self, tab: Tab, house: House, browser: Browser) -> None:
        house.talk(REPAIR_ROWS + 60)
        tab.come_back()
        tab.answer_all()
        before = house.answer("/api/rooms/room")
        tab.tell("change", *(house.say(OTHER, "late", "meanwhile") or ()))
        browser.do("answer", 0, 200, before)
        browser.do("pass", REPAIR_MS)
        tab.answer_all()
        assert agrees(tab)

    def test_how_far_the_room_is_says_nothing_to_who_has_heard_it(
        self, tab: Tab, house: House, browser: Browser
    ) -> None:
        tab.tell("change", *(house.say(OTHER, "a", "heard") or ()))
        tab.tell("stands", house.rev)
        browser.do("pass", 10 * REPAIR_MS)
        assert tab.fetches() == []

    def test_a_house_that_went_back_in_time_is_not_asked_for_ever(
        self, tab: Tab, house: House, browser: Browser
    ) -> None:
        tab.tell("stands", 99)
        browser.do("pass", REPAIR_MS)
        tab.answer_all()
        browser.do("pass", 10 * RETRY_MS)
        assert tab.fetches() == []


class TestOlderRows:
    def test_pages_come_until_the_first_row(self, tab: Tab, house: House) -> None:
        house.talk(120)
        tab = Tab(tab.browser, house, "another").open()
        while tab.view()["hasOlder"]:
            tab.tell("loadOlder")
            tab.tell("loadOlder")  # a reader who scrolls on while it loads
            assert len(tab.fetches()) == 1
            tab.answer_all()
        assert (agrees(tab), len(tab.view()["rows"])) == (True, 120)

    def test_a_page_that_comes_after_a_trim_leaves_no_hole(self, browser: Browser, house: House) -> None:
        house.talk(KEEP_ROWS + 200)
        tab = Tab(browser, house).open()
        while len(tab.view()["rows"]) <= KEEP_ROWS:
            tab.tell("loadOlder")
            tab.answer_all()
        tab.tell("loadOlder")
        tab.tell("trim")
        tab.answer_all()
        assert agrees(tab)
        assert len(tab.view()["rows"]) < KEEP_ROWS
        assert tab.view()["hasOlder"]
        while tab.view()["hasOlder"]:
            tab.tell("loadOlder")
            tab.answer_all()
        assert (agrees(tab), len(tab.view()["rows"])) == (True, KEEP_ROWS + 200)

    def test_an_edit_of_a_row_that_is_not_loaded_shows_when_it_is(self, browser: Browser, house: House) -> None:
        house.talk(60)
        tab = Tab(browser, house).open()
        tab.tell("change", *house.edit(2, "edited"))
        assert agrees(tab)
        tab.tell("loadOlder")
        tab.answer_all()
        assert (agrees(tab), tab.texts()[1]) == (True, "edited")


class TestOutbox:
    def test_what_is_said_shows_at_once_and_is_the_same_bubble_later(self, tab: Tab) -> None:
        tab.tell("send", "hello")
        (bubble,) = tab.view()["items"]
        assert (bubble["text"], bubble["pending"], bubble["own"]) == ("hello", "sending", True)
        (sent,) = tab.deliver()
        (kept,) = tab.view()["items"]
        assert (kept["key"], kept["pending"], kept["seq"]) == (bubble["key"], "", 1)
        assert bubble["key"] == sent
        assert tab.browser.do("stored") == []

    def test_what_was_not_answered_goes_again_as_the_same_message(
        self, tab: Tab, house: House, browser: Browser
    ) -> None:
        tab.tell("send", "hello")
        (first,) = tab.deliver(told=False)
        browser.do("pass", GIVEN_UP_MS)
        assert tab.view()["outbox"][0]["state"] == "failed"
        tab.tell("retry", first)
        assert tab.deliver() == [first]
        assert [row["text"] for row in house.rows] == ["hello"]
        assert tab.view()["outbox"] == []

    def test_what_was_refused_waits_for_its_writer(self, tab: Tab, browser: Browser) -> None:
        tab.tell("send", "too fast")
        (sent,) = browser.do("sent")
        tab.tell("refuse", {"id": sent["id"], "ko": "느리게", "en": "slower"})
        tab.come_back()
        assert browser.do("sent") == []
        assert tab.view()["items"][0]["error"] == {"ko": "느리게", "en": "slower"}
        tab.tell("retry", sent["id"])
        (again,) = browser.do("sent")
        assert (again["text"], again["id"] != sent["id"]) == ("too fast", True)

    def test_after_a_cut_line_all_goes_again_in_its_order(self, tab: Tab, house: House, browser: Browser) -> None:
        for text in ("1", "2", "3"):
            tab.tell("send", text)
        browser.do("sent")  # all three are lost
        browser.do("pass", GIVEN_UP_MS)
        tab.come_back()
        tab.deliver()
        assert [row["text"] for row in house.rows] == ["1", "2", "3"]

    def test_somebody_elses_same_number_is_neither_mine_nor_my_bubble(self, tab: Tab, house: House) -> None:
        tab.tell("send", "mine")
        (sent,) = tab.browser.do("sent")
        tab.tell("change", *(house.say(OTHER, sent["id"], "theirs") or ()))
        assert [item["text"] for item in tab.view()["items"]] == ["theirs", "mine"]
        assert len({item["key"] for item in tab.view()["items"]}) == 2
        tab.tell("change", *(house.say(ME, sent["id"], "mine") or ()))
        items = tab.view()["items"]
        assert [(item["text"], item["pending"]) for item in items] == [("theirs", ""), ("mine", "")]
        assert len({item["key"] for item in items}) == 2


class TestTwoTabs:
    @pytest.fixture
    def tabs(self, browser: Browser, house: House) -> tuple[Tab, Tab]:
        return Tab(browser, house, "one").open(), Tab(browser, house, "two").open()

    def test_neither_erases_what_the_other_has_not_sent(
        self, tabs: tuple[Tab, Tab], browser: Browser, house: House
    ) -> None:
        one, two = tabs
        for tab, text in ((one, "a1"), (two, "b1"), (one, "a2"), (two, "b2")):
            browser.do("pass", 1)
            tab.tell("send", text)
        sent = {item["text"]: item["id"] for item in browser.do("sent")}
        assert [item["text"] for item in browser.do("stored")] == ["a1", "b1", "a2", "b2"]
        one.tell("kept", sent["a1"])
        assert [item["text"] for item in browser.do("stored")] == ["b1", "a2", "b2"]
        two.tell("discard", sent["b1"])
        assert [item["text"] for item in browser.do("stored")] == ["a2", "b2"]
        # Both are closed without having reached the house; the next page sends what is left, once and in its order.
        later = Tab(browser, house, "later").open()
        assert later.deliver() == [sent["a2"], sent["b2"]]
        assert [row["text"] for row in house.rows] == ["a2", "b2"]
        assert browser.do("stored") == []

    def test_a_page_opened_meanwhile_sends_the_same_message_and_no_other(self, browser: Browser, house: House) -> None:
        one = Tab(browser, house, "one").open()
        one.tell("send", "hello")
        (first,) = browser.do("sent")
        two = Tab(browser, house, "two").open()
        assert two.deliver() == [first["id"]]
        one.tell("change", house.rev, house.rows)
        assert (one.view()["outbox"], two.view()["outbox"]) == ([], [])
        assert browser.do("stored") == []
        assert one.texts() == two.texts() == ["hello"]

    def test_a_store_that_is_full_or_forbidden_takes_no_message_away(self, browser: Browser, house: House) -> None:
        browser.do("forbid")
        tab = Tab(browser, house).open()
        tab.tell("send", "hello")
        assert tab.texts() == ["hello"]
        assert len(tab.deliver()) == 1
        assert agrees(tab)


class TestDrawing:
    def test_nothing_is_held_of_what_is_drawn_no_more(self, tab: Tab, house: House, browser: Browser) -> None:
        for n in range(50):
            tab.tell("send", f"refused {n}")
            (sent,) = browser.do("sent")
            tab.tell("discard", sent["id"])
        assert tab.view()["drawn"] == 0
        house.talk(REPAIR_ROWS + 60)
        tab.come_back()
        tab.answer_all()
        tab.answer_all()
        assert tab.view()["drawn"] == len(tab.view()["items"]) == SNAPSHOT_ROWS

    def test_an_answer_that_begins_anew_is_drawn_from_its_first_word(self, tab: Tab, house: House) -> None:
        tab.tell("change", *house.begin_answer())
        tab.tell("words", 1, 0, "once upon")
        tab.tell("change", *house.end_answer("once upon a time"))
        tab.tell("change", *house.answer_again())
        assert tab.texts() == [""]
        tab.tell("words", 1, 0, "long ")
        tab.tell("words", 1, 5, "ago")
        assert tab.texts() == ["long ago"]
        tab.tell("change", *house.end_answer("long ago."))
        assert (tab.texts(), agrees(tab)) == (["long ago."], True)

    def test_only_what_a_model_made_can_be_asked_about(self, tab: Tab, house: House) -> None:
        tab.tell("change", *house.greet("where shall we go?"))
        tab.tell("change", *house.begin_answer())
        assert tab.browser.do("finished", tab.name) == [False, False]
        tab.tell("change", *house.end_answer("once upon a time"))
        assert tab.browser.do("finished", tab.name) == [False, True]

    def test_another_version_that_was_missed_takes_the_place_of_the_one_that_grew(
        self, tab: Tab, house: House, browser: Browser
    ) -> None:
        tab.tell("change", *house.begin_answer())
        tab.tell("words", 1, 0, "once upon a time there was")
        house.end_answer("once upon a time there was")
        house.answer_again()
        house.rows[-1] = {**house.rows[-1], "status": "streaming", "text": "long"}
        tab.come_back()
        tab.answer_all()
        assert tab.texts() == ["long"]

    def test_what_has_not_changed_is_not_drawn_again(self, tab: Tab, house: House, browser: Browser) -> None:
        house.talk(20)
        tab.come_back()
        tab.answer_all()
        tab.tell("send", "mine")
        assert browser.do("same", "tab")


STEPS = """other other send send edit burst late deliver deaf answer fail pass older trim back stands retry
offline online reload jump jump newer newest scroll"""
STEP = st.tuples(
    st.sampled_from(STEPS.split()), st.integers(0, 20), st.sampled_from(["heard", "heard", "lost", "twice", "late"])
)


class History:
    """One person's page over a bad line; `early` are frames that are still on their way."""

    def __init__(self, browser: Browser) -> None:
        browser.do("begin")
        self.browser, self.house, self.said, self.late = browser, House(), list[str](), list[Any]()
        self.house.talk(45)
        self.tab = Tab(browser, self.house).open()

    def play(self, what: str, pick: int, travels: str) -> None:
        match what:
            case "other":
                self.tell(self.house.say(OTHER, f"o{self.house.rev}", f"other {self.house.rev}"), travels)
            case "burst":
                self.house.talk(pick * 10)
            case "edit":
                self.tell(self.house.edit(pick + 1, f"edited {self.house.rev}"), travels)
            case "send":
                self.said.append(f"mine {len(self.said)}")
                self.tab.tell("send", self.said[-1])
            case "deliver" | "deaf":
                self.tab.deliver(told=what == "deliver")
            case "late":
                late, self.late = self.late, []
                for frame in reversed(late):
                    self.tab.tell("change", *frame)
            case "answer" | "fail":
                self.answer_one(pick, 200 if what == "answer" else (0, 500)[pick % 2])
            case "pass":
                self.browser.do("pass", pick * 700)
            case "older" | "trim":
                self.tab.tell({"older": "loadOlder", "trim": "trim"}[what])
            case "jump":
                self.tab.tell("jumpTo", 1 + pick * len(self.house.rows) // 21)
            case "newer" | "newest":
                self.tab.tell({"newer": "loadNewer", "newest": "toNewest"}[what])
            case "scroll":
                self.tab.tell("reading", {"seq": 1 + pick * len(self.house.rows) // 21, "offset": 0}, pick % 3 == 0)
            case "back":
                self.tab.come_back()
            case "stands":
                self.tab.tell("stands", self.house.rev)
            case "retry":
                self.retry()
            case "reload":
                while self.tab.fetches():
                    self.browser.do("answer", 0, 0, None)
                self.late.clear()
                self.tab.open()
            case _:
                self.browser.do("online", what == "online")

    def tell(self, frame: Any, travels: str) -> None:
        for _ in range({"heard": 1, "twice": 2}.get(travels, 0)):
            self.tab.tell("change", *frame)
        if travels == "late":
            self.late.append(frame)

    def answer_one(self, pick: int, status: int) -> None:
        if asked := self.tab.fetches():
            nth = pick % len(asked)
            self.browser.do("answer", nth, status, self.house.answer(asked[nth]))

    def retry(self) -> None:
        for item in self.tab.view()["outbox"]:
            if item["state"] == "failed":
                self.tab.tell("retry", item["id"])

    def come_to_rest(self) -> None:
        """The line is good again: the page comes back, and all that is asked and sent is answered."""
        self.browser.do("online", True)
        self.tab.come_back()
        for _ in range(8):
            self.tab.deliver()
            self.tab.answer_all()
            self.browser.do("pass", RETRY_MS)
        assert self.tab.fetches() == []


@given(st.lists(STEP, max_size=40))
@example([("burst", 5, ""), ("back", 0, ""), ("answer", 0, ""), ("other", 0, "heard"), ("answer", 0, "")])
@settings(max_examples=150, deadline=None)
def test_whatever_happens_the_view_ends_at_a_fresh_load(node: Browser, history: list[tuple[str, int, str]]) -> None:
    story = History(node)
    for step in history:
        story.play(*step)
    story.come_to_rest()
    assert agrees(story.tab)
    story.tab.tell("toNewest")
    story.tab.answer_all()
    assert agrees(story.tab)
    assert not story.tab.view()["hasNewer"]
    assert [row["text"] for row in story.house.rows if row["author"] == ME] == list(dict.fromkeys(story.said))
    assert story.tab.view()["outbox"] == []
    assert story.browser.do("stored") == []
    keys = [item["key"] for item in story.tab.view()["items"]]
    assert len(keys) == len(set(keys))
