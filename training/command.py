"""The command line of a trainer: one recipe, followed to its end."""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from training.exports import BadExport
from training.failures import forget_failure, write_failure
from training.recipes import BadRecipe, Recipe, read_recipe

AnyRecipe = TypeVar("AnyRecipe", bound=Recipe)


def follow(
    description: str | None, kind: type[AnyRecipe], train: Callable[[AnyRecipe], None]
) -> None:
    """Train by the recipe that the command line names.

    What is wrong with the recipe or the export ends the process with status 1 and says so. Any
    error is left in `failure.json` too.
    """
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("recipe", type=Path)
    parser.add_argument("--local_rank", type=int, help="Set by the launcher.")
    wanted = parser.parse_args()
    try:
        recipe = read_recipe(wanted.recipe)
        if not isinstance(recipe, kind):
            raise BadRecipe(f"{wanted.recipe} is a recipe for training.{recipe.kind}")
    except BadRecipe as error:
        parser.exit(1, f"{error}\n")
    forget_failure(recipe.output)
    try:
        train(recipe)
    except Exception as error:
        write_failure(recipe.output, error)
        if isinstance(error, BadRecipe | BadExport):
            parser.exit(1, f"{error}\n")
        raise
