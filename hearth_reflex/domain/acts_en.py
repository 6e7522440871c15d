"""English sentences: inversion, question words, plain verbs in front, and what people say to people. Patterns over a
sentence in small letters."""

import re

_OPENERS = (
    r"^(?:(?:so|and|but|or|ok|okay|k|well|hmm+|um+|uh|oh+|ah+|aha|then|also|hey|hi|hello|please|pls|plz|no|nope|"
    r"wait|yeah|yes|yep|"
    r"sorry|actually|lol|haha+|great|nice|cool|thanks|right|alright|anyway|now|just|btw|quick question|"
    r"out of curiosity|"
    r"guys|thx|an|good|perfect|interesting)[,!. ]+)*"
)
_SUBJECT = (
    r"(?:i|you|u|ya|he|she|it|we|they|this|that|there|these|those|the|a|an|my|your|our|his|her|their|any|some|someone|"
    r"somebody|anyone|anybody|everyone|everybody|one|both|all|\w+s|\w+)"
)
_AUX = (
    r"(?:is|are|am|was|were|do|does|did|can|could|will|would|shall|should|may|might|must|have|has|had|isn't|"
    r"aren't|wasn't|"
    r"weren't|don't|doesn't|didn't|can't|couldn't|won't|wouldn't|shouldn't|haven't|hasn't)"
)
_WH = r"(?:what|whats|who|whos|whose|whom|when|whens|where|wheres|why|whys|how|hows|which|wat|wut)"
_ASKS = re.compile(rf"{_OPENERS}(?:{_WH}(?:'s|'re|'d|'ll)?\b|{_AUX}\s+{_SUBJECT}\b|(?:any|anyone|anybody)\s+\w+)")
_ASKS_BEHIND = re.compile(rf"^(?:{_WH}(?:'s|'re)?\b|{_AUX}\s+(?:i|you|u|he|she|it|we|they|there|this|that)\b)")
_EXCLAIMS = re.compile(
    rf"{_OPENERS}(?:what\s+an?\b|how\s+\w+$|what the hell|who (?:cares|knows)|which is|when (?:i|we|you)\b.*,)"
)
VERBS = (
    r"(?:tell|give|list|explain|make|write|sing|read|pick|choose|show|help|say|translate|summari[sz]e|sum|remind|"
    r"roll|count|"
    r"name|find|describe|play|draw|define|guess|compare|suggest|recommend|repeat|continue|go on|go ahead|"
    r"keep going|try|"
    r"answer|note|add|calculate|compute|solve|check|start|convert|spell|imagine|pretend|invent|plan|rank|rate|"
    r"shorten|rewrite|rephrase|simplify|expand|correct|fix|draft|compose|outline|finish|proofread|turn|change|swap|"
    r"replace|surprise us|surprise me|entertain|quiz|teach|settle|tldr|introduce|prove|estimate|search|generate|"
    r"create|set)"
)
# Besides, what somebody is told who is called by name.
MORE_VERBS = (
    r"(?:be|do|don't|let|look|listen|think|use|remove|cheer|wish|decide|end|ask|meet|welcome|greet|remember|"
    r"forget|wait|come|"
    r"open|stop|hush|shush|shut|quiet|enough|go|stay|keep|take|get|put|turn|leave|relax|sleep|wake|say|send|save|"
    r"store|sorry)"
)
_SPEECH = re.compile(rf"{_OPENERS}(?:please\s+)?{VERBS}\b")
WANTS = re.compile(
    r"\b(?:can|could|would|will|wont|won't|can't)\s+(?:you|u|ya)\s+(?:please\s+)?(?!come|join|be\b|drive|eat|"
    r"stay|make it)"
)
_WANTS_MORE = re.compile(
    r"^(?:i'd (?:like|love)|i (?:want|need)|we need) (?:you|a|an|some|another|the|to (?:know|hear))\b"
    r"|^(?:and )?(?:one|another|a few|some|two|three|five|ten)? ?(?:more|another|again|next|shorter|longer)\b|"
    r"\bplease$|^please\b"
    r"|^(?:more|again|next|continue|another)\b"
)
_THANKS = re.compile(
    r"\b(?:thanks?|thank (?:you|u)|thx|thnx|ty|tysm|cheers|ta|merci|gracias|appreciate|good ?night|nighty? night|bye|"
    r"see (?:you|ya)|(?:so |very )?sorry|well done|good (?:bot|job|one|work|answer|point|call|to know)|"
    r"you(?:'re| are|'ve got| have) (?:a |the |so )?(?:star|best|legend|genius|lifesaver|amazing|awesome|brilliant|"
    r"funny|hilarious|great|right|welcome|smart|clever))\b"
)
PRAISE_WORDS = 8
_PRAISE = re.compile(
    r"^(?:(?:oh+|ooh+|ah+|aha|wow|omg|lol|lmao|rofl|ha(?:ha)+h?|heh(?:e)*|yay|ok|okay|k|kk|yes+|yeah|yep|yup|no|"
    r"nope|nah|sure|fine|"
    r"alright|right|true|exactly|agreed|same|indeed|great|good|nice|cool|perfect|awesome|brilliant|lovely|"
    r"amazing|sweet|neat|wonderful|"
    r"fantastic|excellent|interesting|gotcha|noted|understood|perfect|love it|got it|i see|makes? sense|that|"
    r"this|it|is|was|"
    r"so|very|really|pretty|all|will do|fair enough|enough|sounds?|helps?|helped|worked|works|did|one|idea|"
    r"answer|thinking|a|the|"
    r"to know|not bad|haven't|funny|hilarious|i|like|love|my god|hm+|mm+|ugh|gross|spooky|and|too|well|then|"
    r"\d)\b[ ,!.]*)+$"
)
HUSHES = re.compile(
    r"^(?:(?:ok|okay|no|please|pls|just|now|oh|hey|that's|right|alright|enough|so|(?:can|could|will|would) you|"
    r"you can|you should|you may)[ ,]+)*"
    r"(?:stop(?: (?:it|that|now|talking|answering|replying|please|there|chatting|interrupting|butting in))*|"
    r"be quiet(?: \w+)*|quiet(?: (?:down|now|please))*|hush(?: now)?|"
    r"shush|sh+h*|shut (?:up|it)|enough|silence|that's enough|that'll do|that will do|zip it|pipe down|not now|"
    r"stay out(?: of (?:it|this))?|never ?mind|nvm|cancel(?: that)?|"
    r"(?:don't|do not|no need to) (?:answer|reply|talk|speak|interrupt|respond|butt in)(?: \w+){0,3}|(?:give it|"
    r"take) a (?:rest|break)|"
    r"let us talk|mute yourself|go (?:away|to sleep))(?:[ ,]+(?:please|now|ok|okay|for (?:now|today|tonight|"
    r"a bit|a while)|will you|thanks))*$"
)
REACTS = re.compile(
    r"^(?:(?:oh|wow|omg|wait|hm+|ok|huh|haha|lol)[ ,]+)*(?:really|seriously|huh|for real|fr|no way|you think|"
    r"oh yeah|is it|is that so|"
    r"wow|oh|eh|right|ok|okay|what the hell|wtf|who knew|how nice|how cute|how cool|how funny|how sweet|how lovely)$"
)
GREETS = re.compile(
    r"^(?:hi|hiya|hello|hey|yo|good (?:morning|evening|afternoon)|morning|welcome|greetings|howdy|sup)\b"
)
TO_ALL = re.compile(
    r"\b(?:everyone|everybody|anyone|anybody|someone|somebody|you guys|you all|y'all|yall|all of you|both of you|"
    r"you two|"
    r"guys|folks|who(?:'s| is| wants| else|'ll| will| has| can| took| left| ate| did)|whose|whos)\b"
)
DECLINES = re.compile(
    r"^(?:no|nope|nah|not now|no thanks?|i'm (?:good|fine|ok)|that's (?:ok|fine|all|enough)|never ?mind|later)\b"
)
OBJECTS = re.compile(
    r"\bi (?:mean|meant|said|asked|was asking)\b|\bnot what\b|\bthat's (?:not|wrong|incorrect|false)|\byou(?:'re|"
    r" are) wrong\b|"
    r"\b(?:it|that|this) (?:still )?(?:doesn't|didn't|does not|did not|won't|isn't|fails|failed)\b|"
    r"\bstill (?:not|doesn't|fails|broken|get)|"
    r"\bi (?:don't|do not|didn't|can't) (?:get|understand|follow|see)|\bconfus|\bnot (?:quite|exactly|really)\b|"
    r"^wrong\b|\bincorrect\b|"
    r"\byou (?:forgot|missed|said|left out|skipped|misread|misunderstood)\b|^but (?:you|it|that|what|isn't|"
    r"the)\b|\bmistake\b"
)
GOES_ON = re.compile(
    r"^(?:(?:oh|ok|okay|hmm+|ah|well|yeah|yes|wait|no|cool|nice|hm|interesting|great)[, ]+)*(?:and|an|then|"
    r"so (?:what|why|how|is|does|do|which|it|that|can)|but|or|what about|how about|"
    r"what if|what else|why|how (?:so|come|long|much|many|far|big|old|often|hot|high|fast|do|does|is|are|can|"
    r"would|should)|which|go on|continue|next|more|another|one more|again|instead|also|any)\b"
    r"|\b(?:it|its|that|those|these|them|they|there|ones?|else|instead|another|more|again|this)\b"
)
# What is asked of hands and feet.
FOR_HANDS = re.compile(
    rf"{_OPENERS}(?:(?:can|could|would|will|can't) (?:you|u|someone|somebody|anyone) (?:please |just )?|please )?"
    r"(?:open|close|shut|pass|hand|bring|grab|fetch|pick up|turn (?:on|off|up|down)|feed|wash|clean|take|put|"
    r"hold|lock|drive|"
    r"wake|call|come|join|wait|move|lend|buy|get) (?:the|my|me|us|your|that|it|some|in|over|here|up|for me|for us)\b"
)
FOR_PEOPLE = re.compile(
    r"\b(?:you|u|ya|ur|your|yours|y'all)\b|\b(?:we|us|our|ours|let's|lets)\b|\bwhere(?:'s| is| are|s) (?:the|my|"
    r"our|your|\w+'s)\b|"
    r"\b(?:who(?:'s| is| wants| else|'ll| will| took| left| ate| has)|whose|whos)\b|\bwhat time\b|\bwhen(?:'s|"
    r" is| are|s) (?:the (?!best)|dinner|lunch|practice|rehearsal|your|our|my)|"
    r"\b(?:tonight|tomorrow)\?*$|\b(?:coming|hosting|bringing|around|home)\b|\bfree (?:on|at|later|now|today)\b|"
    r"^(?:want|wanna|fancy|ready|hungry|tired|thirsty|done|need) ?(?:some|a|an|to|help)?\b|"
    r"\b(?:dinner|lunch|breakfast|supper) (?:ready|done|yet)\b"
)
FOR_ANYBODY = re.compile(
    rf"\b(?:can|could|would|will|can't|won't) (?:you|u) (?:please |maybe |also |just )?{VERBS}\b|\b(?:do|did|"
    rf"would|don't|didn't) you (?:know|think|mean|recommend|suggest|remember|say|agree|advise)\b|"
    r"\bwhat do you (?:think|mean|suggest|recommend)\b|\bare you (?:sure|certain|saying)\b|\bhow (?:do|can|"
    r"should|would|could|long (?:do|should)|much (?:do|should)|many (?:do|should)) (?:you|we|one)\b|"
    r"\bdo you have (?:any|more|another|other|an?) (?:more |other |better )?(?:example|idea|tip|suggestion|"
    r"recipe|source|advice|version|joke|story|name|question|recommendation)|"
    r"\bwould you (?:say|choose|pick|recommend)\b|\b(?:do|will|did) (?:i|we) need\b|\bwhat (?:do|should|can|"
    r"could) we (?:need|use|do|make|add|put)\b|\banyone know\b|\bhow (?:can|do) we\b"
)
OF_THE_WORLD = re.compile(
    rf"{_OPENERS}(?:why|how|what(?:'s| is| are| does| do| was| were| kind| happens| if| about)|which|any(?:one|"
    rf"body) know|does any(?:one|body) know|"
    r"(?:do|does|is|are|can|did|was|were|will|would|should)\s+(?!you|u|we|the|my|our|your)\w+)"
)


WANTS_COMPANY = re.compile(
    r"\b(?:bored|boring|stor(?:y|ies)|joke|song|sing|poem|quiz|trivia|game|recommend\w*|riddle)\b"
)


def asks(plain: str) -> bool:
    """A question without its mark."""
    if _ASKS.search(plain) is not None and _EXCLAIMS.search(plain) is None:
        return True
    last = plain.rsplit(", ", 1)[-1]
    return last != plain and _ASKS_BEHIND.search(last) is not None and _EXCLAIMS.search(last) is None


def wants(plain: str) -> bool:
    return (_SPEECH.search(plain) or _WANTS_MORE.search(plain)) is not None


def thanks(plain: str) -> bool:
    praises = len(plain.split()) <= PRAISE_WORDS and _PRAISE.search(plain) is not None
    return praises or _THANKS.search(plain) is not None
