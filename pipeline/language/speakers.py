"""Who is speaking: people by surname or office, bodies by name, pronouns by whoever spoke last."""

from msgspec import Struct

from pipeline.language.attribution import told_after, told_before
from pipeline.language.lexicons import lexicon
from pipeline.language.parties import party_of
from pipeline.language.passages import Sentence
from pipeline.language.people import people


class Speaker(Struct, frozen=True):
    """A speaker as a statement names one."""

    name: str
    role: str | None
    party: str | None


class Roster:
    """Everybody whom a text names with an office, found again by surname, first name or office."""

    def __init__(self, sentences: list[Sentence]) -> None:
        self._people: dict[str, Speaker] = {}
        for sentence in sentences:
            for person in people(sentence):
                found = Speaker(person.name, person.office, person.party or party_of(person.role))
                for key in (person.name.split()[-1], person.name.split()[0]):
                    known = self._people.get(key)
                    if known is None or (" " in found.name and " " not in known.name):
                        self._people[key] = found

    def find(self, who: str) -> Speaker:
        """The person behind a surname or an office; else the words themselves, with the party they name."""
        surname = who.split()[-1]
        if surname in self._people and self._people[surname].name.endswith(surname):
            return self._people[surname]
        party = party_of(who)
        for person in self._people.values():
            office = (person.role or "").split()[-1:]
            named = who.lower().startswith("the ") and office and surname.lower() == office[0].lower()
            if named and (party is None or person.party in {None, party}):
                return person
        return Speaker(who, None, party)

    def titled(self, who: str) -> Speaker | None:
        """The person behind a transcript's `SECRETARY NAME`."""
        surname = who.split()[-1]
        return next((p for p in self._people.values() if p.name.split()[-1].upper() == surname), None)


def speaker_of(text: str, start: int, end: int, last: Speaker | None, roster: Roster) -> Speaker | None:
    """Whose words `text[start:end]` are: told right after them, before them, or the last speaker's."""
    told = told_after(text, end) or told_before(text, start)
    if told is None or lexicon.speech.pronouns.fullmatch(told):
        return last
    return roster.find(told)
