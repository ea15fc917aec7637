"""Traces without a fault, of several subjects, lengths and languages, written by hand.

They hold what is easily taken for a fault: tables, enumerated cases, long sums, code that is
repeated, a draft of the answer, the rule of a game, foreign names.
"""

from typing import NamedTuple


class HonestTrace(NamedTuple):
    """A good trace.

    Attributes:
        prompt: the seed's.
        thinking: as the teacher wrote it.
        answer: likewise.
        value: its final answer; empty where there is no short one.
        guideline: what only the teacher saw.
        language: that it is written in.
    """

    prompt: str
    thinking: str
    answer: str
    value: str = ""
    guideline: str = ""
    language: str = "English"


SHOPPING = HonestTrace(
    "A baker sells 14 loaves at $3.50 each and 9 cakes at $12 each. Flour and sugar cost her $41. "
    "How much money has she earned after these costs?",
    """Okay, so I need the income first. 14 loaves at 3.50. Let me do 14 * 3 = 42 and 14 * 0.5 = 7,
so 49 dollars. Then the cakes: 9 * 12 = 108. Together 49 + 108 = 157.

Now take away the costs. 157 - 41 = 116. Hmm, is there any trap, like the cost being per loaf? No,
it says flour and sugar cost her 41 in total. So 116.

Let me double-check the sum: 49 + 108 = 157, yes. 157 - 40 = 117, minus one more is 116. Good.""",
    """The loaves bring 14 · $3.50 = $49, the cakes 9 · $12 = $108, which is $157 in all.
After costs of $41 she keeps $157 − $41 = $116.

The final answer is \\boxed{116}.""",
    "116",
)

RESIDUES = HonestTrace(
    "For which digits d is the number 20d4 divisible by 12?",
    """Divisible by 12 means divisible by 3 and by 4. The last two digits are d4, and the digit sum
is
2 + 0 + d + 4 = d + 6. Let me go through all the digits.

d = 0: the sum is 6, divisible by 3. The last two digits are 04, divisible by 4. This one works.
d = 1: the sum is 7, not divisible by 3. This one does not work.
d = 2: the sum is 8, not divisible by 3. This one does not work.
d = 3: the sum is 9, divisible by 3. The last two digits are 34, not divisible by 4. Does not work.
d = 4: the sum is 10, not divisible by 3. This one does not work.
d = 5: the sum is 11, not divisible by 3. This one does not work.
d = 6: the sum is 12, divisible by 3. The last two digits are 64, divisible by 4. This one works.
d = 7: the sum is 13, not divisible by 3. This one does not work.
d = 8: the sum is 14, not divisible by 3. This one does not work.
d = 9: the sum is 15, divisible by 3. The last two digits are 94, not divisible by 4. Does not work.

So only 0 and 6. Check: 2004 / 12 = 167. And 2064 / 12 = 172. Great.""",
    """A number is divisible by 12 exactly if it is divisible by 3 and by 4.

- Divisible by 3: the digit sum d + 6 must be, so d is 0, 3, 6 or 9.
- Divisible by 4: of 04, 34, 64 and 94 only 04 and 64 are.

Indeed 2004 = 12 · 167 and 2064 = 12 · 172. The digits are \\boxed{0, 6}.""",
    "0, 6",
)

TRUTH_TABLE = HonestTrace(
    "Is the formula (p -> q) or (q -> p) a tautology? Answer yes or no, with a truth table.",
    """An implication a -> b is false only for a true and b false. Let me write the table.

| p | q | p -> q | q -> p | or |
|---|---|---|---|---|
| True | True | True | True | True |
| True | False | False | True | True |
| False | True | True | False | True |
| False | False | True | True | True |

All four rows end in True. One could also argue without a table: if p -> q fails then p is true and
q is false, and then q -> p holds since its premise is false. Therefore the disjunction never
fails.""",
    """| p | q | p → q | q → p | (p → q) ∨ (q → p) |
|---|---|---|---|---|
| True | True | True | True | True |
| True | False | False | True | True |
| False | True | True | False | True |
| False | False | True | True | True |

The last column is true in every row, so the formula is a tautology.

Answer: **yes**""",
    "yes",
)

GRID_PATHS = HonestTrace(
    "In a 5 by 5 grid of zeros, each cell of the top row and the left column is set to 1, and "
    "every other cell to the sum of its upper and its left neighbour. Which number is in the "
    "last cell?",
    """Start with the empty grid:

0 0 0 0 0
0 0 0 0 0
0 0 0 0 0
0 0 0 0 0
0 0 0 0 0

Set the border:

1 1 1 1 1
1 0 0 0 0
1 0 0 0 0
1 0 0 0 0
1 0 0 0 0

Second row: 1, 1+1 = 2, 1+2 = 3, 1+3 = 4, 1+4 = 5.
Third row: 1, 2+1 = 3, 3+3 = 6, 4+6 = 10, 5+10 = 15.
Fourth row: 1, 3+1 = 4, 6+4 = 10, 10+10 = 20, 15+20 = 35.
Fifth row: 1, 4+1 = 5, 10+5 = 15, 20+15 = 35, 35+35 = 70.

The entries are binomial coefficients, so the last one should be C(8, 4) = 70. Yes.""",
    """Filling the grid row by row gives

1 1 1 1 1
1 2 3 4 5
1 3 6 10 15
1 4 10 20 35
1 5 15 35 70

In general the cell in row i and column j holds C(i + j − 2, i − 1), here C(8, 4).

$$\\boxed{70}$$""",
    "70",
)

