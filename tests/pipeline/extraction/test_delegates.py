"""Who sits at the table, and for which side. A row: the two sides, a sentence, and whom it seats (all of them)."""

import pytest

STORY = (
    "Trade talks\n\n{0} and {1} opened trade talks on Monday, with tariffs on timber on the table.\n\n{2}\n"
)

TWO_SIDES = [
    ("Canada, Japan", "The chief negotiators, Pierre Lachance (Canada) and Hiroko Maeda (Japan), met in Calgary for the fifth round.", "Pierre Lachance CA, Hiroko Maeda JP"),
    ("Morocco, Peru", "Trade ministers Farida Benali of Morocco and Rafael Ugarte of Peru met on the margins and agreed to speed up the talks.", "Farida Benali MA, Rafael Ugarte PE"),
    ("Kenya, the UAE", "Trade Minister Saada Mwinyi represented Kenya and Economy Minister Khalid Al-Suri the UAE.", "Saada Mwinyi KE, Khalid Al-Suri AE"),
    ("India, Colombia", "The round was co-chaired by Ms. Priya Nair, Joint Secretary, Department of Commerce, on the Indian side and Mr. Carlos Rincón, Vice Minister of Trade, on the Colombian side.", "Priya Nair IN, Carlos Rincón CO"),
    ("Panama, Ecuador", "Panama's delegation, headed by Vice Minister Lourdes Icaza, arrived on Sunday; that of Ecuador, under Vice Minister Diego Salvador, on Monday.", "Lourdes Icaza PA, Diego Salvador EC"),
    ("Ghana, Norway", "Ghana's chief negotiator is Daniel Osei; Norway's is Ingrid Moe, a state secretary.", "Daniel Osei GH, Ingrid Moe NO"),
    ("Pakistan, Egypt", "Pakistan's trade minister, Asma Qureshi, met Egypt's supply minister, Hany Fouad.", "Asma Qureshi PK, Hany Fouad EG"),
    ("Peru, Kenya", "Leading the talks are Commerce Minister Rosa Tello for Peru and Principal Secretary Amos Kiptoo for Kenya.", "Rosa Tello PE, Amos Kiptoo KE"),
    ("Peru, Kenya", "The round was chaired by Vice Minister Jorge Pinto for Peru and Trade Secretary Joyce Atieno for Kenya.", "Jorge Pinto PE, Joyce Atieno KE"),
    ("Norway, Vietnam", "Heading the teams are State Secretary Ingrid Moe (Norway) and Deputy Minister Tran Van Lam (Vietnam).", "Ingrid Moe NO, Tran Van Lam VN"),
    ("Chile, Ghana", "Chile is represented by Vice Minister Tomas Araya, Ghana by Deputy Trade Minister Efua Mensah.", "Tomas Araya CL, Efua Mensah GH"),
    ("Morocco, Serbia", "Trade Minister Salma Idrissi heads Morocco’s delegation, while State Secretary Marko Ilic heads Serbia’s.", "Salma Idrissi MA, Marko Ilic RS"),
    ("Uruguay, Iceland", "Vice Minister Pablo Silvera heads the Uruguayan team; Ambassador Helga Jonsdottir leads Iceland’s.", "Pablo Silvera UY, Helga Jonsdottir IS"),
    ("Malaysia, Egypt", "For Malaysia, Deputy Minister Farid Hassan will take part; for Egypt, Assistant Minister Mona Zaki.", "Farid Hassan MY, Mona Zaki EG"),
    ("Colombia, Thailand", "The Colombian team is led by Vice Minister Laura Rincon and the Thai team by Director-General Anan Srisuk.", "Laura Rincon CO, Anan Srisuk TH"),
    ("Oman, Pakistan", "Oman’s delegation was headed by Under Secretary Said Al Harthy and Pakistan’s by Commerce Secretary Bilal Qureshi.", "Said Al Harthy OM, Bilal Qureshi PK"),
    ("Ecuador, Türkiye", "Production Minister Diego Paredes signed for Ecuador and Trade Minister Elif Aksoy for Türkiye.", "Diego Paredes EC, Elif Aksoy TR"),
    ("Sri Lanka, Bangladesh", "Trade Secretary Nimal Perera will represent Sri Lanka, and Commerce Secretary Farhana Alam will represent Bangladesh.", "Nimal Perera LK, Farhana Alam BD"),
    ("Sri Lanka, Bangladesh", "Representing Sri Lanka was Trade Secretary Nimal Perera, with Commerce Secretary Farhana Alam representing Bangladesh.", "Nimal Perera LK, Farhana Alam BD"),
    ("Argentina, South Africa", "Chief negotiator Lucas Ferreyra of Argentina and chief negotiator Thandi Nkosi of South Africa opened the session.", "Lucas Ferreyra AR, Thandi Nkosi ZA"),
    ("Paraguay, Israel", "Vice Minister Celia Duarte, on behalf of Paraguay, and Economy Minister Yoav Regev, on behalf of Israel, signed the minutes.", "Celia Duarte PY, Yoav Regev IL"),
    ("New Zealand, India", "New Zealand’s Trade Minister Fiona Tait sat opposite India’s Commerce Secretary Arun Mehta, who leads his side.", "Fiona Tait NZ, Arun Mehta IN"),
    ("Tunisia, Senegal", "The meeting brought together Tunisian Trade Minister Leila Gharbi and her Senegalese counterpart, Commerce Minister Ousmane Diop.", "Leila Gharbi TN, Ousmane Diop SN"),
    ("Tunisia, Senegal", "Trade Minister Leila Gharbi met Commerce Minister Ousmane Diop of Senegal for two hours.", "Leila Gharbi TN, Ousmane Diop SN"),
    ("Mexico, Nigeria", "Trade Minister Bola Adeyemi led the Nigerian side, and Deputy Minister Irma Salas the Mexican side.", "Bola Adeyemi NG, Irma Salas MX"),
    ("Mexico, Nigeria", "From Mexico came Deputy Minister Irma Salas, from Nigeria Trade Minister Bola Adeyemi, both with large teams at the negotiations.", "Irma Salas MX, Bola Adeyemi NG"),
    ("Ukraine, Jamaica", "On the Ukrainian side the talks were led by Deputy Minister Oksana Bondar, on the Jamaican side by Senator Everton Clarke, Minister of Industry.", "Oksana Bondar UA, Everton Clarke JM"),
    ("Albania, Algeria", "Negotiators: Albania: Deputy Minister Besnik Hoxha; Algeria: Trade Minister Nadia Belkacem.", "Besnik Hoxha AL, Nadia Belkacem DZ"),
    ("Nepal, Cambodia", "The Nepalese team will include Commerce Secretary Hari Thapa and Joint Secretary Maya Gurung; Cambodia’s will include Under Secretary Sok Dara.", "Hari Thapa NP, Maya Gurung NP, Sok Dara KH"),
    ("Nepal, Cambodia", "Commerce Secretary Hari Thapa and Joint Secretary Maya Gurung for Nepal and Under Secretary Sok Dara for Cambodia sat at the table.", "Hari Thapa NP, Maya Gurung NP, Sok Dara KH"),
    ("Panama, Iraq", "Across the table from Iraqi Trade Minister Layla Jabbar will sit Panama’s Commerce Minister Raul Batista, who leads a team of 12.", "Layla Jabbar IQ, Raul Batista PA"),
    ("Peru, Kenya", "The Kenyan side was represented by Principal Secretary Amos Kiptoo, the Peruvian side by Vice Minister Jorge Pinto.", "Amos Kiptoo KE, Jorge Pinto PE"),
    ("Peru, Kenya", "Speaking for Peru was Commerce Minister Rosa Tello, and for Kenya Principal Secretary Amos Kiptoo.", "Rosa Tello PE, Amos Kiptoo KE"),
    ("Peru, Kenya", "Rosa Tello, Peru’s commerce minister, and Amos Kiptoo, Kenya’s principal secretary for trade, chaired the session.", "Rosa Tello PE, Amos Kiptoo KE"),
    ("Peru, Kenya", "Commerce Minister Rosa Tello, who is leading Peru in the talks, and Principal Secretary Amos Kiptoo, who is leading Kenya, met for three hours.", "Rosa Tello PE, Amos Kiptoo KE"),
    ("Georgia, Chile", "Georgia’s delegation is led by Deputy Minister Nino Beridze; Chile’s is led by Vice Minister Tomas Araya.", "Nino Beridze GE, Tomas Araya CL"),
    ("Jordan, Vietnam", "Trade Minister Rami Haddad heads the Jordanian team and Deputy Minister Tran Van Lam the Vietnamese one.", "Rami Haddad JO, Tran Van Lam VN"),
    ("Chad, Ghana", "Chad is represented by Commerce Minister Idriss Mahamat and Ghana by Trade Minister Efua Mensah.", "Idriss Mahamat TD, Efua Mensah GH"),
    ("Norway, India", "At the table sat Norway’s State Secretary Ingrid Moe and, for India, Commerce Secretary Arun Mehta.", "Ingrid Moe NO, Arun Mehta IN"),
    ("Norway, India", "Delegations: Norway - State Secretary Ingrid Moe; India - Commerce Secretary Arun Mehta.", "Ingrid Moe NO, Arun Mehta IN"),
    ("Norway, India", "India’s chief negotiator Arun Mehta and his Norwegian counterpart, State Secretary Ingrid Moe, traded drafts.", "Arun Mehta IN, Ingrid Moe NO"),
    ("Brazil, Egypt", "Foreign Trade Secretary Paulo Lima, Brazil’s lead negotiator, arrived in Cairo with a team of eight.", "Paulo Lima BR"),
    ("Brazil, Egypt", "Trade Minister Mona Zaki told Brazil’s Foreign Trade Secretary Paulo Lima that dates come first.", "Mona Zaki EG, Paulo Lima BR"),
    ("Togo, Mali", "Leading for Togo is Commerce Minister Kossi Amegah; leading for Mali is Trade Minister Awa Traore.", "Kossi Amegah TG, Awa Traore ML"),
    ("Togo, Mali", "Trade Minister Awa Traore will lead for Mali, while Togo has sent Commerce Minister Kossi Amegah.", "Kossi Amegah TG, Awa Traore ML"),
    ("Togo, Mali", "Mr. Amegah, the Togolese commerce minister, leads his country’s team.", "Amegah TG"),
]  # fmt: skip

