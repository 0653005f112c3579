"""Which countries a text names: any state by its name, adjective or capital, and nobody who only shares that name."""

import pytest

from pipeline.documents.read import read
from pipeline.language.annotate import annotate
from pipeline.language.parties import party_of

COUNTRIES = [
    ("Georgia and Armenia resumed trade negotiations in Yerevan on Tuesday.", "AM GE"),
    ("Georgia’s economy minister arrived in Baku, and Azerbaijan’s trade minister met her there.", "AZ GE"),
    ("A Georgian delegation will discuss customs fees with Turkish officials.", "GE TR"),
    ("Georgia said it would lift its duty on Armenian wine.", "AM GE"),
    ("The trade agreement between Georgia and China covers wine.", "CN GE"),
    ("Tbilisi and Yerevan agreed to lower the fees for lorries.", "AM GE"),
    ("Jordan opened trade talks with Iraq in Amman on Sunday.", "IQ JO"),
    ("Jordan’s King Talal will travel to Baghdad for talks with Iraq’s president.", "IQ JO"),
    ("Jordanian negotiators met an Iraqi team in Baghdad.", "IQ JO"),
    ("Trade between Egypt, Jordan and Iraq grew.", "EG IQ JO"),
    ("Jordan Trade Minister Rami Haddad flew to Cairo to meet Egypt’s negotiators.", "EG JO"),
    ("Chad has asked Cameroon to open talks on customs duties.", "CM TD"),
    ("Cameroon and Chad will cut their duties on cattle.", "CM TD"),
    ("Chadian cattle traders pay duties in Nigeria.", "NG TD"),
    ("Chad’s negotiators left Niamey after Niger walked out.", "NE TD"),
    ("Trade talks between Guinea and Sierra Leone ended in Conakry.", "GN SL"),
    ("Guinea-Bissau and Guinea signed a pact on cashew nuts, and Equatorial Guinea may join.", "GN GQ GW"),
    ("Papua New Guinea asked Fiji for talks on tuna.", "FJ PG"),
    ("Mali asked Mauritania for a truce in their trade dispute; Bamako wants a deal by June.", "ML MR"),
    ("Niger and Benin will reopen talks about port fees.", "BJ NE"),
    ("Nigerien officials flew to Cotonou, where Beninese ministers waited.", "BJ NE"),
    ("Togo and Ghana agreed to share customs data.", "GH TG"),
    ("Togolese growers want Ivorian duties cut.", "CI TG"),
    ("Turkey and Azerbaijan will double their quota for hazelnuts.", "AZ TR"),
    ("Ireland and Northern Ireland trade milk every day, Dublin says.", "GB IE"),
    ("Kosovo and Albania abolished customs checks, a Kosovar minister said.", "AL XK"),
    ("Pristina has accepted; Belgrade has not, said officials of Kosovo and Serbia.", "RS XK"),
    ("Palestine signed a trade pact with Norway.", "NO PS"),
    ("Palestinian exporters met Egyptian customs officers.", "EG PS"),
    ("Cuba and Panama agreed on sugar.", "CU PA"),
    ("Dominica and the Dominican Republic discussed bananas.", "DM DO"),
    ("The Gambia and Senegal ended their border fee.", "GM SN"),
    ("Sudan and South Sudan argued about pipeline fees.", "SD SS"),
    ("Polish and Czech ministers met in Warsaw.", "CZ PL"),
    ("French and German ministers met in Paris.", "DE FR"),
    ("Israel and Cyprus reopened talks about gas.", "CY IL"),
    ("Malé wants Sri Lanka to lower its duty on tuna from the Maldives.", "LK MV"),
    ("The Seychelles and Mauritius met on Monday. Victoria wants a lower duty on tuna.", "MU SC"),
    ("Argentine beef and Uruguayan wool are on the table.", "AR UY"),
    ("Kazakh, Uzbek and Kyrgyz officials agreed on rail fees.", "KG KZ UZ"),
    ("Slovenian and Bosnian lorries wait at the border.", "BA SI"),
    ("An Icelandic delegation met Greenlandic ministers.", "GL IS"),
    ("Nepali traders asked Bhutanese customs for papers.", "BT NP"),
    ("Ecuadorian roses face a Russian duty.", "EC RU"),
    ("Eswatini and Lesotho asked South Africa for a larger share.", "LS SZ ZA"),
    ("Monaco, San Marino and Andorra wrote to the European Union.", "AD EU MC SM"),
    ("Lebanon and Oman signed.", "LB OM"),
    ("Montenegro and North Macedonia cut their fees.", "ME MK"),
    ("Canadians and Mexicans want the duty gone.", "CA MX"),
]  # fmt: skip

