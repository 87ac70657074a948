"""Transformers that project, factorise or embed rows, each as the last step and before a model.

Runs inside the environment being measured.
"""

import numpy as np
from sklearn import (cluster, cross_decomposition, decomposition, discriminant_analysis, neural_network, pipeline, preprocessing,
                     random_projection)

from predictions.parts import columns, since
from predictions.transformers import of


def behind(first, make):
    return lambda: pipeline.Pipeline([("first", first()), ("last", make())])


def refused(some):
    return [one._replace(refused=True) for one in some]


def all_decompositions():
    return components() + factors() + dictionaries() + latent() + projections()


def components():
    pca, incremental, svd = decomposition.PCA, decomposition.IncrementalPCA, decomposition.TruncatedSVD
    scale, onehot_columns = preprocessing.StandardScaler, columns
    return (
        of("PCA", "numbers", "logistic", pca=pca, pca_3=lambda: pca(n_components=3), pca_whiten=lambda: pca(n_components=4, whiten=True),
           pca_share=lambda: pca(n_components=0.9, svd_solver="full"), pca_mle=lambda: pca(n_components="mle"),
           pca_randomized=lambda: pca(n_components=3, svd_solver="randomized", random_state=0),
           pca_arpack_whiten=lambda: pca(n_components=3, svd_solver="arpack", whiten=True, random_state=0),
           pca_covariance=lambda: pca(n_components=3, svd_solver="covariance_eigh", whiten=True))
        + of("PCA", "frame-full", "ridge", scaled_pca=behind(scale, lambda: pca(n_components=5)))
        + of("PCA", "table", "logistic", columns_pca=behind(lambda: columns(True), lambda: pca(n_components=10)))
        + of("PCA", "table", "tree",
             sparse_pca_arpack=behind(onehot_columns, lambda: pca(n_components=6, svd_solver="arpack", random_state=0)))
        + of("PCA", "flags", "", pca=pca, pca_whiten=lambda: pca(whiten=True))
        + of("IncrementalPCA", "numbers", "ridge", incremental_pca=lambda: incremental(n_components=3, batch_size=100),
             incremental_pca_whiten=lambda: incremental(whiten=True))
        + of("IncrementalPCA", "table", "logistic",
             sparse_incremental_pca=behind(onehot_columns, lambda: incremental(n_components=8, batch_size=150)))
        + of("TruncatedSVD", "numbers", "logistic", truncated_svd=lambda: svd(random_state=0),
             truncated_svd_arpack=lambda: svd(n_components=4, algorithm="arpack", random_state=0))
        + of("TruncatedSVD", "table", "ridge", sparse_truncated_svd=behind(onehot_columns, lambda: svd(n_components=12, random_state=0)))
        + of("FastICA", "numbers", "logistic", fast_ica=lambda: decomposition.FastICA(n_components=3, random_state=0),
             fast_ica_deflation=lambda: decomposition.FastICA(n_components=4, algorithm="deflation", fun="exp", random_state=0),
             fast_ica_no_whiten=lambda: decomposition.FastICA(whiten=False, random_state=0),
             fast_ica_arbitrary=lambda: decomposition.FastICA(n_components=3, random_state=0,
                                                              whiten=since((1, 1), "arbitrary-variance", True)),
             fast_ica_eigh=lambda: decomposition.FastICA(n_components=3, whiten_solver="eigh", whiten="unit-variance", random_state=0))
        + of("FactorAnalysis", "numbers", "logistic", factor_analysis=lambda: decomposition.FactorAnalysis(n_components=3, random_state=0),
             factor_analysis_varimax=lambda: decomposition.FactorAnalysis(n_components=3, rotation="varimax", random_state=0),
             factor_analysis_lapack=lambda: decomposition.FactorAnalysis(n_components=2, svd_method="lapack"))
    )


def factors():
    nmf, mini = decomposition.NMF, "MiniBatchNMF"
    few = {"n_components": 3, "random_state": 0, "max_iter": 150}
    regular = since((1, 2), {"alpha_W": 0.01, "alpha_H": 0.02, "l1_ratio": 0.4}, {"alpha": 0.1, "l1_ratio": 0.4})
    return (
        of("NMF", "positive", "ridge", nmf=lambda: nmf(**few), nmf_nndsvda=lambda: nmf(init="nndsvda", **few),
           nmf_random=lambda: nmf(init="random", **few), nmf_regular=lambda: nmf(**dict(few, **regular)),
           nmf_mu=lambda: nmf(solver="mu", init="nndsvda", **few),
           nmf_mu_kullback=lambda: nmf(solver="mu", beta_loss="kullback-leibler", init="random", **few),
           nmf_mu_itakura=lambda: nmf(solver="mu", beta_loss="itakura-saito", init="random", **few),
           nmf_mu_half=lambda: nmf(solver="mu", beta_loss=0.5, init="random", **few))
        + refused(of("NMF", "positive", "ridge", nmf_shuffle=lambda: nmf(init="nndsvd", shuffle=True, **few)))
        + of("NMF", "positive", "", minibatch_nmf=lambda: getattr(decomposition, mini)(n_components=3, random_state=0),
             minibatch_nmf_kullback=lambda: getattr(decomposition, mini)(n_components=3, beta_loss="kullback-leibler", random_state=0))
    )