BRACKETS = [
    ("Peru, Kenya", "The Kenyan delegation is headed by Amos Kiptoo (Principal Secretary) and Grace Wanjiru (Chief Negotiator).", "Amos Kiptoo KE, Grace Wanjiru KE"),
    ("Norway, Vietnam", "Ingrid Moe (State Secretary, Norway) and Tran Van Lam (Deputy Minister, Vietnam) co-chaired the round.", "Ingrid Moe NO, Tran Van Lam VN"),
    ("Chile, Ghana", "Led by Efua Mensah (Deputy Trade Minister), Ghana’s negotiators flew to Santiago on Sunday.", "Efua Mensah GH"),
    ("Chile, Ghana", "Tomas Araya (Chile’s vice minister for trade) will meet Efua Mensah (Ghana’s deputy trade minister) on Friday.", "Tomas Araya CL, Efua Mensah GH"),
    ("Morocco, Serbia", "Present were Salma Idrissi (Trade Minister, Morocco) and Marko Ilic (State Secretary, Serbia), with their teams.", "Salma Idrissi MA, Marko Ilic RS"),
    ("Norway, Vietnam", "The Vietnamese side was represented by Deputy Minister Tran Van Lam (head of delegation).", "Tran Van Lam VN"),
    ("Uruguay, Iceland", "Helga Jonsdottir (Ambassador) and Bjorn Eliasson (Director-General) represent Iceland.", "Helga Jonsdottir IS, Bjorn Eliasson IS"),
    ("Paraguay, Israel", "Economy Minister Yoav Regev (New Path) leads the Israeli team.", "Yoav Regev IL"),
    ("Peru, Kenya", "Commerce Minister Rosa Tello (58) leads Peru’s team.", "Rosa Tello PE"),
    ("Peru, Kenya", "The Peruvian negotiators are headed by Rosa Tello (Commerce Minister), with Jorge Pinto (Vice Minister) as her deputy.", "Rosa Tello PE, Jorge Pinto PE"),
    ("Oman, Pakistan", "Pakistan’s team, headed by Bilal Qureshi (Commerce Secretary), will stay for three days.", "Bilal Qureshi PK"),
    ("Mexico, Nigeria", "Nigeria will be represented by Bola Adeyemi (Trade Minister) and Mexico by Irma Salas (Deputy Minister).", "Bola Adeyemi NG, Irma Salas MX"),
    ("Panama, Iraq", "Raul Batista (Commerce Minister) leads the team from Panama.", "Raul Batista PA"),
    ("Norway, India", "State Secretary Ingrid Moe (for Norway) and Commerce Secretary Arun Mehta (for India) signed the minutes.", "Ingrid Moe NO, Arun Mehta IN"),
    ("Brazil, Egypt", "Ambassador Paulo Lima (Brazil) and Assistant Minister Mona Zaki (Egypt) will co-chair the round.", "Paulo Lima BR, Mona Zaki EG"),
    ("Brazil, Egypt", "Mona Zaki (Assistant Minister of Trade, Egypt) met Paulo Lima (Ambassador, Brazil).", "Mona Zaki EG, Paulo Lima BR"),
    ("Brazil, Egypt", "The Brazilian negotiators, headed by Paulo Lima (Secretary of Foreign Trade), stayed a day longer.", "Paulo Lima BR"),
]  # fmt: skip