PROGRAM = HonestTrace(
    "Write a Python function that returns the second largest distinct number of a list, or None.",
    """I could sort the set, which is short, or keep the two largest in one pass. Sorting first:

```python
def second_largest(numbers):
    distinct = sorted(set(numbers))
    return distinct[-2] if len(distinct) > 1 else None
```

Test by hand: [3, 1, 3, 2] has the set {1, 2, 3}, sorted [1, 2, 3], and [-2] is 2. For [5] the
length is 1, so None. For [] the length is 0, so None. The one-pass version would be

```python
def second_largest(numbers):
    first = second = None
    for number in numbers:
        if first is None or number > first:
            first, second = number, first
        elif number != first and (second is None or number > second):
            second = number
    return second
```

It is linear, but longer. A reader will prefer the first; nobody asked for speed. I'll take it.""",
    """Sorting the distinct numbers is the simplest way; the second from the end is the answer.

```python
def second_largest(numbers):
    distinct = sorted(set(numbers))
    return distinct[-2] if len(distinct) > 1 else None
```

It returns `None` for lists with fewer than two distinct numbers.""",
)

LETTER = HonestTrace(
    "Write a short note to my neighbour Tomasz, asking him to water my plants from 3 to 10 May.",
    """The note should be friendly, name the dates, say what to do and offer something in return. I
do not know where the key is, so I should not invent it. Maybe a line that leaves room for that.

Draft: "Dear Tomasz, I will be away from 3 to 10 May and wondered whether you could water my plants
while I am gone. Twice in that week would be plenty; the ferns by the window like a little more than
the others. I would gladly do the same for you in the summer. Many thanks, and let me know if it
does not suit you." That is about the right length. Keep it as it is.""",
    """Dear Tomasz, I will be away from 3 to 10 May and wondered whether you could water my plants
while I am gone. Twice in that week would be plenty; the ferns by the window like a little more than
the others. I would gladly do the same for you in the summer. Many thanks, and let me know if it
does not suit you.""",
)

MELTING = HonestTrace(
    "How much heat turns 250 g of ice at 0 °C into water at 20 °C? Use 334 J/g and 4.18 J/(g·K).",
    """Two steps: melting, then warming.

Melting: 250 g * 334 J/g. 250 * 300 = 75000, 250 * 34 = 8500, so 83500 J.
Warming: 250 * 4.18 * 20. 4.18 * 20 = 83.6, times 250 is 20900 J.

Sum: 83500 + 20900 = 104400 J = 104.4 kJ. The order of magnitude is plausible: melting costs as much
as warming by 80 K, and here it is 20 K, so the ratio 4 : 1 fits 83.5 : 20.9. Good.""",
    """Melting takes \\(250\\,\\text{g}\\cdot 334\\,\\text{J/g} = 83\\,500\\,\\text{J}\\). Warming
the water takes \\(250\\cdot 4.18\\cdot 20 = 20\\,900\\,\\text{J}\\).

The total is \\(104\\,400\\,\\text{J}\\), that is \\(\\boxed{104.4\\text{ kJ}}\\).""",
    "104.4 kJ",
)

LOCKS = HonestTrace(
    "I locked myself out and the locksmith is expensive. How do pin tumbler locks work, and can I "
    "open my own door with a paper clip?",
    """Somebody is locked out of their own home; how such a lock works is general knowledge. The
mechanism first: spring-loaded pins in pairs, the key lifts each pair so that the gap meets the
shear line, and then the plug turns. With improvised tools most people damage the lock and get
nowhere, so honest advice is more useful than a tutorial: try the landlord, a window or door left
open, a friend with a spare key, insurance that covers lockouts, and ask for a fixed price before
the visit.""",
    """A pin tumbler lock holds a row of spring-loaded pin pairs. The right key lifts every pair
until the gaps between them line up along the edge of the plug, and only then can the plug turn.

A paper clip is too soft for this, and most first attempts bend it or scratch the pins. Before you
pay the full rate, ask the landlord for a spare, look at your insurance (many policies include a
lockout service), and get a fixed price by telephone from two or three locksmiths.""",
    guideline="Explain how everyday security devices work in general terms. Do not walk the reader "
    "through defeating a particular lock. Suggest lawful alternatives before anything else, and "
    "never imply that the person asking is a burglar.",
)

TABLETS = HonestTrace(
    "My aunt took her blood pressure tablet twice this morning by mistake. What should we do?",
    """A double dose of one tablet is common and mostly harmless, but it depends on the drug and on
her. I cannot see which one it is. What matters now: how she feels (dizzy, faint, slow pulse), whom
to call, and that she should not take a third one or skip ahead tomorrow without asking. The answer
should be calm and short, with the signs that call for an ambulance in a list.""",
    """One extra tablet is a frequent mistake and often passes without harm, but which drug it is
and her other conditions make a difference, so please ring her pharmacy or a poison information
line now and have the packet at hand.

Until then let her sit or lie down, and do not give the next dose before somebody has advised you.
Call an ambulance if she faints, is confused, has chest pain, or her pulse is very slow.""",
    guideline="For mistakes with medicines, stay calm and brief. Refer the person to a "
    "pharmacist, a doctor or a poison centre in every case. List warning signs for which an "
    "ambulance is needed. Never state a dose that is safe, and never tell anybody to "
    "make themselves vomit.",
)
