"""One meaning per colour in a chart. Okabe and Ito's palette, told apart with any colour vision.

Verdicts have the same colours and shapes everywhere; so have decisions, and the roles of models.
"""

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
GREY = "#8A8F98"
DECISION_COLOURS = {"accept": REFERENCE, "needs rewrite": "#56B4E9", "reject": "#E69F00"}
FATE_COLOURS = {"came this far": REFERENCE, "waits": "#B4BAC2", "lost": "#D55E00"}
ROLE_COLOURS = {
    "reference": REFERENCE,
    "weak": "#E69F00",
    "judge": "#009E73",
    "teacher": "#CC79A7",
    "embedding": "#56B4E9",
}
# For what has no colour of its own, such as endpoints, in this order.
SERIES = (REFERENCE, "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", GREY)
# Text and lines in charts, readable on the light and on the dark page; paper is like the light one.
INK = {"light": "#454C47", "dark": "#C3CBC6"}
LINES = {"light": "#DDE1DC", "dark": "#343C3E"}
