"""What goes through a kernel: Gaussian processes, kernel machines, approximations. Runs inside the environment being measured."""

from sklearn import decomposition, gaussian_process, kernel_approximation, kernel_ridge, pipeline, preprocessing
from sklearn.gaussian_process import kernels

from predictions.linear import model
from predictions.transformers import of


def all_models():
    return processes() + ridges()


def scaled(estimator):
    """Behind a scaler, which a kernel of one length needs."""
    return pipeline.Pipeline([("scale", preprocessing.StandardScaler()), ("process", estimator)])


def processes():
    def regressor(kernel=None, **keywords):
        return lambda: scaled(gaussian_process.GaussianProcessRegressor(kernel, **dict({"alpha": 0.1, "optimizer": None}, **keywords)))

    def classifier(kernel=None, **keywords):
        return lambda: scaled(gaussian_process.GaussianProcessClassifier(kernel, **dict({"optimizer": None}, **keywords)))

    rbf, matern, white, constant = kernels.RBF, kernels.Matern, kernels.WhiteKernel, kernels.ConstantKernel
    many = [1.0, 2.0, 3.0, 0.5, 1.5, 2.5, 4.0, 1.0]
    return [
        model("gaussian-process", "amount pair", "numbers", regressor(rbf(2.0))),
        model("gaussian-process-default", "amount", "numbers", regressor()),
        model("gaussian-process-optimized", "amount", "ratings-full",
              regressor(constant(2.0) * rbf(1.0) + white(1.0), optimizer="fmin_l_bfgs_b")),
        model("gaussian-process-normalized", "amount pair", "numbers", regressor(rbf(2.0), normalize_y=True)),
        model("gaussian-process-scales", "amount", "numbers", regressor(rbf(many))),
        model("gaussian-process-matern-0.5", "amount", "numbers", regressor(matern(2.0, nu=0.5))),
        model("gaussian-process-matern-1.5", "amount", "numbers", regressor(matern(many, nu=1.5))),
        model("gaussian-process-matern-2.5", "amount", "numbers", regressor(2.5 * matern(2.0, nu=2.5))),
        model("gaussian-process-matern-0.7", "amount", "ratings-full", regressor(matern(2.0, nu=0.7)), refused=True),
        model("gaussian-process-rational", "amount", "numbers", regressor(kernels.RationalQuadratic(1.5, 0.7))),
        model("gaussian-process-periodic", "amount", "numbers", regressor(kernels.ExpSineSquared(1.2, 3.0) + white(0.5))),
        model("gaussian-process-dot", "amount", "numbers", regressor(kernels.DotProduct(0.8) + white(0.3))),
        model("gaussian-process-power", "amount", "numbers", regressor(kernels.DotProduct(1.0) ** 2 * rbf(3.0) + constant(0.5))),
        model("gaussian-process-classifier", "binary yes-no", "numbers", classifier(rbf(2.0))),
        model("gaussian-process-classifier", "three", "numbers", classifier(1.5 * matern(2.0))),
        model("gaussian-process-classifier-default", "bools", "ratings-full", classifier()),
        model("gaussian-process-classifier-optimized", "binary", "ratings-full", classifier(1.0 * rbf(1.0), optimizer="fmin_l_bfgs_b")),
        model("gaussian-process-classifier-noise", "binary", "numbers", classifier(rbf(2.0) + white(0.5) + constant(0.2))),
        model("gaussian-process-classifier-ovo", "three", "ratings-full", classifier(rbf(2.0), multi_class="one_vs_one"), refused=True),
    ]


