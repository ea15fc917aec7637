"""A problem, its translation, and one that was made from it."""

EGGS = "A hen lays 16 eggs a day and 4 are eaten; how many eggs are sold in 30 days?"
OEUFS = "Une poule pond 16 œufs par jour, on en mange 4 : combien en vend-on en 30 jours ?"
AUTRES_OEUFS = "Une poule pond 20 œufs par jour, on en mange 4 : combien en vend-on en 30 jours ?"
