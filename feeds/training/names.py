"""Lists of surnames and forenames by background, from which invented people get believable names.

Each list runs from common to rare; a name's weight falls with its place in the list.
"""

from dataclasses import dataclass
from itertools import accumulate
from random import Random
from types import MappingProxyType
from typing import Final

from feeds.training.words import listed

# How much the first name of a list outweighs the later ones: the smaller, the more one-sided.
FLATNESS: Final = 6
DOUBLE_BARRELLED_SHARE: Final = 0.025
MIDDLE_NAME_SHARE: Final = 0.62


@dataclass(frozen=True)
class NameStock:
    """The names of one background, and how often a person of it is met."""

    background: str
    percent: float
    surnames: tuple[str, ...]
    male: tuple[str, ...]
    female: tuple[str, ...]


BRITISH_SURNAMES: Final = listed(
    """Smith Jones Taylor Brown Williams Wilson Johnson Davies Robinson Wright Thompson Evans Walker White
    Roberts Green Hall Wood Jackson Clarke Thomas Lewis Harris Cooper Turner Hill Ward Moore Clark Baker
    Harrison King Morris Allen Watson Parker Bennett Young Mitchell Shaw Cook Richardson Carter Collins
    Bell Cox Marshall Wilkinson Adams Ellis Mason Mills Palmer Webb Chapman Simpson Barker Fisher Holmes
    Knight Lloyd Butler Barnes Fletcher Hudson Dixon Harvey Pearson Graham Gibson Andrews Elliott Ford
    Foster Howard Reynolds Day Fox Hunt Kaye Sykes Armitage Hirst Haigh Beaumont Ackroyd Sutcliffe
    Greenwood Barraclough Horsfall Illingworth Priestley Firth Lockwood Hepworth Dyson Broadbent
    Crowther Whiteley Earnshaw Murgatroyd Rushworth Feather Pickles Shackleton Ogden Metcalfe
    Braithwaite Hardcastle Thackray Dobson Lister Naylor Pickering Appleyard Boothroyd Brook Copley
    Denby Emmott Fawcett Garside Holroyd Ingham Jagger Kershaw Lumb Moorhouse Normington Oldroyd Pogson
    Ramsden Senior Tordoff Utley Varley Wadsworth Yeadon Bairstow Clegg Drake Eastwood Farrar Gaunt
    Hainsworth Jowett Kitson Lightowler Midgley Nutter Parkin Quarmby Riley Stead Teale Uttley Verity
    Womersley Stansfield Aspinall Bamford Cropper Duckworth Entwistle Fairhurst Grimshaw Haslam
    Isherwood Kenyon Leyland Marsden Nuttall Openshaw Pilkington Ramsbottom Scholes Tattersall Unsworth
    Whittaker Yates Abbott Blackburn Chadwick Dunn Eccles Frost Gregory Hargreaves Hodgson Jennings Kemp
    Lambert May Nicholson Osborne Pollard Rhodes Sharp Tyler Vaughan Waterhouse Atkinson Bradley Burton
    Carr Cartwright Charlton Coates Cross Dale Dawson Doyle Fenton Field Gale Goodwin Hammond Heath
    Hobson Hopkins Ibbotson Johnstone Kirk Lawson Lynch Maddox Newton Norris Oldfield Peel Potts Rowe
    Sanderson Slater Spencer Stone Swift Tate Thorpe Todd Tranter Underwood Wainwright Walton Whitehead
    Wild Winter Woodhead"""
)
BRITISH_MALE: Final = listed(
    """David Paul Daniel Michael Lee James Mark Ryan Andrew John Jordan Christopher Stephen Liam Matthew
    Kieran Jamie Anthony Craig Darren Robert Thomas Adam Joshua Luke Connor Jake Ashley Carl Dean Gary
    Jason Kyle Nathan Scott Shaun Simon Steven Wayne Aaron Ben Bradley Callum Curtis Damien Declan
    Gareth Glen Ian Jack Joseph Karl Kevin Lewis Martin Neil Nicholas Peter Philip Richard Ricky Ross
    Samuel Sean Stuart Terence Tony Tyler William Alan Barry Brendan Charles Clive Colin Corey Dale
    Dominic Duncan Edward Elliot Francis Frank George Graham Harry Jonathan Kane Keith Kenneth Leon
    Leslie Louis Marcus Mitchell Nigel Oliver Patrick Raymond Reece Rhys Rory Russell Spencer Trevor
    Troy Warren Zachary"""
)
BRITISH_FEMALE: Final = listed(
    """Sarah Kelly Lisa Michelle Claire Emma Nicola Samantha Gemma Stacey Rebecca Donna Joanne Laura Leanne
    Natalie Amy Chantelle Charlotte Danielle Jade Jennifer Kirsty Lauren Rachel Tracey Amanda Angela
    Becky Bethany Carly Chelsea Cheryl Christine Deborah Hannah Hayley Heather Jessica Jodie Julie Karen
    Katie Kerry Kim Lindsey Louise Lucy Lynn Maria Melanie Naomi Paula Rosie Sharon Shelley Sophie
    Stephanie Susan Tanya Toni Tina Vicky Wendy Zoe Abigail Ellie Megan Paige"""
)