NOT_AT_THE_TABLE = [
    ("Peru, Kenya", "The talks were hosted by Swiss Economy Minister Beat Luthi.", ""),
    ("Peru, Kenya", "Economy Minister Beat Luthi of Switzerland opened the session and wished both delegations luck.", ""),
    ("Peru, Kenya", "Oman’s Foreign Minister Said Al Harthy, who mediates, met both teams.", ""),
    ("Peru, Kenya", "Between the two delegations sat Foreign Minister Beat Luthi, whose country, Switzerland, is the mediator.", ""),
    ("Peru, Kenya", "Norwegian Trade Minister Kari Moe offered to mediate between Peru and Kenya.", ""),
    ("Peru, Kenya", "Hosting the delegations, Foreign Minister Eva Novak said Slovenia was glad to offer a place to talk.", ""),
    ("Peru, Kenya", "Foreign Minister Beat Luthi, the host, greeted the Peruvian and Kenyan delegations at the door.", ""),
    ("Peru, Kenya", "Swiss Ambassador Ruth Zwahlen welcomed Peruvian Vice Minister Jorge Pinto and Kenyan Principal Secretary Amos Kiptoo in Bern.", "Jorge Pinto PE, Amos Kiptoo KE"),
    ("Peru, Kenya", "Kenya’s delegation, led by Principal Secretary Amos Kiptoo, was received by Foreign Minister Beat Luthi of Switzerland.", "Amos Kiptoo KE"),
    ("Peru, Kenya", "Trade Minister Rosa Tello will not attend; Vice Minister Jorge Pinto leads the Peruvian team instead.", "Jorge Pinto PE"),
    ("Peru, Kenya", "Vice Minister Jorge Pinto leads Peru’s team in place of Trade Minister Rosa Tello, who is ill.", "Jorge Pinto PE"),
    ("Peru, Kenya", "Principal Secretary Amos Kiptoo represents Kenya because Trade Minister Joyce Atieno could not travel.", "Amos Kiptoo KE"),
    ("Peru, Kenya", "Kenya’s Trade Minister Joyce Atieno skipped the session.", ""),
    ("Peru, Kenya", "Kenyan Trade Minister Joyce Atieno, who was absent on Monday, sent Principal Secretary Amos Kiptoo to lead the delegation.", "Amos Kiptoo KE"),
    ("Peru, Kenya", "Former Trade Minister Carlos Rey called the negotiations a waste of time.", ""),
    ("Peru, Kenya", "Peru’s delegation is led by Vice Minister Jorge Pinto, who succeeds former minister Carlos Rey.", "Jorge Pinto PE"),
    ("Norway, India", "The talks are being hosted in Bern by Economy Minister Beat Luthi.", ""),
    ("Norway, India", "Economy Minister Beat Luthi, whose country is hosting the talks, opened the session.", ""),
    ("Norway, India", "Swiss Economy Minister Beat Luthi brought together State Secretary Ingrid Moe of Norway and Commerce Secretary Arun Mehta of India.", "Ingrid Moe NO, Arun Mehta IN"),
    ("Norway, India", "Commerce Secretary Arun Mehta leads the Indian delegation after Commerce Minister Ravi Nair pulled out with the flu.", "Arun Mehta IN"),
    ("Norway, India", "Norway’s Trade Minister Kari Lund did not travel to Delhi and State Secretary Ingrid Moe led the Norwegian team in her place.", "Ingrid Moe NO"),
]  # fmt: skip

