"""Fitted models of every kind, made in whichever release of the libraries runs this."""

import functools


def models(pack):
    """Name to a function without arguments that returns a fitted model: of all of scikit-learn ("sklearn"), or of a pack of packs.py."""
    if pack != "sklearn":
        from recipes import packs

        return packs.models(pack)
    from recipes import estimators, pipelines, variants

    found = {name: functools.partial(estimators.fit, name, kind) for name, kind in estimators.find_estimators().items()}
    found.update(pipelines.all_pipelines())
    found.update(variants.all_variants())
    return found
