"""A small benchmark, and what seeds make of its items."""

ORIGINAL = (
    "Janet’s ducks lay 16 eggs per day. She eats three for breakfast every morning and bakes"
    " muffins for her friends every day with four. She sells the remainder at the farmers' market"
    " daily for $2 per fresh duck egg. How much in dollars does she make every day at the farmers'"
    " market?"
)
REWORDED = (
    "Each day, Janet's ducks produce sixteen eggs. She has 3 of them for breakfast each morning and"
    " uses 4 to bake muffins for her friends. What is left she sells at the farmers' market for two"
    " dollars per fresh duck egg. How many dollars does she earn daily at the farmers' market?"
)
_OTHER_NUMBERS = {"16": "25", "three": "five", "four.": "six.", "$2": "$7"}
CHANGED = " ".join(_OTHER_NUMBERS.get(word, word) for word in ORIGINAL.split())
SAME_TOPIC = (
    "A hen house holds 40 hens. If every hen eats 2 kilograms of corn in a week, how many kilograms"
    " of corn does the farmer need for 5 weeks?"
)
QUESTION = "Which of these gases is most abundant in the atmosphere of the planet Venus?"
CHOICE = f"{QUESTION}\nA. Nitrogen\nB. Carbon dioxide\nC. Argon\nD. Oxygen"
PYTHON = '''from typing import List

def separate_paren_groups(paren_string: str) -> List[str]:
    """ Input to this function is a string containing multiple groups of nested parentheses.
    Separate those group into separate strings and return the list of those.
    Separate groups are balanced (each open brace is properly closed) and not nested.
    """
'''
JAVASCRIPT = """// Split a string of several balanced groups of nested parentheses into separate
// strings, one for each group; groups are never nested.
function separateParenGroups(parenString) {
  const result = [];
"""
PROMPT = (
    "You are an editor of school books. Work in 3 steps. First list the facts, then explain the"
    " method, and at last write the solution on one page for class 7. "
) * 8
_KINDS = (
    "A train travels {0} miles in {1} hours. How far does it go in {2} hours?",
    "Tom has {0} apples, buys {1} more and gives {2} away. How many apples does he have?",
    "Find the area of a rectangle with sides {0} and {1} and a hole of area {2}.",
    "Compute the remainder when {0}^{1} is divided by {2}.",
)
ITEMS = [("word/0", ORIGINAL), ("choice/0", CHOICE), ("code/0", PYTHON)] + [
    (f"other/{number}", _KINDS[number % 4].format(number + 2, 3 * number + 7, 90 - number))
    for number in range(40)
]
