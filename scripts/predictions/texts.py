"""Texts, and what makes numbers of them: vectorizers, weights, hashing. Runs inside the environment being measured."""

import collections

import numpy as np
from sklearn import compose, ensemble, linear_model, model_selection, naive_bayes, pipeline, preprocessing, svm, tree
from sklearn.feature_extraction import DictVectorizer, FeatureHasher, text

from predictions.parts import RELEASE, logistic, since

Recipe = collections.namedtuple("Recipe", "name family data target make refused")


def of(family, data, target, refused=False, **makes):
    return [Recipe(data + "+" + name.replace("_", "-"), family, data, target, make, refused) for name, make in makes.items()]


def all_texts():
    return counts() + weights() + hashes() + before_models() + in_columns() + dicts() + refusals()


def then(first, model):
    return lambda: pipeline.Pipeline([("vectorize", first()), ("model", model())])


def counts():
    vectorizer = text.CountVectorizer

    def count(**keywords):
        return lambda: vectorizer(**dict({"max_features": 120}, **keywords))

    stop = ["the", "a", "of", "don", "café"]
    return of("CountVectorizer", "texts", "binary", count=count(), count_english=count(stop_words="english"),
        count_float=count(dtype=np.float64),
              count_float32=count(dtype=np.float32), count_fixed=count(vocabulary=["the", "of", "day", "never seen", "people"]),
              count_fixed_dict=count(vocabulary={"of": 1, "the": 0, "day water": 2}, ngram_range=(1, 2)),
              count_frozen=count(stop_words=frozenset(stop)) if RELEASE < (1, 2) else count(stop_words=stop),
              ) + of("CountVectorizer", "texts-odd", "binary", count=count(), count_cased=count(lowercase=False),
              count_binary=count(binary=True),
                     count_stop=count(stop_words=stop, ngram_range=(1, 2)), count_bigrams=count(ngram_range=(2, 3)),
                     count_ascii=count(strip_accents="ascii"), count_unicode=count(strip_accents="unicode", token_pattern=r"(?u)\b\w+\b"),
                     count_char=count(analyzer="char", ngram_range=(1, 3)), count_char_alone=count(analyzer="char", lowercase=False),
                     count_char_long=count(analyzer="char", ngram_range=(4, 5), strip_accents="unicode"),
                     count_char_wb=count(analyzer="char_wb", ngram_range=(2, 4)), count_char_wb_long=count(analyzer="char_wb",
                     ngram_range=(3, 12)),
                     count_word=count(token_pattern=r"\w+"), count_letters=count(token_pattern="[a-zA-Z]+"), count_min=count(min_df=3,
                     max_df=0.5),
                     count_pieces=count(token_pattern=r"\w+|\$[\d\.]+|\S+"), count_no_space=count(token_pattern=r"\S+"),
                     count_group=count(token_pattern=r"(?u)\b(\w{2})\w*\b"),
                     count_apostrophe=count(token_pattern=r"(?u)\b[^\W\d_][\w'-]{2,}\b"),
                     count_not=count(token_pattern=r"[^\s,;.]{1,4}\B"))


def weights():
    def tfidf(**keywords):
        return lambda: text.TfidfVectorizer(**dict({"max_features": 120}, **keywords))

    def after_counts(**keywords):
        steps = [("count", text.CountVectorizer(max_features=120)), ("weigh", text.TfidfTransformer(**keywords))]
        return lambda: pipeline.Pipeline(steps)

    def of_numbers():
        return pipeline.Pipeline([("count", preprocessing.FunctionTransformer(None, validate=False)), ("weigh", text.TfidfTransformer())])

    return of("TfidfVectorizer", "texts", "binary", tfidf=tfidf(), tfidf_english=tfidf(stop_words="english", ngram_range=(1, 2)),
              tfidf_float32=tfidf(dtype=np.float32), tfidf_fixed=tfidf(vocabulary=["the", "of", "day", "I"], lowercase=False),
              tfidf_l1_float32=tfidf(norm="l1", dtype=np.float32),
              ) + of("TfidfVectorizer", "texts-odd", "binary", tfidf=tfidf(), tfidf_l1=tfidf(norm="l1"), tfidf_no_norm=tfidf(norm=None),
                     tfidf_no_idf=tfidf(use_idf=False), tfidf_not_smooth=tfidf(smooth_idf=False), tfidf_sublinear=tfidf(sublinear_tf=True),
                     tfidf_binary=tfidf(binary=True), tfidf_char=tfidf(analyzer="char_wb", ngram_range=(2, 3))
                     ) + of("TfidfTransformer", "texts", "binary", count_tfidf=after_counts(), count_tfidf_l1=after_counts(norm="l1"),
                            count_tfidf_no_idf=after_counts(use_idf=False), count_tfidf_sublinear=after_counts(sublinear_tf=True)
                            ) + of("TfidfTransformer", "positive", "binary", tfidf_of_numbers=of_numbers
                                   ) + of("TfidfTransformer", "flags", "binary", tfidf_of_flags=text.TfidfTransformer)


def hashes():
    def hashing(**keywords):
        return lambda: text.HashingVectorizer(**dict({"n_features": 256}, **keywords))

    return of("HashingVectorizer", "texts-odd", "binary", hashing=hashing(), hashing_l1=hashing(norm="l1"),
        hashing_counts=hashing(norm=None),
              hashing_one_sign=hashing(alternate_sign=False), hashing_binary=hashing(binary=True, n_features=32),
              hashing_odd_width=hashing(n_features=97),
              hashing_integers=hashing(norm=None, dtype=np.int64), hashing_float32=hashing(dtype=np.float32),
              hashing_char=hashing(analyzer="char", ngram_range=(2, 3)), hashing_stop=hashing(stop_words="english", ngram_range=(1, 2)),
              hashing_narrow=hashing(n_features=3, norm=None)) + (
        of("HashingVectorizer", "texts", "binary", hashing_non_negative=hashing(non_negative=True, norm=None)) if RELEASE < (0, 21) else [])