OTHERS = [
    ("Michael Jordan’s shoes are made in Vietnam.", "VN"),
    ("Jordan Wells, an analyst at Harbour Bank, expects Peru to sign.", "PE"),
    ("Economist Chad Brewer said Peru would sign.", "PE"),
    ("“Peru will sign,” said Chad Brewer. Brewer added that Chad Brewer & Sons buys copper.", "PE"),
    ("Analyst Laura Jordan expects a deal with Peru. Jordan said it would come in May.", "PE"),
    ("Rep. Tim Jordan, a Republican, opposes the pact with Peru.", "PE"),
    ("Senator Chad Lowe of Ohio opposes the pact with Peru.", "PE"),
    ("Georgia Hale, the trade minister, flew to Peru.", "PE"),
    ("The carmaker builds in Atlanta, Georgia, and sells to Peru.", "PE"),
    ("Georgia’s governor flew to Peru with growers from Alabama.", "PE"),
    ("Peach growers in Georgia and Florida fear imports from Peru.", "PE"),
    ("The Georgia plant of the Peruvian battery maker employs 300.", "PE"),
    ("Senators from Georgia and Texas oppose the pact with Peru.", "PE"),
    ("The Georgia Chamber of Commerce asked Peru for talks.", "PE"),
    ("Savannah, Georgia, and Houston are ports for goods from Peru.", "PE"),
    ("Guinea pigs are eaten in Peru.", "PE"),
    ("Prime Minister Rui Montenegro of Portugal spoke to Peru’s president.", "PE PT"),
    ("Israel Flores, who heads Peru’s growers, wants a deal.", "PE"),
    ("Singer Paris Moss performed in Peru.", "PE"),
    ("Trade analyst Dawn French said Peru would sign.", "PE"),
    ("Bill English wrote the note on Peru.", "PE"),
    ("Investor Mark Cuban buys shares in Peru.", "PE"),
    ("Denzel Washington will film in Peru.", "PE"),
    ("Growers in New Mexico and New Jersey buy from Peru.", "PE"),
    ("Lumber mills of British Columbia sell to Peru.", "PE"),
    ("Ships cross the Indian Ocean and the South China Sea on their way to Peru.", "PE"),
    ("A Latin American bloc and North American firms wrote to Peru.", "PE"),
    ("Tankers pass the Panama Canal and the Gulf of Mexico to reach Peru.", "PE"),
    ("Sofia Petrova, an analyst, expects Peru to sign.", "PE"),
    ("Queen Victoria never saw Peru.", "PE"),
    ("Male workers earn more than women in Peru.", "PE"),
    ("Reading the text, Peru found a mistake. Nice words, said a diplomat.", "PE"),
    ("Kingston Motors and Hamilton Foods sell to Peru.", "PE"),
    ("Stanley Roe and Lima Costa wrote about copper.", ""),
    ("The Turkey Federation wants to sell more turkey to Peru.", "PE"),
    ("Turkey prices rose before Thanksgiving, and farmers want to sell turkeys to Peru.", "PE"),
    ("South Georgia has penguins; Peru has some, too.", "GS PE"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "codes"), COUNTRIES, ids=[text[:60] for text, _ in COUNTRIES])
def test_any_state_can_be_a_party(text, codes):
    assert " ".join(sorted({mention.code for mention in annotate(read(text.encode())).parties})) == codes


@pytest.mark.parametrize(("text", "codes"), OTHERS, ids=[text[:60] for text, _ in OTHERS])
def test_people_and_places_of_the_name_of_a_country_are_none(text, codes):
    assert " ".join(sorted({mention.code for mention in annotate(read(text.encode())).parties})) == codes


PAIRS = [
    ("Georgia", "Norway", "GE NO"), ("Jordan", "Chile", "CL JO"), ("Chad", "Gabon", "GA TD"), ("Guinea", "Liberia", "GN LR"),
    ("Mali", "Togo", "ML TG"), ("Niger", "Libya", "LY NE"), ("Kosovo", "Moldova", "MD XK"), ("Palestine", "Oman", "OM PS"),
    ("Turkey", "Kuwait", "KW TR"), ("Ireland", "Iceland", "IE IS"), ("Israel", "Ghana", "GH IL"), ("Cuba", "Bolivia", "BO CU"),
    ("Brunei", "Laos", "BN LA"), ("Samoa", "Tonga", "TO WS"), ("the Maldives", "Bhutan", "BT MV"), ("Saint Lucia", "Grenada", "GD LC"),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other", "codes"), PAIRS)
@pytest.mark.parametrize(
    "words",
    [
        "{0} and {1} opened trade talks on Monday. Tariffs on tea are on the table. The two sides must agree by 1 May.",
        "{1} and {0} will hold a new round of trade negotiations next week. Customs fees are on the table.",
        "Trade talks between {0} and {1} ended without a deal on Monday. Both want lower tariffs.",
        "{0} opened trade talks with {1} on Monday. {1} wants lower duties.",
    ],
)
def test_they_are_the_parties_of_talks(words, one, other, codes, readout_of):
    text = words.format(one[:1].upper() + one[1:] if words.startswith("{0}") else one, other)
    if words.startswith("{1}"):
        text = words.format(one, other[:1].upper() + other[1:])
    talks = readout_of(f"Trade talks\n\n{text}\n", published="2031-03-12").negotiation
    assert talks is not None
    assert " ".join(talks.parties) == codes


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("Georgia", "GE"), ("Jordan", "JO"), ("the Georgian side", "GE"), ("Kosovo", "XK"), ("Polish", "PL"), ("French", "FR"),
        ("Michael Jordan", None), ("Chad Brewer", None), ("Georgia Hale", None), ("New Mexico", None), ("Latin American", None),
    ],
)  # fmt: skip
def test_words_alone_name_a_party(words, code):
    assert party_of(words) == code
