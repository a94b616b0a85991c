"""What the demo world can show, by name: forty classes of ImageNet-1k, and look-alikes that ImageNet-1k lacks."""

CLASSES: dict[str, str] = {
    "goldfish": "n01443537",
    "goldfinch": "n01531178",
    "robin": "n01558993",
    "jay": "n01580077",
    "tabby": "n02123045",
    "Persian cat": "n02123394",
    "Siamese cat": "n02123597",
    "bee": "n02206856",
    "monarch": "n02279972",
    "sulphur butterfly": "n02281406",
    "sorrel": "n02389026",
    "zebra": "n02391049",
    "anemone fish": "n02607072",
    "acoustic guitar": "n02676566",
    "basketball": "n02802426",
    "coffee mug": "n03063599",
    "computer keyboard": "n03085013",
    "electric guitar": "n03272010",
    "laptop": "n03642806",
    "minivan": "n03770679",
    "mouse": "n03793489",
    "school bus": "n04146614",
    "schooner": "n04147183",
    "soccer ball": "n04254680",
    "sports car": "n04285008",
    "sunglass": "n04355933",
    "sunglasses": "n04356056",
    "table lamp": "n04380533",
    "teapot": "n04398044",
    "violin": "n04536866",
    "yawl": "n04612504",
    "Granny Smith": "n07742313",
    "strawberry": "n07745940",
    "orange": "n07747607",
    "lemon": "n07749582",
    "pizza": "n07873807",
    "cup": "n07930864",
    "alp": "n09193705",
    "volcano": "n09472597",
    "daisy": "n11939491",
}
"""The vocabulary, by name, in class-id order (resources/vocabularies/demo.csv lists the same wnids)."""

LOOK_ALIKES: dict[str, tuple[str, str]] = {
    "mule": ("n02390101", "zebra"),
    "cardinal": ("n01541386", "goldfinch"),
    "Maltese cat": ("n02124157", "Persian cat"),
    "lime": ("n07749731", "lemon"),
    "grapefruit": ("n07749969", "orange"),
    "McIntosh": ("n07740954", "Granny Smith"),
    "ukulele": ("n04506289", "acoustic guitar"),
    "viola": ("n04536335", "violin"),
    "sedan": ("n04166281", "minivan"),
    "medicine ball": ("n03742019", "basketball"),
    "floor lamp": ("n03367059", "table lamp"),
    "sloop": ("n04242408", "schooner"),
}
"""Things outside the vocabulary of ImageNet-1k: wnid, and the class that is their sibling in WordNet and look-alike."""

WNIDS: dict[str, str] = CLASSES | {name: wnid for name, (wnid, _) in LOOK_ALIKES.items()}
"""wnid of everything, by name."""

NAMES: dict[str, str] = {wnid: name for name, wnid in WNIDS.items()}
"""Name of everything, by wnid."""