def before_models():
    def sgd():
        return linear_model.SGDClassifier(loss=since((1, 1), "log_loss", "log"), random_state=0, max_iter=40, tol=1e-3)

    def search():
        return model_selection.GridSearchCV(logistic(), {"C": [0.1, 1.0]}, cv=2)

    def union():
        return pipeline.FeatureUnion([("words", text.TfidfVectorizer()), ("letters", text.TfidfVectorizer(analyzer="char_wb",
            ngram_range=(2, 3)))],
                                     transformer_weights={"letters": 0.5})

    def scaled():
        return pipeline.Pipeline([("weigh", text.TfidfVectorizer()), ("scale", preprocessing.MaxAbsScaler())])

    few = {"n_estimators": 10, "random_state": 0}
    tfidf = text.TfidfVectorizer
    return (
        of("LogisticRegression", "texts", "three", tfidf_logistic=then(tfidf, logistic), count_logistic=then(text.CountVectorizer,
        logistic))
        + of("LogisticRegression", "texts-odd", "yes-no", tfidf_logistic=then(tfidf, logistic), tfidf_search=then(tfidf, search))
        + of("LogisticRegression", "texts", "yes-no", hashing_logistic=then(lambda: text.HashingVectorizer(n_features=2 ** 20), logistic))
        + of("LinearSVC", "texts-odd", "three", tfidf_svc=then(tfidf, lambda: svm.LinearSVC(random_state=0)))
        + of("SGDClassifier", "texts", "three", tfidf_sgd=then(tfidf, sgd),
            hashing_sgd=then(lambda: text.HashingVectorizer(n_features=2 ** 18), sgd))
        + of("RidgeClassifier", "texts", "three", tfidf_ridge_classifier=then(tfidf, linear_model.RidgeClassifier))
        + of("Ridge", "texts", "amount", tfidf_ridge=then(tfidf, linear_model.Ridge))
        + of("MultinomialNB", "texts", "three", count_multinomial=then(text.CountVectorizer, naive_bayes.MultinomialNB),
             tfidf_multinomial=then(tfidf, naive_bayes.MultinomialNB))
        + of("RandomForestClassifier", "texts", "three", tfidf_forest=then(tfidf, lambda: ensemble.RandomForestClassifier(**few)))
        + of("DecisionTreeClassifier", "texts", "yes-no", count_tree=then(text.CountVectorizer,
            lambda: tree.DecisionTreeClassifier(random_state=0)))
        + of("FeatureUnion", "texts", "yes-no", union_logistic=then(union, logistic), scaled_logistic=then(scaled, logistic))
    )


def in_columns():
    def columns(dense=False, name="note", **keywords):
        encode = preprocessing.OneHotEncoder(handle_unknown="ignore")
        return compose.ColumnTransformer([("note", text.TfidfVectorizer(max_features=100), name), ("topic", encode, ["topic"]),
                                          ("length", preprocessing.StandardScaler(), ["length"])], sparse_threshold=0 if dense else 1.0,
                                          **keywords)

    def two():
        return compose.ColumnTransformer([("note", text.CountVectorizer(max_features=50), "note"), ("topic", text.CountVectorizer(),
            "topic")],
                                         remainder="passthrough", transformer_weights=None)

    return (of("ColumnTransformer", "texts-table", "three", columns_logistic=then(columns, logistic),
        columns_dense=then(lambda: columns(True), logistic),
               columns_position=then(lambda: columns(name=1), logistic), columns_two=then(two, logistic))
            + of("ColumnTransformer", "texts-table", "binary", columns_transform=columns, columns_two_transform=two))


def dicts():
    def hasher(**keywords):
        return lambda: FeatureHasher(**dict({"n_features": 64}, **keywords))

    with_lists = [] if RELEASE < (0, 24) else of("DictVectorizer", "records-lists", "three", dicts=DictVectorizer,
        dicts_ridge=then(DictVectorizer, logistic))
    return with_lists + (
        of("DictVectorizer", "records", "three", dicts=DictVectorizer, dicts_dense=lambda: DictVectorizer(sparse=False, separator=":",
        sort=False),
           dicts_float32=lambda: DictVectorizer(dtype=np.float32), dicts_logistic=then(DictVectorizer, logistic),
           dicts_forest=then(DictVectorizer, lambda: ensemble.RandomForestClassifier(n_estimators=10, random_state=0)))
        + of("FeatureHasher", "records", "three", hasher=hasher(), hasher_one_sign=hasher(alternate_sign=False),
            hasher_narrow=hasher(n_features=4),
             hasher_narrow_float32=hasher(n_features=3, dtype=np.float32), hasher_logistic=then(hasher(), logistic))
    )


def shout(document):
    return document.upper()


def refusals():
    """What is not re-created: functions of the user's own, and patterns with more than sequences."""
    return of("CountVectorizer", "texts", "binary", True, count_tokenizer=lambda: text.CountVectorizer(tokenizer=str.split),
              count_preprocessor=lambda: text.CountVectorizer(preprocessor=shout),
              count_analyzer=lambda: text.CountVectorizer(analyzer=str.split),
              count_lookahead=lambda: text.CountVectorizer(token_pattern=r"\w+(?=\s)"),
              count_lazy=lambda: text.CountVectorizer(token_pattern=r"\w\w+?"))
