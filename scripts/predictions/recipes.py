"""All recipes: a name, the rows it is fitted on, and how the estimator is made. Runs inside the environment being measured."""

import collections
import functools

from predictions import (boosters, clusters, composites, decompositions, every, features, kernels, linear, neighbors, parts, random_pipelines,
                         structures, texts, transformers, trees)

# family: how the report counts it, or "" for the class of the last step. refused: a re-creation must not answer. weights: fitted with weights.
Recipe = collections.namedtuple("Recipe", "name family data target make weights refused")

# Where a model stands: on a matrix of that kind, or behind the columns of a table.
TABLES = {"columns": False, "dense": True}


def recipes():
    """Every recipe by name."""
    parts.enable_experiments()
    models = linear.classifiers() + linear.regressors() + trees.all_trees() + clusters.all_clusters() + composites.composites()
    made = of_models(models + neighbors.all_models() + kernels.all_models() + boosters.all_boosters())
    made += of_transformers() + of_structures() + of_texts() + of_every() + of_random()
    found = {recipe.name: recipe for recipe in made}
    if len(found) != len(made):
        raise ValueError("two recipes have the same name")
    return found


def of_models(models):
    """Each model at each of its places, with each of its targets."""
    made = []
    for model in models:
        for place in model.places.split():
            for target in model.targets.split():
                make = functools.partial(behind_columns, TABLES[place], model.make) if place in TABLES else model.make
                name = "%s+%s-%s" % (place, model.name, target)
                made.append(Recipe(name, "", "table" if place in TABLES else place, target, make, model.weights, model.refused))
    return made


def behind_columns(dense, make):
    return parts.after(parts.columns(dense), make())


def of_transformers():
    """Each as the last step, and before a model."""
    made = []
    steps = transformers.all_transformers() + decompositions.all_decompositions() + features.all_features()
    for one in steps + neighbors.all_transformers() + kernels.all_transformers():
        name = "%s+%s" % (one.data, one.name)
        made.append(Recipe(name, one.family, one.data, "binary", one.make, False, one.refused))
        if one.then:
            make = functools.partial(transformers.before, one.make, one.then)
            made.append(Recipe("%s+%s" % (name, one.then), one.family, one.data, transformers.TARGETS[one.then], make, False, one.refused))
    return made


def of_every():
    return [Recipe(name, cls, rows, target, make, False, False) for name, cls, rows, target, make in every.every()]


def of_random():
    return [Recipe(name, "at random", rows, target, make, False, False) for name, rows, target, make in random_pipelines.random_pipelines()]


def of_structures():
    made = structures.all_structures() + features.all_structures()
    return [Recipe(one.name, one.family, one.data, one.target, one.make, False, False) for one in made]


def of_texts():
    return [Recipe(one.name, one.family, one.data, one.target, one.make, False, one.refused) for one in texts.all_texts()]
