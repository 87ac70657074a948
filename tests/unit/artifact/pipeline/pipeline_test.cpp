#include "artifact/pipeline/pipeline.hpp"
#include "artifact/inspect.hpp"
#include "artifact/pmml/verification.hpp"
#include "tests/support/inspected.hpp"
#include "tests/support/models.hpp"
#include "tests/support/result.hpp"
#include "tests/support/source_dir.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <fstream>
#include <limits>
#include <sstream>

// Hostile and damaged models: the bytes of real ones (tests/data/predictions/), changed where it hurts.

namespace assay::test {

namespace {

Sample sample_of(const std::string& name) { return must(parse_sample(model_bytes(name + ".sample.json"), SampleOutputs::required)); }

std::string refusal_of_rows(const Result<SampleArray>& answer) {
    if (answer) return "answered";
    return answer.error().code + ": " + answer.error().message + ": " + answer.error().because;
}

/// Where the elements of the first array with such a path lie.
std::uint64_t place_of(std::string_view bytes, std::string_view path) {
    const Inspection inspection = inspected(bytes, "model.joblib");
    for (const ArrayFact& array : inspection.arrays) {
        if (array.path.find(path) != std::string::npos) return array.offset;
    }
    FAIL("there is no such array");
    return 0;
}

template <class Number>
void put(std::string& bytes, std::uint64_t at, Number value) {
    std::memcpy(bytes.data() + at, &value, sizeof value);
}

/// Replaces one text in a pickle by another of the same length.
void replace(std::string& bytes, std::string_view from, std::string_view to) {
    REQUIRE(from.size() == to.size());
    const std::size_t at = bytes.find(from);
    REQUIRE(at != std::string::npos);
    bytes.replace(at, from.size(), to);
}

bool holds(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace

namespace {

std::string key(const std::string& name) { return std::string("X") + static_cast<char>(name.size()) + std::string(3, '\0') + name; }

/// A StandardScaler that does nothing, with a memoized state; more opcodes follow.
std::string a_scaler() {
    return "\x80\x02"
           "csklearn.preprocessing._data\nStandardScaler\n)\x81}q\x01(" +
           key("with_mean") + "\x89" + key("with_std") + "\x89" + key("copy") + "\x88" + key("n_features_in_") + "K\x02" +
           key("_sklearn_version") + key("1.9.1") + "ub";
}

}  // namespace

TEST_CASE("a tree whose nodes walk in a circle, out of range or by NaN is refused with the node") {
    const std::string sound = model_pickle("1.9.1-tree-classifier");
    const std::uint64_t nodes = place_of(sound, "tree_.nodes");
    CHECK(why_not_decoded(sound) == "decoded");
    const auto broken = [&](std::uint64_t field, auto value) {
        std::string bytes = sound;
        put(bytes, nodes + field, value);
        return why_not_decoded(bytes);
    };
    CHECK(holds(broken(0, std::int64_t{0}), "attribute tree_ has the children 0 and"));
    CHECK(holds(broken(0, std::int64_t{1'000'000}), "attribute tree_ has the children 1000000"));
    CHECK(holds(broken(8, std::int64_t{-7}), "at node 0"));
    CHECK(holds(broken(0, std::numeric_limits<std::int64_t>::min()), "at node 0"));
    CHECK(holds(broken(16, std::int64_t{1'000'000'000}), "asks for feature 1000000000"));
    CHECK(holds(broken(16, std::int64_t{-2}), "asks for feature -2"));
    CHECK(holds(broken(24, std::numeric_limits<double>::quiet_NaN()), "the threshold NaN at node 0"));
    CHECK(holds(broken(24, std::numeric_limits<double>::quiet_NaN()), "`sklearn.tree._classes.DecisionTreeClassifier`"));
    CHECK(broken(24, std::numeric_limits<double>::infinity()) == "decoded");  // a split by what is missing alone
}

TEST_CASE("a tree whose leaves hold negative counts, or no numbers, is refused with the node") {
    const std::string sound = model_pickle("1.9.1-tree-classifier");
    const Inspection inspection = inspected(sound, "model.joblib");
    const auto values = std::ranges::find_if(inspection.arrays, [](const ArrayFact& array) { return holds(array.path, "tree_.values"); });
    REQUIRE(values != inspection.arrays.end());
    for (const double value : {-1.0, std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()}) {
        std::string bytes = sound;
        put(bytes, values->offset + values->length - sizeof value, value);  // the last node is a leaf
        CHECK(holds(why_not_decoded(bytes), fmt::format("attribute tree_ has the value {} at node", value)));
    }
}

TEST_CASE("a table that a transformer makes is float64, texts and NaN, or nothing is said of it") {
    const std::string config = key("_sklearn_output_config") + "}" + key("transform") + key("pandas") + "s";
    std::string bytes = a_scaler();
    bytes.insert(bytes.size() - 2, config);
    bytes += ".";
    MemoryBytes memory(bytes);
    const Pipeline pipeline = must(Pipeline::decode(memory));
    Sample rows;
    rows.rows = 1;
    rows.input = SampleMatrix{.array = {.shape = {1, 2}, .values = std::vector<double>{1, 2}, .missing = {}}, .dtype = {}};
    CHECK(refusal_of_rows(pipeline.predict(rows, "transform")) == "answered");
    rows.input = SampleMatrix{.array = {.shape = {1, 2}, .values = std::vector<float>{1, 2}, .missing = {}}, .dtype = {}};
    CHECK(holds(refusal_of_rows(pipeline.predict(rows, "transform")), "set_output"));
    const std::size_t at = bytes.find("pandas");
    REQUIRE(at != std::string::npos);
    bytes.replace(at, 6, "pirate");
    CHECK(holds(why_not_decoded(bytes), "attribute _sklearn_output_config is not known"));
}

TEST_CASE("a histogram tree whose nodes walk in a circle or out of range is refused with the tree and the node") {
    const std::string sound = model_pickle("1.9.1-hist-three");
    const std::uint64_t nodes = place_of(sound, "_predictors[0][0].nodes");
    CHECK(why_not_decoded(sound) == "decoded");
    // Packed: value f8, count u4, feature_idx i8, num_threshold f8, missing_go_to_left u1, left u4, right u4, …
    std::string circle = sound;
    put(circle, nodes + 29, std::uint32_t{0});
    CHECK(holds(why_not_decoded(circle), "attribute _predictors[0][0] has the children 0 and"));
    std::string feature = sound;
    put(feature, nodes + 12, std::int64_t{1'000'000'000});
    CHECK(holds(why_not_decoded(feature), "asks for feature 1000000000"));
    std::string threshold = sound;
    put(threshold, nodes + 20, std::numeric_limits<double>::quiet_NaN());
    CHECK(holds(why_not_decoded(threshold), "the threshold NaN at node 0"));
}

TEST_CASE("the fields of a histogram tree are integers, and name categories that are there") {
    const std::string sound = model_pickle("1.9.1-hist-three");
    const std::uint64_t nodes = place_of(sound, "_predictors[0][0].nodes");
    // … left u4, right u4, gain f8, depth u4, is_leaf u1, bin_threshold u1, is_categorical u1, bitset_idx u4.
    for (const std::uint32_t place : {std::uint32_t{7}, std::numeric_limits<std::uint32_t>::max()}) {
        std::string bytes = sound;
        put(bytes, nodes + 51, std::uint8_t{1});
        put(bytes, nodes + 52, place);
        CHECK(holds(why_not_decoded(bytes), "attribute _predictors[0][0] names categories at node 0 that are not there"));
    }
    std::string reals = sound;
    replace(reals, "\x8c\x02u4",
            "\x8c\x02"
            "f4");
    CHECK(why_not_decoded(reals) != "decoded");
}

TEST_CASE("what is set in a state after it was given to its object is seen by no Python, and decoded by nobody") {
    CHECK(why_not_decoded(a_scaler() + ".") == "decoded");
    CHECK(holds(why_not_decoded(a_scaler() + "h\x01" + key("n_features_in_") + "K\x03s0."),
                "something else is done to it while it is loaded"));
    // Slots beside the dict are attributes as well.
    std::string slots = a_scaler();
    slots.pop_back();
    CHECK(holds(why_not_decoded(slots + "}" + key("n_features_in_") +
                                "K\x03s\x86"
                                "b."),
                "something else is done to it while it is loaded"));
}

TEST_CASE("a model that claims more columns than any row has is refused") {
    std::string bytes = a_scaler();
    const std::string two = key("n_features_in_") + "K\x02";
    const std::size_t at = bytes.find(two);
    REQUIRE(at != std::string::npos);
    bytes.replace(at, two.size(), key("n_features_in_") + std::string("J\x00\xca\x9a\x3b", 5));
    CHECK(holds(why_not_decoded(bytes + "."), "attribute n_features_in_ is no number of features that are computed with"));
}

TEST_CASE("a forest is bit-exact only where scikit-learn adds its trees up in order") {
    std::string bytes = model_pickle("1.9.1-random-forest");
    MemoryBytes sound(bytes);
    CHECK(must(Pipeline::decode(sound)).is_exact("predict_proba"));
    const std::size_t at = bytes.find("n_jobs");
    REQUIRE(at != std::string::npos);
    const std::size_t none = bytes.find('N', at + 6);
    REQUIRE(none < at + 12);
    bytes.replace(none, 1, "\x89");  // whatever is neither None nor 1
    MemoryBytes several(bytes);
    CHECK_FALSE(must(Pipeline::decode(several)).is_exact("predict_proba"));
}

TEST_CASE("a sample that allows any answer is taken at a millionth") {
    const std::string packed = model_bytes("1.9.1-tree-regressor.joblib");
    MemoryBytes memory(packed);
    const Pipeline pipeline = must(Pipeline::decode(memory));
    Sample sample = sample_of("1.9.1-tree-regressor");
    sample.tolerance = {.exact = false, .abs = 1e9, .rel = 1e9};
    auto& answers = std::get<std::vector<double>>(sample.outputs.begin()->second.values);
    answers.front() += 1e-9;
    CHECK(replay(sample, pipeline).outcome == Replay::Outcome::close);
    answers.front() += 1;
    CHECK(replay(sample, pipeline).outcome == Replay::Outcome::different);
}

TEST_CASE("what a class is not known to hold, and a class that is not known, make a model not decodable") {
    std::string bytes = model_pickle("1.9.1-standard-scaler");
    replace(bytes, "with_mean", "with_meal");
    CHECK(holds(why_not_decoded(bytes), "`sklearn.preprocessing._data.StandardScaler`: attribute with_mean is not there"));
    bytes = model_pickle("1.9.1-standard-scaler");
    replace(bytes, "n_samples_seen_", "n_samples_sold_");
    CHECK(holds(why_not_decoded(bytes), "attribute n_samples_sold_ is not known for this class: it could change what it predicts"));
    bytes = model_pickle("1.9.1-standard-scaler");
    replace(bytes, "StandardScaler", "StandardSkaler");
    CHECK(holds(why_not_decoded(bytes), "`sklearn.preprocessing._data.StandardSkaler`: no estimator of this class is re-created here"));
    bytes = model_pickle("1.9.1-pipeline");
    replace(bytes, "LogisticRegression", "LogisticRegressing");
    CHECK(holds(why_not_decoded(bytes), "not decodable: step 2 `sklearn.linear_model._logistic.LogisticRegressing`"));
}

TEST_CASE("a release that is none, and arrays of another shape, are refused with the attribute") {
    std::string bytes = model_pickle("1.9.1-standard-scaler");
    replace(bytes, "1.9.1", "one.1");
    CHECK(holds(why_not_decoded(bytes), "which is no release of scikit-learn"));
    bytes = model_pickle("1.9.1-logistic-multinomial");
    replace(bytes, "coef_", "soul_");
    CHECK(holds(why_not_decoded(bytes), "attribute coef_ is not there"));
    bytes = model_pickle("1.9.1-logistic-multinomial");
    replace(bytes, "classes_", "klasses_");
    CHECK(holds(why_not_decoded(bytes), "attribute classes_ is not there"));
}

TEST_CASE("an encoder of before 0.20 whose codes contradict themselves is refused, as are rows that are no categories") {
    const std::string sound = model_pickle("0.20.4-one-hot-legacy");
    const auto broken = [&](std::string_view array, std::size_t element, std::int64_t value) {
        std::string bytes = sound;
        put(bytes, place_of(sound, array) + element * sizeof value, value);
        return why_not_decoded(bytes);
    };
    CHECK(why_not_decoded(sound) == "decoded");
    CHECK(holds(broken("_n_values_", 0, -1), "attribute _feature_indices_ contradicts _n_values_"));
    CHECK(holds(broken("_feature_indices_", 2, std::numeric_limits<std::int64_t>::min()),
                "attribute _feature_indices_ contradicts _n_values_"));
    CHECK(holds(broken("_active_features_", 0, -1), "attribute _active_features_ names no codes in order"));
    CHECK(holds(broken("_active_features_", 1, 1'000'000'000), "attribute _active_features_ names no codes in order"));

    MemoryBytes memory(sound);
    const Pipeline pipeline = must(Pipeline::decode(memory));
    const auto answer = [&](std::vector<double> values) {
        Sample rows;
        rows.rows = 1;
        rows.input = SampleMatrix{.array = {.shape = {1, values.size()}, .values = values, .missing = {}}, .dtype = {}};
        return refusal_of_rows(pipeline.predict(rows, "transform"));
    };
    CHECK(answer({0.9, 3}) == "answered");
    CHECK(holds(answer({-1, 3}), "row 0, column 0: -1 is negative"));
    CHECK(holds(answer({0, 1e300}), "row 0, column 1: 1e+300 is an unknown category"));
    CHECK(holds(answer({0, std::numeric_limits<double>::quiet_NaN()}), "NaN"));
    CHECK(holds(answer({0}), "the input has 1 column"));
}

TEST_CASE("files that are cut, foreign or empty are refused in words") {
    const std::string sound = model_pickle("1.9.1-random-forest");
    for (std::size_t length = 0; length < sound.size(); length += 97) CHECK(why_not_decoded(sound.substr(0, length)) != "decoded");
    CHECK(holds(why_not_decoded("nothing but text"), "it is no pickle"));
    CHECK(holds(why_not_decoded(""), "the file"));
    CHECK(holds(why_not_decoded(sound + "x"), "bytes follow the end of the pickle"));
    CHECK(holds(why_not_decoded("\x80\x04N."), "it is no estimator: None"));
    CHECK(holds(why_not_decoded(std::string("PK\x03\x04") + std::string(60, '\0')), "zip"));
}

TEST_CASE("rows that do not fit the model are refused as scikit-learn refuses them, with row and column") {
    const std::string packed = model_bytes("1.9.1-pipeline.joblib");
    MemoryBytes memory(packed);
    const Pipeline pipeline = must(Pipeline::decode(memory));
    Sample rows;
    rows.rows = 1;
    rows.input = SampleMatrix{.array = {.shape = {1, 40}, .values = std::vector<double>(40, 0.5), .missing = {}}, .dtype = {}};
    CHECK(holds(refusal_of_rows(pipeline.predict(rows)), "the input has 40 columns, and it was fitted with"));
    CHECK(holds(refusal_of_rows(pipeline.predict(rows, "transform")), "no-such-method"));
    CHECK(holds(refusal_of_rows(pipeline.predict(rows, "fly")), "has no fly"));
}

TEST_CASE("integers that no double holds are refused, not rounded") {
    const std::string packed = model_bytes("1.9.1-tree-classifier.joblib");
    MemoryBytes memory(packed);
    const Pipeline pipeline = must(Pipeline::decode(memory));
    const Sample good = sample_of("1.9.1-tree-classifier");
    Sample rows;
    rows.rows = 1;
    const std::size_t width = std::holds_alternative<SampleMatrix>(good.input) ? std::get<SampleMatrix>(good.input).array.shape[1]
                                                                               : std::get<SampleTable>(good.input).columns.size();
    rows.input =
        SampleMatrix{.array = {.shape = {1, width}, .values = std::vector<std::int64_t>(width, (std::int64_t{1} << 53) + 1), .missing = {}},
                     .dtype = {}};
    CHECK(holds(refusal_of_rows(pipeline.predict(rows)), "which no double holds exactly"));
}

TEST_CASE("a flipped bit in a leaf, a threshold or a category changes the answer, and the replay says so") {
    const std::string name = "1.9.1-tree-regressor";
    const std::string sound = model_pickle(name);
    const Sample sample = sample_of(name);
    MemoryBytes whole(sound);
    CHECK(replay(sample, must(Pipeline::decode(whole))).outcome == Replay::Outcome::equal);
    std::size_t changed = 0;
    const std::uint64_t values = place_of(sound, "tree_.values");
    for (std::uint64_t i = 0; i < 15; ++i) {
        std::string bytes = sound;
        bytes[static_cast<std::size_t>(values + i * 8)] ^= 1;
        MemoryBytes memory(bytes);
        const auto pipeline = Pipeline::decode(memory);
        if (!pipeline) break;  // the bytes behind the last leaf
        const Replay found = replay(sample, *pipeline);
        if (found.outcome == Replay::Outcome::equal) continue;  // no row ends there
        CHECK(found.outcome == Replay::Outcome::different);
        CHECK(found.differences.front().max_ulp == 1);
        ++changed;
    }
    CHECK(changed > 1);
}

TEST_CASE("rows that a PMMLPipeline or a PMML document carries to verify itself by are a sample") {
    const std::string name = std::string(source_dir()) + "/tests/data/verification/1.5.2-pmml-pipeline";
    const Pipeline pipeline = must(Pipeline::load(name + ".joblib"));
    REQUIRE(pipeline.own_sample() != nullptr);
    const Sample& own = *pipeline.own_sample();
    CHECK(own.rows == 12);
    CHECK(std::get<SampleTable>(own.input).columns.size() == 3);
    CHECK(own.outputs.size() == 2);
    CHECK(own.tolerance.rel == 1e-13);
    CHECK(replay(own, pipeline).outcome == Replay::Outcome::equal);

    std::ifstream file(name + ".pmml", std::ios::binary);
    std::stringstream text;
    text << file.rdbuf();
    const auto document = verification_of_pmml(text.str());
    REQUIRE(document);
    CHECK(document->rows == 12);
    CHECK(document->outputs.at("predict_proba").shape == std::vector<std::size_t>{12, 2});
    CHECK(document->tolerance.rel == 1e-13);
    CHECK(replay(*document, pipeline).outcome == Replay::Outcome::equal);

    Sample wrong = *document;
    std::get<std::vector<double>>(wrong.outputs.at("predict_proba").values)[3] += 0.25;
    CHECK(replay(wrong, pipeline).outcome == Replay::Outcome::different);
    CHECK_FALSE(verification_of_pmml("<PMML><TreeModel><MiningSchema/><ModelVerification/></TreeModel></PMML>"));
    CHECK_FALSE(verification_of_pmml("no document"));
}

}  // namespace assay::test