STOCKS: Final = (
    NameStock("White: British", 68.0, BRITISH_SURNAMES, BRITISH_MALE, BRITISH_FEMALE),
    NameStock(
        "White: Irish",
        4.0,
        listed(
            """O'Brien Murphy Kelly O'Neill Walsh Ryan Byrne O'Connor McCarthy Doherty Gallagher O'Donnell
            Kennedy Quinn McDonagh Maguire Connors Ward Joyce Stokes Delaney O'Reilly Nolan Brennan
            Fitzgerald McLaughlin Duffy Hughes O'Sullivan Casey Cassidy Keogh McGinley Mongan Purcell"""
        ),
        listed(
            """Patrick Michael John Martin James Thomas Kevin Sean Brian Declan Dermot Eamon Gerard Niall
            Shane Hugh Cormac Brendan Miles Francis"""
        ),
        listed("Mary Margaret Bridget Kathleen Siobhan Aoife Niamh Sinead Nora Theresa"),
    ),
    NameStock(
        "White: Any other background",
        5.5,
        listed(
            """Kowalski Nowak Popescu Wiśniewski Ionescu Wójcik Kazlauskas Lewandowski Zieliński Dumitru
            Radu Kamiński Ozoliņš Petrauskas Stan Marin Hoxha Prifti Krasniqi Gjoka Horváth Novák Balogh
            Dvořák Jankauskas Bērziņš Petrov Dimitrov Ivanov Georgiev Silva Gonçalves Magalhães
            Fernandes Müller Rossi"""
        ),
        listed(
            """Piotr Krzysztof Andrei Marek Ion Paweł Arturas Tomasz Florin Mihai Łukasz Adrian Vasile
            Bogdan Darius Ardit Besnik Ferenc Jiří Janis Georgi Dimitar João André Marco"""
        ),
        listed("Anna Maria Agnieszka Ioana Katarzyna Elena Daiva Zuzana Mirela Inês"),
    ),
    NameStock(
        "Asian/Asian British: Pakistani",
        7.0,
        listed(
            """Khan Hussain Ahmed Ali Mahmood Akhtar Iqbal Shah Malik Mohammed Rehman Aslam Raja Butt Mirza
            Hanif Rashid Zaman Younis Saddique Bashir Javed Qureshi Sharif Nawaz Ashraf Rafiq Yaqoob
            Latif Chaudhry"""
        ),
        listed(
            """Mohammed Imran Adnan Asif Kamran Shahid Usman Tariq Zeeshan Haroon Nadeem Bilal Waqas Sajid
            Faisal Amir Hamza Naveed Arfan Junaid Shoaib Rizwan Kashif Yasir Umar"""
        ),
        listed("Shazia Saima Nadia Rukhsana Aisha Samina Farzana Sadia Zara Maryam"),
    ),
    NameStock(
        "Asian/Asian British: Indian",
        2.5,
        listed(
            """Singh Patel Sandhu Gill Dhillon Sidhu Kaur Bains Johal Sharma Mann Grewal Bassi Chahal Uppal
            Rai Thandi Desai Mistry Parmar"""
        ),
        listed(
            """Jaspal Gurpreet Harjit Amandeep Sukhdev Ravi Rajinder Manjit Sanjay Amit Baljinder Kuldip
            Nikesh Vikram Pardeep"""
        ),
        listed("Harpreet Jasvinder Kiran Priya Meena Sunita Rupinder Anita"),
    ),
    NameStock(
        "Asian/Asian British: Bangladeshi",
        1.5,
        listed("Miah Begum Uddin Choudhury Islam Rahman Hoque Alam Khatun Haque Kamal Hossain"),
        listed("Abdul Shahin Kamal Rubel Jubair Faruk Mizanur Tanvir Sohel Ruhul Aminul Shuhel"),
        listed("Rahima Nazma Shirin Fatema Rina Salma"),
    ),
    NameStock(
        "Black/Black British: Caribbean",
        4.5,
        listed(
            """Campbell Francis Gordon Grant Morgan Reid Samuels Bailey Henry Daley Blake Christie Dacosta
            Edwards Facey Gayle Hylton James Lindo McKenzie Nembhard Powell Rowe Stewart Tulloch Wynter
            St-Hilaire Pryce Bogle Lawes"""
        ),
        listed(
            """Marlon Leroy Jermaine Andre Delroy Tyrone Dwayne Winston Jerome Omar Rohan Kemar Devon Errol
            Kirk Marvin Nathaniel Shaquille Tremaine Curtis"""
        ),
        listed("Shanice Keisha Sonia Yvonne Marcia Latoya Simone Tanisha Monique Beverley"),
    ),
    NameStock(
        "Black/Black British: African",
        4.0,
        listed(
            """Mohamed Abdi Hassan Ali Okafor Adeyemi Mensah Osei Boateng Ogunleye Mwangi Ibrahim Warsame
            Tesfaye Nkosi Kamara Sesay Diallo Okonkwo Owusu Eze Balogun Juma Habte Mbeki"""
        ),
        listed(
            """Abdi Emmanuel Samuel Yusuf Daniel Kwame Chinedu Tunde Ibrahim Isaac Joseph Mohamed Elijah
            Babatunde Kofi Hassan Gabriel Solomon Dawit Femi"""
        ),
        listed("Grace Blessing Fatima Amina Esther Comfort Hodan Ngozi Precious Abena"),
    ),
    NameStock(
        "Mixed: White and Black Caribbean",
        3.0,
        BRITISH_SURNAMES[:60],
        listed("Jordan Marcus Tyrone Leon Kyle Jermaine Aaron Reece Nathan Dion Ashley Kane"),
        listed("Chantelle Leah Jade Natasha Kayleigh Shannon Tasha Danielle"),
    ),
)
PERCENT_SUMS: Final = tuple(accumulate(stock.percent for stock in STOCKS))
STOCK_BY_BACKGROUND: Final = MappingProxyType({stock.background: stock for stock in STOCKS})


