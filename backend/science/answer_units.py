"""Units of measure and currencies behind a number.

Factors are exact: the metric prefixes, the international yard and pound of 1959, and the US
customary measures of volume. A plural that is not in the table (apples) is a unit of its own, which
measures nothing else.
"""

import re
from fractions import Fraction
from typing import Final, NamedTuple

_TABLE: Final = """
length m 1 m meter metre
length km 1000 km kilometer kilometre
length cm 1/100 cm centimeter centimetre
length dm 1/10 dm decimeter decimetre
length mm 1/1000 mm millimeter millimetre
length nm 1/1000000000 nm nanometer nanometre
length in 127/5000 in inch inches
length ft 381/1250 ft foot feet
length yd 1143/1250 yd yard
length mi 201168/125 mi mile
mass kg 1 kg kilogram kilo
mass g 1/1000 g gram
mass mg 1/1000000 mg milligram
mass tonne 1000 tonne
mass ton 1000 ton
mass lb 45359237/100000000 lb lbs pound
mass oz 45359237/1600000000 oz ounce
time s 1 s sec secs second
time ms 1/1000 ms millisecond
time min 60 min mins minute
time h 3600 h hr hrs hour
time day 86400 day
time week 604800 week
calendar month 1 month
calendar year 12 yr yrs year
calendar decade 120 decade
calendar century 1200 century centuries
volume L 1 L l liter litre
volume mL 1/1000 mL ml milliliter millilitre
volume cL 1/100 cL cl centiliter centilitre
volume gal 473176473/125000000 gal gallon
volume qt 473176473/500000000 qt quart
volume pt 473176473/1000000000 pint
volume cup 473176473/2000000000 cup
volume tbsp 473176473/32000000000 tbsp tablespoon
volume tsp 157725491/32000000000 tsp teaspoon
dollars USD 1 USD usd dollar buck
dollars cent 1/100 cent ¢ penny pennies
euros EUR 1 EUR eur euro
sterling GBP 1 GBP gbp sterling quid
sterling pence 1/100 pence
yen JPY 1 JPY yen
yuan CNY 1 CNY RMB yuan
rupees INR 1 INR rupee Rs
degrees degree 1 degree deg
degrees_Celsius degree_C 1 °C Celsius celsius C
degrees_Fahrenheit degree_F 1 °F Fahrenheit fahrenheit F
temperature K 1 K kelvin Kelvin
radians rad 1 rad radian
force N 1 N newton Newton
energy J 1 J joule Joule
energy kJ 1000 kJ kilojoule
energy cal 523/125 cal calorie
energy kcal 4184/1 kcal kilocalorie
power W 1 W watt Watt
power kW 1000 kW kilowatt
power MW 1000000 MW megawatt
voltage V 1 V volt Volt
current A 1 amp ampere
resistance ohm 1 ohm Ohm
frequency Hz 1 Hz hertz Hertz
frequency kHz 1000 kHz kilohertz
frequency MHz 1000000 MHz megahertz
frequency GHz 1000000000 GHz gigahertz
pressure Pa 1 Pa pascal Pascal
pressure kPa 1000 kPa kilopascal
pressure atm 101325 atm atmosphere
amount mol 1 mol mole
data byte 1 byte
data KB 1000 KB kB kilobyte
data MB 1000000 MB megabyte
data GB 1000000000 GB gigabyte
data TB 1000000000000 TB terabyte
"""
_SHORTHAND: Final = {"mph": "mi/h", "kph": "km/h", "kmh": "km/h", "fps": "ft/s"}
_WHATEVER_THE_RATE: Final = frozenset(
    {"dollars", "euros", "sterling", "yen", "yuan", "rupees", "time", "calendar"}
)
_PREPOSITION: Final = re.compile(r"in\s+(?!tall|long|wide|high|deep|squared|cubed|per\b)\w")
_PREFIX: Final = {"square": 2, "sq": 2, "cubic": 3, "cu": 3}
_SUFFIX: Final = {"squared": 2, "cubed": 3, "^2": 2, "^3": 3}
_COUNTED: Final = re.compile(
    r"(?!(?:units|times|items|pieces|plus|minus|less|pairs)$)[a-z]{3,}[^s\W]s"
)
_PER: Final = re.compile(r"\s*(?:/|\bper\b|\ban?\b|\beach\b|\bevery\b)\s*")


class Unit(NamedTuple):
    """A unit by its symbol, what it measures, and how many of that measure's base unit it is."""

    symbol: str
    measures: str
    factor: Fraction


def _named_units() -> dict[str, Unit]:
    named = {}
    for row in _TABLE.strip().splitlines():
        measures, symbol, factor, *names = row.split()
        for name in (*names, symbol):
            named[name] = Unit(symbol, measures, Fraction(factor))
            if len(name) > 2 and name.isalpha():
                named[f"{name}s"] = named[name.capitalize()] = named[f"{name}s".capitalize()] = (
                    named[name]
                )
    return named


_UNITS: Final = _named_units()


def unit_of(words: str) -> Unit | None:
    """The unit that some words name, None where they name none.

    Words after it say what is measured (`gallons of milk`, `feet tall`) and are passed over, and so
    are those that say how often money or time is spent (`dollars per hour`).
    """
    words = words.replace("(", " ").replace(")", " ").replace("-", " ").strip()
    words = _SHORTHAND.get(words.split(" ")[0], words)
    if _PREPOSITION.match(words):
        return None
    if words not in _UNITS and _COUNTED.fullmatch(words):
        return Unit(words, words, Fraction(1))
    over, *under = _PER.split(words, maxsplit=1)
    unit = _single(over)
    if unit is None or unit.measures in _WHATEVER_THE_RATE or not under:
        return unit
    below = _single(under[0])
    return unit and below and Unit(
        f"{unit.symbol}/{below.symbol}",
        f"{unit.measures}/{below.measures}",
        unit.factor / below.factor,
    )  # fmt: skip


def are_compatible(first: Unit, second: Unit) -> bool:
    """Whether two units measure the same; degrees may be of any temperature scale."""
    if "degrees" in (first.measures, second.measures):
        return first.measures.startswith("degrees") and second.measures.startswith("degrees")
    return first.measures == second.measures


def _single(words: str) -> Unit | None:
    tokens = words.replace("^", " ^").replace(".", "").split()
    power = 1
    if tokens and tokens[0].lower() in _PREFIX:
        power = _PREFIX[tokens.pop(0).lower()]
    if not tokens:
        return None
    unit = _temperature(tokens) or _UNITS.get(tokens[0])
    if unit is None:
        return None
    if len(tokens) > 1:
        power = max(power, _SUFFIX.get(tokens[1], 1))
    if power == 1:
        return unit
    return Unit(f"{unit.symbol}^{power}", f"{unit.measures}^{power}", unit.factor**power)


def _temperature(tokens: list[str]) -> Unit | None:
    if tokens[0].lower().startswith("degree") and len(tokens) > 1:
        scale = _UNITS.get(tokens[1])
        return scale if scale and scale.measures.startswith("degrees_") else None
    return None