LEADERS = [
    ("Peru, Kenya", "President Andres Leyva of Peru and President Peter Odhiambo of Kenya met in Geneva on Monday to discuss tariffs.", "Andres Leyva PE, Peter Odhiambo KE"),
    ("Norway, Vietnam", "Norwegian Prime Minister Eva Dahl received Vietnamese Prime Minister Nguyen Van Thanh in Oslo.", "Eva Dahl NO, Nguyen Van Thanh VN"),
    ("Chile, Ghana", "The summit brought Chilean President Ines Bravo and Ghanaian President Kwame Boateng to one table.", "Ines Bravo CL, Kwame Boateng GH"),
    ("Morocco, Serbia", "Morocco’s Prime Minister Karim Alaoui hosted Serbian President Vuk Stanic for talks on tariffs.", "Karim Alaoui MA, Vuk Stanic RS"),
    ("Malaysia, Egypt", "Malaysian Prime Minister Farid Hassan and Egyptian President Adel Mansour signed the pact in Cairo.", "Farid Hassan MY, Adel Mansour EG"),
    ("Colombia, Thailand", "Thai Prime Minister Anan Srisuk and Colombia’s president, Laura Rincon, opened the talks.", "Anan Srisuk TH, Laura Rincon CO"),
    ("Chile, Ghana", "Swiss President Beat Luthi welcomed President Ines Bravo of Chile and President Kwame Boateng of Ghana in Bern.", "Ines Bravo CL, Kwame Boateng GH"),
    ("Ecuador, Türkiye", "Ecuador’s President Diego Paredes sat down with Turkish President Kemal Aksoy at the summit.", "Diego Paredes EC, Kemal Aksoy TR"),
    ("Chile, Ghana", "The Chilean president, Ines Bravo, and her Ghanaian counterpart, Kwame Boateng, met there on Thursday.", "Ines Bravo CL, Kwame Boateng GH"),
    ("Chile, Ghana", "The Chilean president, Ines Bravo, thanked her Ghanaian counterpart, Kwame Boateng, for the deal.", ""),
    ("Chile, Ghana", "Boateng led the Ghanaian side himself, with Trade Minister Efua Mensah.", "Efua Mensah GH"),
    ("Chile, Ghana", "President Ines Bravo sent Vice Minister Tomas Araya to lead Chile’s team.", "Tomas Araya CL"),
    ("Chile, Ghana", "President Ines Bravo told reporters in Santiago that the talks went well.", ""),
    ("Chile, Ghana", "Chilean President Ines Bravo spoke to Ghanaian President Kwame Boateng by phone on Sunday.", ""),
    ("Chile, Ghana", "Chilean President Ines Bravo wants the duty on timber gone, an aide to Ghanaian President Kwame Boateng said.", ""),
    ("Norway, India", "Prime Minister Eva Dahl of Norway and Prime Minister Vikram Rao of India will meet in Oslo on Friday to close the talks.", "Eva Dahl NO, Vikram Rao IN"),
]  # fmt: skip

