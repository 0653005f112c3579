"""People as `readout annotate` tells them: full name, office in the text's words, and whose office it is."""

import pytest

from pipeline.documents.read import read
from pipeline.language.annotate import annotate

# A sentence, and "name | office | party" of everybody whom it names with an office.
SENTENCES = [
    ("Trade Minister Robert E. Lund spoke first.", "Robert E. Lund | Trade Minister | -"),
    ("Kenya’s Trade Minister J. P. Otieno spoke first.", "J. P. Otieno | Trade Minister | KE"),
    ("Commerce Minister Mr. Rao of India left early.", "Rao | Commerce Minister | IN"),
    ("Commerce Minister Dr. Priya Rao left early.", "Priya Rao | Commerce Minister | -"),
    ("Hon. Grace Wanjiru, Kenya’s Trade Secretary, left early.", "Grace Wanjiru | Trade Secretary | KE"),
    ("Said Al Harthy, the Omani trade minister, left early.", "Said Al Harthy | trade minister | OM"),
    ("Lars van der Meer, the Dutch trade minister, left early.", "Lars van der Meer | trade minister | NL"),
    ("Norway’s trade minister, Ingrid Moe, left early.", "Ingrid Moe | trade minister | NO"),
    ("Chilean Vice Minister Tomas Araya left early.", "Tomas Araya | Vice Minister | CL"),
    ("Vice Minister Tomas Araya of Chile left early.", "Tomas Araya | Vice Minister | CL"),
    ("Vice Minister Tomas Araya (Chile) left early.", "Tomas Araya | Vice Minister | CL"),
    ("Tomas Araya (Vice Minister) left early.", "Tomas Araya | Vice Minister | -"),
    ("Tomas Araya (Vice Minister, Chile) left early.", "Tomas Araya | Vice Minister | CL"),
    ("Tomas Araya (Chile’s Vice Minister) left early.", "Tomas Araya | Vice Minister | CL"),
    ("Tomas Araya, Vice Minister of Trade of Chile, left early.", "Tomas Araya | Vice Minister of Trade | CL"),
    ("Chile: Tomas Araya (Vice Minister)", "Tomas Araya | Vice Minister | CL"),
    ("Efua Mensah, who is Ghana’s deputy trade minister, left early.", "Efua Mensah | deputy trade minister | GH"),
    ("Labour Minister Kari Lund of Norway left early.", "Kari Lund | Labour Minister | NO"),
    ("Economy Minister Yoav Regev represents Israel.", "Yoav Regev | Economy Minister | IL"),
    ("Economy Minister Yoav Regev leads the Israeli team.", "Yoav Regev | Economy Minister | IL"),
    ("Serbia is represented by State Secretary Marko Ilic.", "Marko Ilic | State Secretary | RS"),
    ("Led by State Secretary Marko Ilic, the Serbian team left early.", "Marko Ilic | State Secretary | RS"),
    ("The Serbian team, led by State Secretary Marko Ilic, left early.", "Marko Ilic | State Secretary | RS"),
    ("For Serbia, State Secretary Marko Ilic sat down first.", "Marko Ilic | State Secretary | RS"),
    ("State Secretary Marko Ilic sat down for Serbia.", "Marko Ilic | State Secretary | RS"),
    ("Serbia wants lower duties, State Secretary Marko Ilic wrote.", "Marko Ilic | State Secretary | -"),
    ("State Secretary Marko Ilic wants Serbia to lower its duties.", "Marko Ilic | State Secretary | -"),
    ("State Secretary Marko Ilic met the Serbian team.", "Marko Ilic | State Secretary | -"),
    ("State Secretary Marko Ilic flew to Serbia.", "Marko Ilic | State Secretary | -"),
    ("Georgia’s Economy Minister Nino Kapanadze left early.", "Nino Kapanadze | Economy Minister | GE"),
    ("Jordanian Trade Minister Rami Haddad left early.", "Rami Haddad | Trade Minister | JO"),
    ("Chile’s Tomas Araya, the vice minister, met Ghana’s Efua Mensah, the trade minister.", "Tomas Araya | vice minister | CL; Efua Mensah | trade minister | GH"),
    ("Iceland’s chief negotiator Helga Jonsdottir left early.", "Helga Jonsdottir | chief negotiator | IS"),
    ("Helga Jonsdottir, chief negotiator for Iceland, left early.", "Helga Jonsdottir | chief negotiator | IS"),
    ("Trade Minister Fiona O’Dowd of Ireland left early.", "Fiona O’Dowd | Trade Minister | IE"),
    ("EU Trade Commissioner Jana Horvat left early.", "Jana Horvat | Trade Commissioner | EU"),
    ("US Trade Representative Ann K. Weller left early.", "Ann K. Weller | Trade Representative | US"),
    ("Deputy U.S. Trade Representative Ann Weller left early.", "Ann Weller | Deputy U.S. Trade Representative | US"),
    ("The trade ministers of both, Ana Vera of Peru and Lars Moe of Norway, met.", "Ana Vera | trade ministers | PE; Lars Moe | trade ministers | NO"),
    ("Signed by the two trade ministers, Ana Vera for Peru and Lars Moe for Norway, it binds both.", "Ana Vera | trade ministers | PE; Lars Moe | trade ministers | NO"),
    ("Peru’s trade minister Ana Vera, Chile’s Tomas Araya and Norway’s Lars Moe met.", "Ana Vera | trade minister | PE; Tomas Araya | trade minister | CL; Lars Moe | trade minister | NO"),
    ("She saw her Ghanaian counterpart, Efua Mensah, in Accra.", "Efua Mensah | counterpart | GH"),
    ("The Trade Minister said nothing.", ""),
    ("The Trade Minister of Norway said on Monday that Oslo would wait.", ""),
    ("Foreign Minister Said said little.", "Said | Foreign Minister | -"),
    ("Chile: Lcda. Rosa Tello Prado, Minister of Economy", "Rosa Tello Prado | Minister of Economy | CL"),
    ("India’s Minister of Commerce and Industry Priya Rao left early.", "Priya Rao | Minister of Commerce and Industry | IN"),
    ("Priya Rao, accompanied by her chief negotiator Anil Sen, left early.", "Anil Sen | chief negotiator | -"),
    ("Chile: Rosa Tello, Minister of Economy, represented by Vice Minister Tomas Araya", "Rosa Tello | Minister of Economy | CL; Tomas Araya | Vice Minister | CL"),
    ("The report of the Working Party of the Minister was read.", ""),
    ("Former Trade Minister Carlos Rey left early.", "Carlos Rey | Former Trade Minister | -"),
]  # fmt: skip


@pytest.mark.parametrize(("sentence", "told"), SENTENCES, ids=[sentence[:60] for sentence, _ in SENTENCES])
def test_people_have_a_whole_name_an_office_and_a_side(sentence, told):
    people = annotate(read(sentence.encode())).people
    assert "; ".join(f"{p.name} | {p.office} | {p.party or '-'}" for p in people) == told


def test_the_side_that_is_said_once_is_known_in_the_whole_text():
    text = "Trade Minister Rosa Tello of Peru arrived.\n\nTrade Minister Rosa Tello will speak on Friday."
    assert [p.party for p in annotate(read(text.encode())).people] == ["PE", "PE"]


def test_of_two_surnames_the_first_stands_for_both():
    text = "Trade Minister Rosa Tello Prado of Peru arrived.\n\nMinister Tello will speak on Friday."
    assert [p.party for p in annotate(read(text.encode())).people] == ["PE", "PE"]
