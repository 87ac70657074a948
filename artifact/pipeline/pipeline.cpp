#include "artifact/pipeline/pipeline.hpp"

#include "artifact/pipeline/read_fitted.hpp"
#include "artifact/pipeline/rounding.hpp"
#include "artifact/pipeline/state_reader.hpp"
#include "artifact/pipeline/verification.hpp"
#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

namespace assay {

namespace {

using pipeline::Data;
using pipeline::Method;
using pipeline::Step;

constexpr std::size_t numbers_at_once = 4'000'000;  // in a block of rows, where a step is widest
constexpr std::size_t most_rows_at_once = 4096;

Result<SampleArray> answer(const Step& step, Method method, Data rows) {
    switch (method) {
        case Method::predict: return step.predict(std::move(rows));
        case Method::transform: {
            TRY_ASSIGN(const Data made, step.transform(std::move(rows)));
            auto found = pipeline::to_array(made);
            if (found && made.flat) found->shape = {made.rows};
            return found;
        }
        default: break;
    }
    TRY_ASSIGN(const pipeline::Scores scores, step.scores(method, std::move(rows)));
    const pipeline::Matrix& values = scores.values;
    SampleArray found = pipeline::array_of(values, scores.flat);
    if (scores.single) {
        std::vector<float> single(static_cast<std::size_t>(values.size()));
        std::transform(values.data(), values.data() + values.size(), single.begin(),
                       [](double value) { return static_cast<float>(value); });
        found.values = std::move(single);
    }
    return found;
}

/// Puts the rows of `more` behind those of `all`. False when they are not alike.
bool append(SampleArray& all, SampleArray more) {
    if (all.shape.empty()) {
        all = std::move(more);
        return true;
    }
    if (all.values.index() != more.values.index() ||
        !std::equal(all.shape.begin() + 1, all.shape.end(), more.shape.begin() + 1, more.shape.end()))
        return false;
    all.shape.front() += more.shape.front();
    std::visit(
        [&](auto& values) {
            auto& others = std::get<std::decay_t<decltype(values)>>(more.values);
            std::ranges::move(others, std::back_inserter(values));
        },
        all.values);
    return true;
}

}  // namespace

Result<Pipeline> Pipeline::decode(RandomSource& file) {
    TRY_ASSIGN(const std::unique_ptr<pipeline::FittedSource> source, pipeline::read_fitted(file));
    pipeline::Budget budget;
    const pipeline::Fitted root(*source, source->root());
    TRY_ASSIGN(std::unique_ptr<Step> step, pipeline::decode_estimator(root, {}, budget));
    if (step->widest() > numbers_at_once)
        return pipeline::not_decodable(
            step->place, fmt::format("a row becomes {} numbers in it, and at most {} are computed with", step->widest(), numbers_at_once));
    Pipeline made;
    made.estimator_ = root.class_name();
    for (std::size_t i = 0; i < pipeline::method_names.size(); ++i) {
        if (step->has(static_cast<Method>(i))) made.methods_.emplace_back(pipeline::method_names[i]);
    }
    if (auto sample = pipeline::verification_of(root)) made.own_sample_ = std::make_shared<const Sample>(*std::move(sample));
    made.step_ = std::move(step);
    return made;
}

Result<Pipeline> Pipeline::load(const std::string& path) {
    TRY_ASSIGN(const std::unique_ptr<RandomSource> file, open_random_file(path));
    auto made = decode(*file);
    if (!made) return fail(std::move(made).error().with_context("decoding " + printable(path, 300)));
    return made;
}

Result<SampleArray> Pipeline::predict(const Sample& input, std::string_view method) const {
    const auto wanted = pipeline::parse_method(method);
    if (!wanted || !step_->has(*wanted)) {
        return fail(
            Error(ErrorKind::invalid, "no-such-method", fmt::format("{} has no {}", printable(estimator_, 200), printable(method, 60)))
                .with_fix(fmt::format("one of {}", join(methods_, ", "))));
    }
    if (step_->takes_records() != std::holds_alternative<SampleRecords>(input.input)) {
        return fail(Error(ErrorKind::invalid, "invalid-input", fmt::format("{} refuses the input", printable(estimator_, 200)))
                        .with_because(step_->takes_records() ? "it takes records: an object of names and values per row"
                                                             : "it takes no records, but columns, a matrix or texts"));
    }
    const std::size_t at_once = std::clamp<std::size_t>(numbers_at_once / std::max<std::size_t>(1, step_->widest()), 1, most_rows_at_once);
    std::optional<pipeline::PartOfRows> part;
    if (input.rows > at_once) part.emplace();
    SampleArray all;
    for (std::size_t first = 0; first < input.rows || first == 0; first += at_once) {
        TRY_ASSIGN(Data rows, pipeline::rows_of(input, first, std::min(at_once, input.rows - first)));
        auto some = answer(*step_, *wanted, std::move(rows));
        if (!some && first != 0) return fail(std::move(some).error().with_context(fmt::format("predicting the rows from {} on", first)));
        if (!some) return fail(std::move(some).error());
        if (!append(all, *std::move(some))) {
            return fail(
                Error(ErrorKind::invalid, "not-replayable", "the output cannot be kept").with_because("its type differs from row to row"));
        }
    }
    return all;
}

namespace {

/// Whatever a sample allows: another prediction than that is another.
constexpr double widest_tolerance = 1e-6;
/// Of the largest number of an answer. Where rounding alone makes as much of a difference, nothing is proven by what is found within it.
constexpr double undecided = 1e-3;

SampleTolerance tolerance_of(const Sample& sample, const Pipeline& pipeline, std::string_view method) {
    SampleTolerance tolerance = sample.tolerance;
    tolerance.abs = std::min(tolerance.abs, widest_tolerance);
    tolerance.rel = std::min(tolerance.rel, widest_tolerance);
    if (pipeline.is_exact(method)) return tolerance;
    tolerance.abs = std::max(tolerance.exact ? 0 : tolerance.abs, replay_tolerance);
    tolerance.rel = std::max(tolerance.exact ? 0 : tolerance.rel, replay_tolerance);
    tolerance.exact = false;
    return tolerance;
}

/// The largest difference of two answers; infinite when they are no numbers of the same shape.
double largest_difference(const SampleArray& a, const SampleArray& b) {
    const auto* left = std::get_if<std::vector<double>>(&a.values);
    const auto* right = std::get_if<std::vector<double>>(&b.values);
    if (left == nullptr || right == nullptr || left->size() != right->size()) return std::numeric_limits<double>::infinity();
    double largest = 0;
    for (std::size_t i = 0; i < left->size(); ++i) {
        if ((*left)[i] != (*right)[i]) largest = std::max(largest, std::abs((*left)[i] - (*right)[i]));
    }
    return largest;
}

/// What the answer could as well be: with rounding at its worst, one way and the other.
std::vector<SampleArray> other_roundings(const Sample& sample, const Pipeline& pipeline, std::string_view method) {
    std::vector<SampleArray> others;
    for (const bool up : {true, false}) {
        const pipeline::WorstRounding rounding(up);
        if (auto other = pipeline.predict(sample, method)) others.push_back(*std::move(other));
    }
    return others;
}

/// Of a classifier, which has scores, too; or of what numbers clusters.
bool gives_labels(const Pipeline& pipeline, std::string_view method, const SampleArray& answer) {
    const auto& methods = pipeline.methods();
    if (method == "predict" && std::holds_alternative<std::vector<std::int64_t>>(answer.values)) return true;
    return method == "predict" && (std::ranges::find(methods, "decision_function") != methods.end() ||
                                   std::ranges::find(methods, "predict_proba") != methods.end());
}

double largest_number(const SampleArray& array) {
    double largest = 0;
    if (const auto* numbers = std::get_if<std::vector<double>>(&array.values)) {
        for (const double number : *numbers) largest = std::isfinite(number) ? std::max(largest, std::abs(number)) : largest;
    }
    return largest;
}

/// Takes the sample's label where rounding decides between it and the other; how many were taken.
std::size_t excuse_near_ties(const SampleArray& expected, const std::vector<SampleArray>& others, SampleArray& answer) {
    if (expected.shape != answer.shape || expected.values.index() != answer.values.index()) return 0;
    std::size_t taken = 0;
    std::visit(
        [&](auto& labels) {
            using Labels = std::decay_t<decltype(labels)>;
            const auto& wanted = std::get<Labels>(expected.values);
            for (const SampleArray& other : others) {
                const auto* possible = std::get_if<Labels>(&other.values);
                for (std::size_t i = 0; possible != nullptr && i < labels.size(); ++i) {
                    if (labels[i] == wanted[i] || (*possible)[i] != wanted[i]) continue;
                    labels[i] = wanted[i];
                    ++taken;
                }
            }
        },
        answer.values);
    return taken;
}

/// What one method of the sample gives; why that cannot be known, when rounding alone decides it.
std::optional<std::string> replay_method(const Sample& sample, const Pipeline& pipeline, const std::string& method,
                                         const SampleArray& expected, SampleArray answer, Replay& found, bool& exact) {
    SampleTolerance tolerance = tolerance_of(sample, pipeline, method);
    auto difference = compare(method, expected, answer, tolerance);
    if (difference && !tolerance.exact) {
        const std::vector<SampleArray> others = other_roundings(sample, pipeline, method);
        if (!gives_labels(pipeline, method, answer)) {
            double known_to = 0;
            for (const SampleArray& other : others) known_to = std::max(known_to, 2 * largest_difference(answer, other));
            if (!(known_to <= undecided * (1 + largest_number(answer))))
                return fmt::format("{} is known to {} only, whatever computes it: rounding alone changes it by as much", method, known_to);
            tolerance.abs = std::max(tolerance.abs, known_to);
        } else if (const std::size_t taken = excuse_near_ties(expected, others, answer);
                   taken > std::max<std::size_t>(1, sample.rows / 20)) {
            return fmt::format("rounding alone decides {} labels of {} rows", taken, sample.rows);
        }
        difference = compare(method, expected, answer, tolerance);
    }
    if (difference) {
        found.differences.push_back(*std::move(difference));
    } else if (const auto off = compare(method, expected, answer, SampleTolerance{})) {
        exact = false;
        found.max_abs = std::max(found.max_abs, off->max_abs);
        found.max_ulp = std::max(found.max_ulp, off->max_ulp);
    }
    return std::nullopt;
}

}  // namespace

bool Pipeline::is_exact(std::string_view method) const {
    const auto wanted = pipeline::parse_method(method);
    return wanted && step_->is_exact(*wanted);
}

Replay replay(const Sample& sample, const Pipeline& pipeline) {
    Replay found{.rows = sample.rows};
    for (const auto& [method, expected] : sample.outputs) found.methods.push_back(method);
    bool exact = true;
    std::optional<std::string> unknown;  // of the first method that cannot be asked
    for (const auto& [method, expected] : sample.outputs) {
        auto answer = pipeline.predict(sample, method);
        auto why = answer ? replay_method(sample, pipeline, method, expected, *std::move(answer), found, exact)
                          : std::optional(answer.error().message + (answer.error().because.empty() ? "" : ": " + answer.error().because));
        if (!unknown) unknown = std::move(why);
    }
    // What differs differs, whatever the other methods would say.
    if (!found.differences.empty()) {
        found.outcome = Replay::Outcome::different;
    } else if (unknown) {
        found.outcome = Replay::Outcome::predict_error;
        found.message = *std::move(unknown);
    } else {
        found.outcome = exact ? Replay::Outcome::equal : Replay::Outcome::close;
    }
    return found;
}

std::string eigen_release() { return fmt::format("{}.{}.{}", EIGEN_WORLD_VERSION, EIGEN_MAJOR_VERSION, EIGEN_MINOR_VERSION); }

}  // namespace assay