def dictionaries():
    few = {"n_components": 4, "random_state": 0, "max_iter": 20}
    batches = dict({"n_components": 4, "random_state": 0}, **since((1, 3), {"max_iter": 10}, {"n_iter": 20}))
    atoms = np.random.RandomState(3).normal(size=(5, 8))
    atoms /= np.sqrt((atoms ** 2).sum(axis=1))[:, None]

    def learning(how, **keywords):
        return lambda: decomposition.DictionaryLearning(transform_algorithm=how, **dict(few, **keywords))

    def coder(how, **keywords):
        return lambda: decomposition.SparseCoder(dictionary=atoms, transform_algorithm=how, **keywords)

    sparse = dict({}, **since((0, 22), {}, {"normalize_components": True}))
    return (
        of("SparsePCA", "numbers", "logistic", sparse_pca=lambda: decomposition.SparsePCA(ridge_alpha=0.05, **dict(few, **sparse)),
           minibatch_sparse_pca=lambda: decomposition.MiniBatchSparsePCA(**dict(batches, **sparse)))
        + of("SparsePCA", "numbers", "", sparse_pca_old=lambda: decomposition.SparsePCA(**few))
        + of("DictionaryLearning", "numbers", "", dictionary_threshold=learning("threshold", transform_alpha=0.4),
             dictionary_threshold_split=learning("threshold", split_sign=True), dictionary_omp=learning("omp", transform_n_nonzero_coefs=2),
             dictionary_alpha=lambda: decomposition.DictionaryLearning(alpha=0.6, transform_algorithm="threshold", **few))
        + refused(of("DictionaryLearning", "numbers", "", dictionary_lasso_cd=learning("lasso_cd"),
                     dictionary_lasso_lars=learning("lasso_lars"), dictionary_lars=learning("lars")))
        + of("DictionaryLearning", "numbers", "ridge",
             minibatch_dictionary=lambda: decomposition.MiniBatchDictionaryLearning(transform_algorithm="threshold", **batches))
        + of("SparseCoder", "numbers", "ridge", coder_threshold=coder("threshold", transform_alpha=0.3),
             coder_threshold_split=coder("threshold", split_sign=True))
        + of("SparseCoder", "numbers", "", coder_threshold_positive=coder("threshold", transform_alpha=0.3, positive_code=True),
             coder_omp=coder("omp", transform_n_nonzero_coefs=2), coder_omp_alpha=coder("omp", transform_alpha=0.5))
        + refused(of("SparseCoder", "numbers", "", coder_lasso_cd=coder("lasso_cd", transform_alpha=0.2),
                     coder_lasso_lars=coder("lasso_lars", transform_alpha=0.2)))
    )


def latent():
    topics = decomposition.LatentDirichletAllocation
    rbm = neural_network.BernoulliRBM
    return (
        of("LatentDirichletAllocation", "counts", "logistic",
           topics=lambda: topics(n_components=3, random_state=0, learning_method="batch"),
           topics_online=lambda: topics(n_components=4, random_state=0, learning_method="online", doc_topic_prior=0.3,
                                        max_doc_update_iter=20))
        + of("BernoulliRBM", "flags", "logistic", rbm=lambda: rbm(n_components=4, random_state=0, n_iter=3))
        + of("LinearDiscriminantAnalysis", "numbers", "logistic", lda_transform=discriminant_analysis.LinearDiscriminantAnalysis)
    )


def projections():
    gaussian, sparse = random_projection.GaussianRandomProjection, random_projection.SparseRandomProjection
    return (
        of("GaussianRandomProjection", "numbers", "logistic", gaussian_projection=lambda: gaussian(n_components=4, random_state=0))
        + of("SparseRandomProjection", "numbers", "logistic", sparse_projection=lambda: sparse(n_components=4, density=0.4, random_state=0),
             sparse_projection_dense=lambda: sparse(n_components=4, dense_output=True, random_state=0))
        + of("SparseRandomProjection", "table", "ridge",
             sparse_sparse_projection=behind(columns, lambda: sparse(n_components=20, random_state=0)))
        + of("FeatureAgglomeration", "numbers", "ridge", agglomeration=lambda: cluster.FeatureAgglomeration(n_clusters=3),
             agglomeration_max=lambda: cluster.FeatureAgglomeration(n_clusters=4, pooling_func=np.max),
             agglomeration_median=lambda: cluster.FeatureAgglomeration(n_clusters=3, pooling_func=np.median))
        + of("KMeans", "numbers", "logistic", kmeans_transform=lambda: cluster.KMeans(n_clusters=5, n_init=2, random_state=0))
        + of("Birch", "numbers", "", birch_transform=lambda: cluster.Birch(n_clusters=3))
        + of("PLS", "numbers", "", pls_svd_1=lambda: cross_decomposition.PLSSVD(n_components=1))
    )
