"""One meaning per colour everywhere. Okabe and Ito's palette, told apart with any colour vision."""

VERDICT_COLOURS = {
    "suspect": "#CC79A7",
    "hard": "#D55E00",
    "teachable": "#009E73",
    "easy": "#56B4E9",
    "unsettled": "#8A8F98",
}
# Shapes repeat what the colours say, for print and for eyes that see neither.
VERDICT_SHAPES = {
    "suspect": "cross",
    "hard": "triangle-up",
    "teachable": "circle",
    "easy": "square",
    "unsettled": "diamond",
}
VERDICT_MEANINGS = {
    "suspect": "The answer key is probably wrong or the question ill-posed.",
    "hard": "The key holds, but the weak model almost never gets there.",
    "teachable": "The key holds and the weak model is right some of the time.",
    "easy": "The weak model is already right nearly always.",
    "unsettled": "Not enough evidence yet for one of the four.",
}
REFERENCE = "#0072B2"
# Text in charts, readable on the light and on the dark page.
INK = {"light": "#454C47", "dark": "#C3CBC6"}