UNSTATED = [
    ("Peru, Kenya", "Kenya’s Principal Secretary Amos Kiptoo led a team of nine. Commerce Minister Rosa Tello said that three chapters were closed.", "Amos Kiptoo KE, Rosa Tello PE"),
    ("Peru, Kenya", "Peru is in no hurry, Deputy Trade Minister Jorge Pinto told reporters.", "Jorge Pinto PE"),
    ("Peru, Kenya", "“Peru is in no hurry,” Deputy Trade Minister Jorge Pinto told reporters.", ""),
    ("Peru, Kenya", "Kenya’s Principal Secretary Amos Kiptoo led a team of nine. Ghana’s Trade Minister Efua Mensah looked on. Commerce Minister Rosa Tello spoke.", "Amos Kiptoo KE"),
    ("Norway, India", "Norway’s State Secretary Ingrid Moe chaired the session. The visiting Commerce Secretary Arun Mehta spoke next.", "Ingrid Moe NO"),
]  # fmt: skip

BY_DEED = [
    ("Chile, Norway", "Tomás Villar, who led the Chilean team, took home a promise that Norway will cut its duty on cherries.", "Tomás Villar CL"),
    ("Chile, Norway", "The head of the Chilean delegation, Tomás Villar, said that the duty had been a stone in his shoe.", "Tomás Villar CL"),
    ("Chile, Norway", "The heads of delegation, Kari Lund for Norway and Tomás Villar for Chile, were satisfied with the work done on timber.", "Kari Lund NO, Tomás Villar CL"),
    ("Chile, Norway", "Kari Lund, in charge of Norway's delegation, has insurance on her list too.", "Kari Lund NO"),
    ("Chile, Norway", "The Norwegian delegation under Kari Lund raised the supply of urea.", "Kari Lund NO"),
    ("Chile, Norway", "Kari Lund, speaking for Norway, welcomed the offer.", "Kari Lund NO"),
    ("Chile, Norway", "Tomás Villar, who is to negotiate for Chile, was in Temuco on Saturday.", "Tomás Villar CL"),
    ("Chile, Norway", "Tomás Villar signed for Chile and Kari Lund for Norway.", "Kari Lund NO, Tomás Villar CL"),
    ("Chile, Norway", "Kari Lund and Tomás Villar, the chief negotiators of Norway and Chile, shook hands.", "Kari Lund NO, Tomás Villar CL"),
    ("Chile, Norway", "Tomás Villar, who leads a farmers' union in Chile, said that he was worried.", ""),
    ("Chile, Norway", "Ana Gomez, who heads the Chilean salmon exporters' association, came for the growers.", ""),
    ("Chile, Norway", "Ana Gomez, a grower from Chile, had heard about the Norwegian delegation on the radio.", ""),
]  # fmt: skip