def ridges():
    def ridge(**keywords):
        return lambda: kernel_ridge.KernelRidge(**keywords)

    return [
        model("kernel-ridge", "amount pair", "numbers columns dense", ridge()),
        model("kernel-ridge-rbf", "amount pair", "dense columns numbers", ridge(kernel="rbf", gamma=0.05)),
        model("kernel-ridge-rbf-default", "amount", "dense", ridge(kernel="rbf")),
        model("kernel-ridge-poly", "amount", "dense", ridge(kernel="polynomial", degree=2, coef0=0.5)),
        model("kernel-ridge-laplacian", "amount", "dense", ridge(kernel="laplacian", alpha=0.3)),
        model("kernel-ridge-sigmoid", "amount", "dense", ridge(kernel="sigmoid", gamma=0.01)),
        model("kernel-ridge-cosine", "amount", "dense", ridge(kernel="cosine")),
        model("kernel-ridge-chi2", "positive", "positive", ridge(kernel="chi2", gamma=0.1)),
        model("kernel-ridge-additive-chi2", "amount", "positive", ridge(kernel="additive_chi2")),
        model("kernel-ridge-weights", "amount", "dense", ridge(kernel="rbf", gamma=0.02), weights=True),
    ]


def all_transformers():
    def pca(**keywords):
        return lambda: decomposition.KernelPCA(**dict({"n_components": 5, "eigen_solver": "dense"}, **keywords))

    def nystroem(**keywords):
        return lambda: scaled(kernel_approximation.Nystroem(**dict({"n_components": 30, "random_state": 0}, **keywords)))

    sketch = getattr(kernel_approximation, "PolynomialCountSketch", None)
    found = (
        of("KernelPCA", "numbers", "logistic", kernel_pca=pca(), kernel_pca_rbf=pca(kernel="rbf", gamma=0.02))
        + of("KernelPCA", "numbers", "", kernel_pca_poly=pca(kernel="poly", degree=2), kernel_pca_cosine=pca(kernel="cosine"),
             kernel_pca_sigmoid=pca(kernel="sigmoid", gamma=0.001), kernel_pca_inverse=pca(kernel="rbf", fit_inverse_transform=True),
             kernel_pca_arpack=pca(kernel="rbf", eigen_solver="arpack", random_state=0))
        + of("Nystroem", "numbers", "ridge", nystroem=nystroem(), nystroem_gamma=nystroem(gamma=0.1))
        + of("Nystroem", "numbers", "", nystroem_poly=nystroem(kernel="poly", degree=2, coef0=1, gamma=0.5),
             nystroem_laplacian=nystroem(kernel="laplacian"), nystroem_sigmoid=nystroem(kernel="sigmoid", gamma=0.1))
        + of("Nystroem", "words-full", "", nystroem_words=words)
        + of("RBFSampler", "numbers", "logistic",
             rbf_sampler=lambda: kernel_approximation.RBFSampler(gamma=0.1, n_components=25, random_state=0))
        + of("SkewedChi2Sampler", "positive", "ridge",
             skewed_chi2=lambda: kernel_approximation.SkewedChi2Sampler(skewedness=0.05, n_components=25, random_state=0))
        + of("AdditiveChi2Sampler", "positive", "logistic", additive_chi2=kernel_approximation.AdditiveChi2Sampler)
        + of("AdditiveChi2Sampler", "positive", "", additive_chi2_one=lambda: kernel_approximation.AdditiveChi2Sampler(sample_steps=1),
             additive_chi2_four=lambda: kernel_approximation.AdditiveChi2Sampler(sample_steps=4, sample_interval=0.3))
    )
    if sketch is not None:
        found += of("PolynomialCountSketch", "numbers", "ridge", count_sketch=lambda: sketch(n_components=40, random_state=0),
                    count_sketch_three=lambda: sketch(degree=3, gamma=0.1, coef0=2, n_components=40, random_state=0))
    return found


def words():
    """Behind a one-hot encoder, whose rows are sparse."""
    return pipeline.Pipeline([("encode", preprocessing.OneHotEncoder(handle_unknown="ignore")),
                              ("map", kernel_approximation.Nystroem(gamma=0.2, n_components=20, random_state=0))])
