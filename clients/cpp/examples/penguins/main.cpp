// Trains two models on palmerpenguins, hands them to a registry with everything that must be known of them, and, in another process,
// fetches one, tests it and predicts. What a program of yours would look like.
#include "models.hpp"

#include <assay/client.hpp>

#include <cstdint>
#include <fstream>
#include <iostream>
#include <limits>
#include <string>
#include <vector>

namespace penguins {

namespace {

constexpr const char* usage =
    "usage: penguins train penguins.csv            train, judge on held-out rows, register penguin-species and penguin-mass\n"
    "       penguins predict REFERENCE DATA.csv    fetch a model, test it on its sample, predict the rows of a file\n"
    "       penguins coefficients penguins.csv     what training finds, for comparison with another program\n"
    "       penguins environment                   what this program was compiled with, as the registry keeps it\n"
    "  --pretend PACKAGE=RELEASE                   after DATA.csv: as if it had been compiled with another release\n"
    "ASSAY_URL says where the registry is, ASSAY_CONSUMER who asks.\n";

constexpr const char* model_file = "model.assay";

/// One line per row, with every bit of every number.
void print(std::ostream& out, const assay::SampleOutputArrays& outputs, std::size_t rows) {
    out << std::hexfloat;
    for (std::size_t row = 0; row < rows; ++row) {
        for (const auto& [method, array] : outputs) {
            const std::size_t width = array.shape.size() > 1 ? array.shape[1] : 1;
            for (std::size_t i = row * width; i < (row + 1) * width; ++i) {
                if (const auto* texts = std::get_if<std::vector<std::string>>(&array.values)) out << ' ' << (*texts)[i];
                if (const auto* numbers = std::get_if<std::vector<double>>(&array.values)) out << ' ' << (*numbers)[i];
            }
        }
        out << '\n';
    }
    out << std::defaultfloat;
}

void print_warnings(const std::vector<std::string>& warnings) {
    for (const std::string& warning : warnings) std::cerr << "warning: " << warning << '\n';
}

/// The hashes of the data: the rows to train on, the rows held out, and the file that both were cut from.
assay::Result<std::vector<assay::NewVersion::Dataset>> datasets_of(const std::string& path, const Split& split) {
    if (auto written = write_penguins("penguins-train.csv", split.training); !written) return assay::fail(written.error());
    if (auto written = write_penguins("penguins-test.csv", split.held_out); !written) return assay::fail(written.error());
    std::vector<assay::NewVersion::Dataset> datasets;
    for (const auto& [file, role] :
         {std::pair<std::string, std::string>{"penguins-train.csv", "training"}, {"penguins-test.csv", "test"}, {path, "other"}}) {
        const auto dataset = assay::dataset_of_file(file, role);
        if (!dataset) return assay::fail(dataset.error());
        datasets.push_back(*dataset);
    }
    datasets[0].rows = static_cast<std::int64_t>(split.training.size());
    datasets[1].rows = static_cast<std::int64_t>(split.held_out.size());
    return datasets;
}

/// Archives a model, and registers it with its facts and with the held-out rows that every later load is tested on.
template <class Model>
assay::Result<void> hand_over(assay::Client& registry, const std::string& name, const Model& model, const std::vector<Penguin>& held_out,
                              assay::NewVersion version) {
    const Metrics metrics = model.judge(held_out);
    for (const auto& [metric, value] : metrics) {
        std::cout << "  " << metric << ' ' << value << " on the held-out rows\n";
        version.metrics.push_back({metric, value, "penguins-test"});
    }
    const assay::SampleOutputArrays answers = model.predict(held_out);
    version.sample = assay::Sample{held_out.size(), to_sample_input(held_out, model.prepare().columns()), answers, {}};  // to the last bit
    if (auto written = assay::write_archive(model_file, model.archive()); !written) return written;
    version.paths = {model_file};
    version.trained_at = assay::now();

    const auto registered = registry.push(name, version);
    if (!registered) return assay::fail(registered.error());
    print_warnings(registered->warnings);
    std::cout << "registered " << registered->version.name() << ", " << registered->version.digest << '\n';

    std::ofstream expected(name + ".expected");  // for the process that will predict: what it must say
    print(expected, answers, held_out.size());
    if (expected.flush()) return {};
    return assay::fail(assay::ErrorKind::internal, "io-error", name + ".expected cannot be written");
}

assay::Result<void> train(const std::string& path) {
    const auto all = read_penguins(path);
    if (!all) return assay::fail(all.error());
    const Split rows = split(*all);
    std::cout << "data: " << all->size() << " penguins, " << rows.training.size() << " to train on, " << rows.held_out.size()
              << " held out\n";
    auto registry = assay::Client::open();
    if (!registry) return assay::fail(registry.error());
    const auto datasets = datasets_of(path, rows);
    if (!datasets) return assay::fail(datasets.error());
    assay::NewVersion version;
    version.datasets = *datasets;

    const SpeciesModel species = SpeciesModel::train(rows.training, 1.0);
    std::cout << "species: logistic regression, " << species.iterations() << " Newton steps\n";
    version.params = {{"C", "1.0"}};
    version.description = "Species of a penguin from its measurements; logistic regression, in C++";
    if (auto done = hand_over(*registry, "penguin-species", species, rows.held_out, version); !done) return done;

    const MassModel mass = MassModel::train(rows.training, 1.0);
    std::cout << "mass: ridge regression\n";
    version.params = {{"alpha", "1.0"}};
    version.description = "Mass of a penguin from its measurements; ridge regression, in C++";
    return hand_over(*registry, "penguin-mass", mass, rows.held_out, version);
}

/// Whichever of the two models an archive holds.
assay::Result<assay::SampleOutputArrays> answers_of(const assay::Archive& archive, const std::vector<Penguin>& rows) {
    if (archive.schema() == MassModel::schema) {
        const auto model = MassModel::from(archive);
        if (!model) return assay::fail(model.error());
        return model->predict(rows);
    }
    const auto model = SpeciesModel::from(archive);
    if (!model) return assay::fail(model.error());
    return model->predict(rows);
}

assay::Result<void> predict(const std::string& reference, const std::string& path, const assay::NativeEnvironment& environment) {
    auto registry = assay::Client::open();
    if (!registry) return assay::fail(registry.error());
    // The gate is asked with what this program was compiled with; every byte that comes is verified.
    const auto fetched = registry->fetch(reference, environment);
    if (!fetched) return assay::fail(fetched.error());
    print_warnings(fetched->warnings);
    const auto bytes = fetched->file(model_file);
    if (!bytes) return assay::fail(bytes.error());
    const auto archive = assay::parse_archive(*bytes);
    if (!archive) return assay::fail(archive.error());
    std::cerr << "fetched " << fetched->version.name() << ": the gate allows it, every byte is verified\n";

    // The smoke test: this process must answer as the one that trained it did.
    const auto sample = fetched->sample();
    if (!sample) return assay::fail(sample.error());
    if (*sample) {
        const auto rows = from_sample_input(**sample);
        if (!rows) return assay::fail(rows.error());
        const auto answers = answers_of(*archive, *rows);
        if (!answers) return assay::fail(answers.error());
        const assay::Replay found = assay::replay(**sample, *answers);
        // The registry keeps it as a proof, which the next one who asks is told. That it cannot is no reason not to predict.
        if (auto kept = registry->report(*fetched, found); !kept) std::cerr << "warning: " << kept.error().message << '\n';
        if (auto same = assay::check(found); !same) return same;
        std::cerr << "smoke test: " << rows->size() << " held-out rows answered as recorded, to the last bit\n";
    }

    const auto rows = read_penguins(path);
    if (!rows) return assay::fail(rows.error());
    const auto answers = answers_of(*archive, *rows);
    if (!answers) return assay::fail(answers.error());
    print(std::cout, *answers, rows->size());
    return {};
}

assay::Result<void> coefficients(const std::string& path) {
    const auto all = read_penguins(path);
    if (!all) return assay::fail(all.error());
    const auto [training, held_out] = split(*all);
    const SpeciesModel species = SpeciesModel::train(training, 1.0);
    const MassModel mass = MassModel::train(training, 1.0);
    std::cout.precision(std::numeric_limits<double>::max_digits10);
    const auto line = [](const char* what, const auto& values) {
        std::cout << what;
        for (Eigen::Index i = 0; i < values.size(); ++i) std::cout << ' ' << values.reshaped()[i];
        std::cout << '\n';
    };
    line("weights", species.logistic().weights.transpose().eval());  // class by class
    line("intercepts", species.logistic().intercepts);
    line("mass_weights", mass.weights());
    line("mass_intercept", Eigen::VectorXd::Constant(1, mass.intercept()));
    for (const auto& array : {species.predict(held_out).at("predict_proba"), mass.predict(held_out).at("predict")}) {
        const auto& values = std::get<std::vector<double>>(array.values);
        line("held_out", Eigen::Map<const Eigen::VectorXd>(values.data(), static_cast<Eigen::Index>(values.size())));
    }
    return {};
}

/// The exit codes of the command line, so that a script can tell a refusal from a failure.
int exit_code_of(const assay::Error& error) {
    switch (error.kind) {
        case assay::ErrorKind::not_found: return 3;
        case assay::ErrorKind::incompatible: return 4;
        case assay::ErrorKind::integrity: return 5;
        case assay::ErrorKind::prediction_differs: return 9;
        case assay::ErrorKind::network:
        case assay::ErrorKind::unavailable: return 10;
        default: return 1;
    }
}

int run(const std::vector<std::string>& arguments) {
    assay::Result<void> done;
    if (arguments.size() == 2 && arguments[0] == "train") {
        done = train(arguments[1]);
    } else if (arguments.size() == 2 && arguments[0] == "coefficients") {
        done = coefficients(arguments[1]);
    } else if (arguments.size() == 1 && arguments[0] == "environment") {
        std::cout << assay::to_text(assay::native_environment()) << '\n';
    } else if ((arguments.size() == 3 || arguments.size() == 5) && arguments[0] == "predict") {
        assay::NativeEnvironment environment = assay::native_environment();
        if (arguments.size() == 5) {
            const std::size_t equals = arguments[4].find('=');
            if (arguments[3] != "--pretend" || equals == std::string::npos) {
                std::cerr << usage;
                return 2;
            }
            environment.packages[arguments[4].substr(0, equals)] = arguments[4].substr(equals + 1);
        }
        done = predict(arguments[1], arguments[2], environment);
    } else {
        std::cerr << usage;
        return 2;
    }
    if (done) return 0;
    std::cerr << assay::describe(done.error());
    return exit_code_of(done.error());
}

}  // namespace

}  // namespace penguins

int main(int argc, char** argv) { return penguins::run({argv + 1, argv + argc}); }