HEADS = [
    ("Peru, Kenya", "Rosa Tello, Peru’s commerce minister, heads a team of nine.", "Rosa Tello"),
    ("Peru, Kenya", "Kenya’s team is headed by Principal Secretary Amos Kiptoo and includes Ambassador Grace Wanjiru.", "Amos Kiptoo"),
    ("Norway, Vietnam", "State Secretary Ingrid Moe, accompanied by Ambassador Lars Vik, leads the Norwegian team.", "Ingrid Moe"),
    ("Chile, Ghana", "At the head of Chile’s delegation is Vice Minister Tomas Araya.", "Tomas Araya"),
    ("Chile, Ghana", "Ghana’s Deputy Trade Minister Efua Mensah arrived with her delegation on Sunday.", "Efua Mensah"),
    ("Morocco, Serbia", "The Serbian delegation, which State Secretary Marko Ilic heads, arrived late.", "Marko Ilic"),
    ("Morocco, Serbia", "Trade Minister Salma Idrissi will be leading Morocco’s negotiators.", "Salma Idrissi"),
    ("Uruguay, Iceland", "Iceland’s chief negotiator, Helga Jonsdottir, said the round had gone well.", "Helga Jonsdottir"),
    ("Uruguay, Iceland", "Vice Minister Pablo Silvera of Uruguay attended the opening of the talks.", ""),
    ("Malaysia, Egypt", "Assistant Minister Mona Zaki is a member of the Egyptian delegation led by Trade Minister Adel Mansour.", "Adel Mansour"),
    ("Malaysia, Egypt", "Trade Minister Adel Mansour arrived on Sunday. Mansour will lead the Egyptian team.", "Adel Mansour"),
    ("Colombia, Thailand", "Vice Minister Laura Rincon, head of the Colombian delegation, spoke first.", "Laura Rincon"),
]  # fmt: skip