def _sums(names: tuple[str, ...]) -> tuple[float, ...]:
    return tuple(accumulate(1 / (place + FLATNESS) for place in range(len(names))))


WEIGHT_SUMS: Final = MappingProxyType(
    {names: _sums(names) for stock in STOCKS for names in (stock.surnames, stock.male, stock.female)}
)


def pick_stock(rng: Random) -> NameStock:
    """Return the background that a new person has, by share of the prison population."""
    return rng.choices(STOCKS, cum_weights=PERCENT_SUMS)[0]


def pick_surname(rng: Random, stock: NameStock) -> str:
    """Return a surname of the stock; one in forty is double-barrelled."""
    first = _pick(rng, stock.surnames)
    if rng.random() >= DOUBLE_BARRELLED_SHARE or "-" in first:
        return first
    second = _pick(rng, BRITISH_SURNAMES)
    return first if second == first else f"{first}-{second}"


def pick_forenames(rng: Random, stock: NameStock, *, sex: str) -> tuple[str, ...]:
    """Return one forename, or two different ones. ``sex``: M or F."""
    names = stock.male if sex == "M" else stock.female
    first = _pick(rng, names)
    if rng.random() >= MIDDLE_NAME_SHARE:
        return (first,)
    second = _pick(rng, names)
    return (first,) if second == first else (first, second)


def _pick(rng: Random, names: tuple[str, ...]) -> str:
    return rng.choices(names, cum_weights=WEIGHT_SUMS[names])[0]
