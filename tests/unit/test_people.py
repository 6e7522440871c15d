"""What a page makes of passing frames: who is here and writes, who has read, what is unread; asked in Node."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

RUNNER = Path(__file__).with_name("people_runner.mjs")
PARTICLES = (Path(__file__).parents[2] / "assets/hearth/particles.js").as_uri()
ROOM, OTHER = "01a1fd62-c78d-70f4-a0f8-597c3359323c", "01a1fd62-c78d-70f4-a0f8-597c33590000"
ME, MUM, DAD = "me", "mum", "dad"

Order = list[Any]


def run(*orders: Order) -> list[Any]:
    node = Path(sys.executable).parent / "node"
    given = json.dumps(orders)
    done = subprocess.run([str(node), str(RUNNER)], input=given, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def enter(*, n: str = "1", here: tuple[str, ...] = (ME, MUM), read: int = 4, room: str = ROOM) -> list[Order]:
    """The page comes into a room of three."""
    person = {"role": "member", "avatar": "", "seen": "2026-11-21T09:00:00.000Z"}
    sits = [{"id": one, "name": name, **person} for one, name in ((ME, "나"), (MUM, "엄마"), (DAD, "아빠"))]
    snapshot = {"n": n, "room": room, "tag": room[-8:], "me": ME, "people": sits, "here": here, "home": here}
    snapshot |= {"reads": {ME: read, MUM: 3, DAD: 5}, "read": read}
    return [["go", f"/room/{room}"], ["delta", "room", {"snapshot": snapshot}]]


def signal(kind: str, *payload: Any, room: str = ROOM, count: int = 0) -> Order:
    return ["delta", "signal", {"s": [room[-8:], kind, *payload, count]}]


def told(kind: str, *payload: Any) -> Order:
    return ["delta", "news", {"news": [kind, *payload, 0]}]


def unread(room: str, seq: int, *, called: int = 0, text: str = "왔니?") -> Order:
    return told("unread", room, seq, called, "부엌", "Kitchen", "엄마", text, "Mum", f"message-{seq}")


def counted(*rooms: Order, n: str = "c") -> Order:
    return ["delta", "unread", {"counts": {"n": n, "rooms": rooms}}]


def row(seq: int, author: str, **more: Any) -> dict[str, Any]:
    return {"seq": seq, "author": author, "kind": "talk", "status": "complete", "mentions": [], **more}


def said(*rows: dict[str, Any], rev: int = 9) -> Order:
    return ["delta", "changes", {"frame": [ROOM[-8:], rev, list(rows)]}]


def here(people: list[dict[str, Any]]) -> set[str]:
    return {one["id"] for one in people if one["here"]}


class TestPeople:
    def test_people_come_and_go(self) -> None:
        first, second, third = run(
            *enter(), ["people"], signal("here", DAD, "아빠", 1, MUM, "엄마", 0), ["people"],
            signal("here", "new", "손님", 1), ["people"],
        )  # fmt: skip
        assert here(first) == {ME, MUM}
        assert here(second) == {ME, DAD}
        assert here(third) == {ME, DAD, "new"}
        assert third[-1]["name"] == "손님"

    def test_what_was_told_before_the_snapshot_is_not_lost(self) -> None:
        (people,) = run(["go", f"/room/{ROOM}"], signal("here", MUM, "엄마", 0), *enter(), ["people"])
        assert here(people) == {ME}

    def test_another_rooms_signals_are_not_heard(self) -> None:
        (people,) = run(*enter(), signal("here", MUM, "엄마", 0, room=OTHER), ["people"])
        assert here(people) == {ME, MUM}

    def test_elsewhere_nobody_is_shown(self) -> None:
        assert run(*enter(), ["go", "/"], ["people"], ["typing"], ["unread_by", 5]) == [[], [], 0]

    def test_a_dot_for_those_who_are_at_home(self) -> None:
        before, after = run(*enter(), signal("home", DAD, 1), ["people"], signal("home", DAD, 0), ["people"])
        assert [one["home"] for one in before] == [True, True, True]
        assert [one["home"] for one in after] == [True, True, False]
        assert after[2]["seen"] > before[2]["seen"]

    def test_the_lobby_hears_who_is_where_until_its_list_comes_anew(self) -> None:
        heard = ["delta", "signal", {"s": ["lobby", "here", OTHER, "엄마", "아빠", 0]}]
        assert run(["here_in", OTHER], heard, ["here_in", OTHER], counted([OTHER, 0, 0, 1, 2]), ["here_in", OTHER]) == [
            None, ["엄마", "아빠"], None,
        ]  # fmt: skip

    def test_changed_names_are_looked_up_once(self) -> None:
        now = [{"id": ME, "name": "나", "role": "owner", "avatar": "a", "last_seen": ""}]
        (people,) = run(
            *enter(), ["directory", now], signal("room"), signal("room", count=1), ["pass", 900], ["people"]
        )
        assert [(one["id"], one["role"], one["here"]) for one in people] == [(ME, "owner", True)]


class TestWriting:
    def test_it_is_shown_for_five_seconds(self) -> None:
        assert run(
            *enter(), signal("typing", MUM, "엄마"), ["typing"], ["pass", 4900], ["typing"], ["pass", 200], ["typing"]
        ) == [["엄마"], ["엄마"], []]

    def test_each_further_word_makes_it_last(self) -> None:
        assert run(
            *enter(), signal("typing", MUM, "엄마"), ["pass", 3000], signal("typing", MUM, "엄마", count=1),
            ["pass", 4000], ["typing"],
        ) == [["엄마"]]  # fmt: skip

    def test_it_ends_with_the_message_and_with_the_writer(self) -> None:
        both = [signal("typing", MUM, "엄마"), signal("typing", DAD, "아빠")]
        assert run(*enter(), *both, ["typing"], said(row(9, MUM)), ["typing"]) == [["엄마", "아빠"], ["아빠"]]
        assert run(*enter(), *both, signal("here", DAD, "아빠", 0), ["typing"]) == [["엄마"]]

    def test_ones_own_is_not_shown(self) -> None:
        assert run(*enter(), signal("typing", ME, "나"), ["typing"]) == [[]]

    def test_it_is_said_once_in_three_seconds_and_not_of_an_empty_box(self) -> None:
        letter = ["dispatch", "hearth:typing", {"empty": False}]
        emptied = ["dispatch", "hearth:typing", {"empty": True}]
        many, later, empty, anew = run(
            *enter(), letter, letter, ["pass", 2900], letter, ["calls"], ["pass", 200], letter, ["calls"],
            emptied, ["calls"], letter, ["calls"],
        )  # fmt: skip
        assert many == later == anew == [["presence.typing", {"room": ROOM}]]
        assert empty == []

    def test_nothing_is_said_outside_a_room_or_without_a_line(self) -> None:
        letter = ["dispatch", "hearth:typing", {"empty": False}]
        assert run(letter, ["calls"], *enter(), ["line", False], letter, ["calls"]) == [[], []]


class TestReading:
    def test_who_has_not_read(self) -> None:
        assert run(*enter(), *(["unread_by", seq] for seq in (3, 4, 5, 6))) == [0, 1, 1, 2]

    def test_marks_move_forward_only(self) -> None:
        assert run(
            *enter(), signal("read", MUM, 6), ["unread_by", 6], signal("read", MUM, 2), ["unread_by", 6],
            signal("read", DAD, 6), ["unread_by", 6],
        ) == [1, 1, 0]  # fmt: skip

    def test_the_house_is_told_once_a_second_and_never_twice(self) -> None:
        def seen(seq: int) -> Order:
            return ["dispatch", "hearth:seen", {"seq": seq}]

        first, burst, again = run(
            *enter(), ["pass", 1000], seen(5), ["pass", 0], ["calls"], seen(6), seen(7), seen(8), ["pass", 1000],
            ["calls"], seen(8), seen(3), ["pass", 2000], ["calls"],
        )  # fmt: skip
        assert first == [["presence.read", {"room": ROOM, "seq": 5}]]
        assert burst == [["presence.read", {"room": ROOM, "seq": 8}]]
        assert again == []

    def test_a_hidden_page_has_read_nothing(self) -> None:
        assert run(*enter(), ["hide", True], ["dispatch", "hearth:seen", {"seq": 9}], ["pass", 3000], ["calls"]) == [[]]

    def test_what_the_line_lost_is_told_when_it_is_back(self) -> None:
        lost, back = run(
            *enter(), ["pass", 1000], ["line", False], ["dispatch", "hearth:seen", {"seq": 9}], ["pass", 0], ["calls"],
            ["line", True], *enter(n="2"), ["pass", 1000], ["calls"],
        )  # fmt: skip
        assert lost == []
        assert back == [["presence.read", {"room": ROOM, "seq": 9}]]


class TestUnread:
    def test_what_is_said_since_is_added_and_read_taken_off(self) -> None:
        assert run(
            counted([OTHER, 2, 1, 7, 2]), ["unread", OTHER], ["title"], unread(OTHER, 8), unread(OTHER, 8),
            ["unread", OTHER], ["title"], told("read", OTHER, 7), ["unread", OTHER], told("read", OTHER, 8), ["title"],
        ) == [
            {"unread": 2, "mentions": 1}, "(2) ", {"unread": 3, "mentions": 1}, "(3) ",
            {"unread": 1, "mentions": 0}, "",
        ]  # fmt: skip

    def test_a_count_that_was_made_before_the_last_word_does_not_hide_it(self) -> None:
        assert run(unread(OTHER, 8), unread(OTHER, 9), counted([OTHER, 3, 0, 8, 2]), ["unread", OTHER]) == [
            {"unread": 4, "mentions": 0}
        ]

    def test_a_count_that_was_made_before_the_reading_does_not_bring_it_back(self) -> None:
        assert run(told("read", OTHER, 9), counted([OTHER, 3, 0, 9, 2]), ["unread", OTHER]) == [
            {"unread": 0, "mentions": 0}
        ]

    def test_a_hushed_room_does_not_count_in_the_title(self) -> None:
        rooms = [[OTHER, 5, 2, 7, 0], [ROOM, 4, 1, 7, 1], ["third", 2, 0, 7, 2]]
        assert run(counted(*rooms), ["title"], ["unread", OTHER]) == ["(3) ", {"unread": 5, "mentions": 2}]

    def test_talks_are_counted_for_their_room_and_are_less_loud(self) -> None:
        talk, other = "talk1", "talk2"
        said = told("unread", talk, 8, 0, "저녁", "Dinner", "불씨", "네", "Ember", "m8", ROOM)
        called = told("unread", other, 3, 1, "눈", "Snow", "불씨", "네", "Ember", "m3", ROOM)
        assert run(
            counted([talk, 2, 0, 7, 1, ROOM]), ["in_talks", ROOM], ["title"], said, said, ["in_talks", ROOM], ["title"],
            called, ["in_talks", ROOM], ["title"], ["unread", talk], ["in_talks", OTHER],
            told("read", talk, 8), ["in_talks", ROOM], told("read", other, 3), ["in_talks", ROOM], ["title"],
        ) == [2, "", 3, "", 4, "(1) ", {"unread": 3, "mentions": 0}, 0, 1, 0, ""]  # fmt: skip

    def test_a_talk_that_is_open_belongs_to_its_room(self) -> None:
        go, (told_by, where, given) = enter(n="9", read=0, room=OTHER)
        given["snapshot"]["parent"] = ROOM
        assert run(go, [told_by, where, given], ["go", "/"], unread(OTHER, 5), ["in_talks", ROOM]) == [1]

    def test_more_than_ninety_nine(self) -> None:
        assert run(counted([OTHER, 200, 0, 300, 2]), ["title"]) == ["(99+) "]

    def test_the_open_room_counts_what_is_not_read_in_a_moment(self) -> None:
        read_at_once = run(
            *enter(), said(row(5, MUM)), ["dispatch", "hearth:seen", {"seq": 5}], ["pass", 2000], ["title"]
        )
        assert read_at_once == [""]
        assert run(*enter(), said(row(5, MUM)), ["title"], ["pass", 2000], ["title"]) == ["", "(1) "]
        assert run(*enter(), ["hide", True], said(row(5, MUM), row(6, ME)), ["title"]) == ["(1) "]

    def test_an_answer_counts_when_it_is_finished(self) -> None:
        grows = row(5, "ai", status="streaming")
        assert run(*enter(), ["hide", True], said(grows), ["title"], said(row(5, "ai")), ["title"]) == ["", "(1) "]


class TestToasts:
    def test_a_call_elsewhere_comes_up_until_one_goes_there(self) -> None:
        toasts, after = run(
            *enter(), unread(OTHER, 8, called=1), ["toasts"], *enter(n="2", room=OTHER, read=7), ["toasts"]
        )
        assert [(one["room"], one["message"], one["who"], one["en"]) for one in toasts] == [
            (OTHER, "message-8", "엄마", "Kitchen")
        ]
        assert after == []

    def test_what_calls_nobody_only_counts(self) -> None:
        assert run(unread(OTHER, 8), ["toasts"], ["title"]) == [[], "(1) "]

    def test_never_for_the_open_room(self) -> None:
        assert run(*enter(), unread(ROOM, 8, called=1), ["toasts"], ["title"]) == [[], ""]

    def test_three_at_most_and_one_a_room(self) -> None:
        calls = [unread(f"room{n}", n + 1, called=1) for n in range(5)]
        toasts, again = run(*calls, ["toasts"], unread("room3", 9, called=1, text="또"), ["toasts"])
        assert [one["room"] for one in toasts] == ["room2", "room3", "room4"]
        assert [(one["room"], one["text"]) for one in again] == [
            ("room2", "왔니?"),
            ("room4", "왔니?"),
            ("room3", "또"),
        ]

    @pytest.mark.parametrize(
        ("minutes", "quiet"), [(22 * 60 + 59, False), (23 * 60, True), (60, True), (7 * 60, False)]
    )
    def test_none_in_quiet_hours(self, minutes: int, quiet: bool) -> None:
        toasts, title = run(
            ["prefer", {"quiet_from": 23 * 60, "quiet_to": 7 * 60}], ["minutes", minutes],
            unread(OTHER, 8, called=1), ["toasts"], ["title"],
        )  # fmt: skip
        assert (len(toasts), title) == (0 if quiet else 1, "(1) ")

    def test_read_in_another_tab_it_goes(self) -> None:
        assert run(unread(OTHER, 8, called=1), told("read", OTHER, 8), ["toasts"], ["title"]) == [[], ""]


def test_particles_follow_the_sound_of_the_name() -> None:
    names = ["엄마", "아들", "Mina", "미나 2", "서울", "ㅋ", ""]
    program = (
        f"const {{ subject, together }} = await import({json.dumps(PARTICLES)});"
        f"console.log(JSON.stringify({json.dumps(names)}.map((name) => [subject(name), together(name)])));"
    )
    node = Path(sys.executable).parent / "node"
    done = subprocess.run([str(node), "--input-type=module", "-e", program], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout)[:5] == [
        ["엄마가", "엄마와"], ["아들이", "아들과"], ["Mina님이", "Mina님과"], ["미나 2님이", "미나 2님과"],
        ["서울이", "서울과"],
    ]  # fmt: skip