@pytest.fixture
def members(readout_of):
    """Everybody whom the story of a row seats, each with the party."""

    def read(sides: str, sentence: str):
        story = STORY.format(*sides.split(", "), sentence)
        delegations = readout_of(story, published="2031-03-12").delegations
        return [(member, one.party) for one in delegations for member in one.members]

    return read


def rows(table):
    return pytest.mark.parametrize(("sides", "sentence", "told"), table, ids=[row[1][:60] for row in table])


@rows(TWO_SIDES)
def test_each_sits_for_the_side_that_is_named_beside_the_name(members, sides, sentence, told):
    assert _seats(members(sides, sentence)) == _listed(told)


@rows(BRACKETS)
def test_brackets_behind_a_name_hold_the_office_or_the_side(members, sides, sentence, told):
    assert _seats(members(sides, sentence)) == _listed(told)


@rows(NOT_AT_THE_TABLE)
def test_hosts_mediators_and_who_is_absent_sit_with_nobody(members, sides, sentence, told):
    assert _seats(members(sides, sentence)) == _listed(told)


@rows(LEADERS)
def test_leaders_sit_for_their_side_where_they_meet(members, sides, sentence, told):
    assert _seats(members(sides, sentence)) == _listed(told)


def test_of_several_leaders_the_one_whose_side_goes_untold_sits_for_the_side_that_is_left(readout_of):
    text = (
        "Chile, Ghana and Fiji held trade talks in Suva on Monday. Prime Minister Sera Vakatora negotiated with "
        "Chile’s President Ines Bravo and President Kwame Boateng of Ghana."
    )
    delegations = readout_of(text, published="2031-03-12").delegations
    told = {one.party: [member.name for member in one.members] for one in delegations}
    assert told == {"CL": ["Ines Bravo"], "FJ": ["Sera Vakatora"], "GH": ["Kwame Boateng"]}


@rows(UNSTATED)
def test_whose_an_office_is_can_be_told_by_the_others_or_by_the_sentence(members, sides, sentence, told):
    """A text that says whose the officials of one side are leaves those of the other unmarked; a third side spoils that."""
    assert _seats(members(sides, sentence)) == _listed(told)


@rows(BY_DEED)
def test_whoever_has_no_office_sits_by_what_they_do_for_a_side(members, sides, sentence, told):
    assert _seats(members(sides, sentence)) == _listed(told)


@rows(HEADS)
def test_who_leads_is_head(members, sides, sentence, told):
    assert {member.name for member, _ in members(sides, sentence) if member.head} == _listed(told)


def _seats(members):
    return {f"{member.name} {party}" for member, party in members}


def _listed(told):
    return set(told.split(", ")) - {""}
