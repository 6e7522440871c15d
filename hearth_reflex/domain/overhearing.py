"""What a message is, to those who did not write it: to whom each of its sentences is said, and what is done in them.

A sentence without a call goes to whoever the one before it called. Values in, values out.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from hearth_reflex.domain.acts import Act, act_of, is_to_all
from hearth_reflex.domain.lookalikes import spellings_of
from hearth_reflex.domain.mentions import Speaker, mentions
from hearth_reflex.domain.people_called import calls_person, names_person
from hearth_reflex.domain.sentences import sentences
from hearth_reflex.domain.vocatives import Call, call_of, without_names

_WISHES = frozenset({Act.ASKS, Act.WANTS, Act.TELLS, Act.GREETS, Act.NOTHING})
_AT = re.compile(r"(?<![\w@])@([^\s@]+)")
_AT_ALL = re.compile(r"(?<![\w@])@(?:all|everyone|everybody|here|channel|room|모두|다들|전체|여러분)", re.IGNORECASE)
_OF_IT = re.compile(
    r"^(?:이?가|은|는|을|를|의|한테|에게|께|랑|와|과|하고|말|도|'s)\b|^(?:이?가|은|는|을|를|의|한테|에게|랑|하고|"
    r"도)(?![가-힣])"
)


@dataclass(frozen=True, slots=True)
class Overheard:
    """Attributes:
    personas: uuids of those that are called by name, and of whom something is wanted.
    any_persona: an AI is called, whichever.
    to_person: a person is spoken to; `to_person_by_call`: with an @.
    is_thanks_by_name: a persona is named and only thanked, or hushed.
    about: a persona is talked about; `told_of`: so is one with an @ before its name.
    acts: what is done in the sentences that call nobody else.
    """

    personas: tuple[str, ...] = ()
    any_persona: bool = False
    to_person: bool = False
    to_person_by_call: bool = False
    is_thanks_by_name: bool = False
    about: bool = False
    told_of: bool = False
    to_all: bool = False
    names_person: bool = False
    hushed: bool = False
    acts: frozenset[Act] = frozenset()

    @property
    def wants_more(self) -> bool:
        return Act.WANTS in self.acts


def hear(text: str, personas: Sequence[Speaker], *, people: frozenset[str], aliases: Sequence[str]) -> Overheard:
    """Args:
    people: names of people that may be called, without that of who speaks.
    aliases: what any AI may be called.
    """
    listener = _Listener(personas, people, aliases)
    for sentence in sentences(text):
        listener.take(sentence)
    return listener.heard(text)


class _Listener:
    def __init__(self, personas: Sequence[Speaker], people: frozenset[str], aliases: Sequence[str]) -> None:
        self._personas, self._people, self._aliases = [_spelled(each) for each in personas], people, aliases
        self._names = tuple(name for speaker in self._personas for name in speaker.names)
        # An @ before a persona's name changes nothing in what is said; whom it calls is decided elsewhere.
        self._at_names = re.compile(rf"@(?={'|'.join(re.escape(name) for name in self._names) or '$^'})", re.IGNORECASE)
        self._to: tuple[str, ...] | None = ()  # who the last call was for; None: a person
        self._called, self._wanted = set[str](), list[str]()
        self._person = self._person_at = self._about = self._all = self._names_person = self._hushed = False
        self._acts = set[Act]()

    def take(self, sentence: str) -> None:
        at, sentence = _calls_with_at(sentence, self._names), self._at_names.sub("", sentence)
        called = self._who(sentence)
        self._person_at = self._person_at or at
        if called:
            self._to = called
        elif at or calls_person(sentence, self._people, not_names=(*self._names, *self._aliases)):
            self._to, self._person = None, True
        act = act_of(without_names(sentence, (*self._names, *self._aliases) if called else ()))
        self._note(sentence, act, called=bool(called))

    def _note(self, sentence: str, act: Act, *, called: bool) -> None:
        self._all = self._all or is_to_all(sentence) or _AT_ALL.search(sentence) is not None
        self._names_person = self._names_person or names_person(sentence, self._people)
        if self._to is None:
            return
        self._acts.add(act)
        self._hushed = self._hushed or act is Act.HUSHES
        for uuid in self._to:
            self._called.add(uuid)
            if act in _WISHES and (called or act in (Act.ASKS, Act.WANTS)) and uuid not in self._wanted:
                self._wanted.append(uuid)

    def _who(self, sentence: str) -> tuple[str, ...]:
        found: list[str] = []
        for speaker in self._personas:
            call = call_of(sentence, speaker.names, typos=True)
            if call is Call.TO:
                found.append(speaker.uuid)
            self._about = self._about or call is Call.ABOUT
        if not found and call_of(sentence, self._aliases) is Call.TO:
            return (_ANY,)
        return tuple(found)

    def heard(self, text: str) -> Overheard:
        wanted = () if self._hushed else tuple(self._wanted)
        return Overheard(
            personas=tuple(speaker.uuid for speaker in self._personas if speaker.uuid in wanted),
            any_persona=_ANY in wanted,
            to_person=self._person,
            to_person_by_call=self._person_at,
            is_thanks_by_name=bool(self._called) and not wanted,
            about=self._about and not self._called,
            told_of=_told_of(text, self._names),
            to_all=self._all,
            names_person=self._names_person,
            hushed=self._hushed,
            acts=frozenset(self._acts),
        )


_ANY = "*"


def _spelled(speaker: Speaker) -> Speaker:
    return Speaker(speaker.uuid, tuple(dict.fromkeys((*speaker.names, *spellings_of(speaker.names)))))


def _calls_with_at(sentence: str, names: Sequence[str]) -> bool:
    """Whether somebody is called with an @ who is none of the personas."""
    if not _AT.search(sentence) or _AT_ALL.search(sentence):
        return False
    return any(not any(mentions("@" + found[1], name) for name in names) for found in _AT.finditer(sentence))


def _told_of(text: str, names: Sequence[str]) -> bool:
    """Whether an @ stands before a persona's name that is only talked about: @불씨한테 물어봐."""
    for name in names:
        for found in re.finditer(rf"(?<![\w@])@{re.escape(name)}", text, re.IGNORECASE):
            if _OF_IT.match(text[found.end() :]):
                return True
    return False
