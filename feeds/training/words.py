"""Word lists of the invented world: offences, streets, courts, and the text of columns that we must drop."""

from typing import Final


def listed(text: str) -> tuple[str, ...]:
    """Return the words of a text, in order."""
    return tuple(text.split())


# Offence and how often it is met, first among prolific offenders, then among the rest.
OFFENCES: Final = (
    ("Burglary of a dwelling", 26, 6),
    ("Theft from a shop", 24, 4),
    ("Theft from a motor vehicle", 10, 2),
    ("Burglary other than a dwelling", 9, 3),
    ("Robbery", 8, 8),
    ("Taking a vehicle without consent", 5, 2),
    ("Handling stolen goods", 4, 2),
    ("Possession of class A drug with intent to supply", 5, 14),
    ("Assault occasioning actual bodily harm", 4, 11),
    ("Wounding with intent to do grievous bodily harm", 1, 9),
    ("Possession of a bladed article in a public place", 2, 4),
    ("Breach of a restraining order", 1, 4),
    ("Fraud by false representation", 1, 4),
    ("Dangerous driving", 1, 3),
    ("Conspiracy to supply class A drugs", 0, 7),
    ("Murder", 0, 5),
    ("Rape", 0, 7),
    ("Sexual assault", 0, 5),
)
SEXUAL_OFFENCES: Final = frozenset({"Rape", "Sexual assault"})
GRAVE_OFFENCES: Final = frozenset({"Murder"})

STREETS: Final = listed(
    """Alma Albert Ash Balmoral Beck Beech Bridge Brunswick Burley Cardigan Castle Cedar Chapel Church
    Clifton Crossgate Dale Dene Elder Elm Fern Garth Glebe Grange Hawthorn Hazel Highfield Hillside
    Holly Ivy Jubilee Kelso Kingsway Laurel Lime Linden Lowther Manor Maple Meadow Mill Moor Nelson
    Norfolk Northcote Oak Orchard Park Poplar Princess Queensway Railway Ridge Rowan Salisbury School
    Sefton Spring Station Sycamore Temple Vale Victoria Waverley Wellington Westfield Willow Windmill
    Woodland York"""
)
STREET_KINDS: Final = ("Street", "Road", "Avenue", "Close", "Terrace", "Grove", "Drive", "Place", "Mount", "Lane")
INWARD_LETTERS: Final = "ABDEFGHJLNPQRSTUWXYZ"

RELIGIONS: Final = (
    "No religion",
    "Church of England (Anglican)",
    "Roman Catholic",
    "Muslim",
    "Sikh",
    "Buddhist",
    "Pagan",
)
MARITAL: Final = ("Single-not married/in civil partnership", "Married or in civil partnership", "Divorced", "Widowed")
KIN: Final = ("Mother", "Father", "Partner", "Wife", "Sister", "Brother", "Aunt")
HEALTH_REMARKS: Final = (
    "Asthma, carries own inhaler",
    "Awaiting dental appointment",
    "Detoxification completed, see healthcare",
    "Low mood reported on reception",
    "Type 2 diabetes, diet controlled",
)
PAROLE_REMARKS: Final = ("Dossier requested from offender supervisor", "Hearing listed by video link")
SECURITY_REMARKS: Final = (
    "Associates on B wing, keep under review",
    "Phone found on cell search, adjudicated",
    "Debt rumoured on the wing",
)
GENERAL_REMARKS: Final = ("Works well in the kitchen", "Asked for a move nearer home", "Family visits monthly")
OCCUPATIONS: Final = ("Unemployed", "Labourer", "Driver", "Roofer", "Warehouse worker", "Chef", "Scaffolder")
HAIR: Final = ("Brown", "Black", "Dark brown", "Fair", "Grey", "Bald")
EYES: Final = ("Blue", "Brown", "Green", "Hazel")
BUILDS: Final = ("Medium", "Slim", "Proportional", "Heavy", "Stocky")
MARKS: Final = ("Tattoo of a swallow", "Scar above eyebrow", "Tattoo of a rose", "Burn mark on forearm")
SUPERVISING_SERVICES: Final = "Probation Service"
