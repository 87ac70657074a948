#pragma once

#include "artifact/sample.hpp"
#include "artifact/sample_comparison.hpp"
#include "base/stream.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace assay {

namespace pipeline {
class Step;
}

/// A fitted scikit-learn estimator, re-created from the bytes of a file so that it predicts what the original predicts, without Python and
/// without running the file. Immutable, shared by its copies, safe for concurrent use.
///
/// What is bit for bit the same: trees, forests, boosting up to the softmax of several classes, scalers, encoders, imputers. What goes
/// through a matrix product or exp and log differs in the last bits, as it does between two builds of NumPy.
class Pipeline {
public:
    /// Reads a file of joblib, pickle, cloudpickle or skops, by scikit-learn 0.20 or later. `invalid`, code "not-decodable", names the step
    /// and says why: a class that is not re-created, or an attribute that is not known for it. Takes memory of a few times the file.
    [[nodiscard]] static Result<Pipeline> decode(RandomSource& file);
    /// The same of a file on disk.
    [[nodiscard]] static Result<Pipeline> load(const std::string& path);

    /// "sklearn.pipeline.Pipeline"
    [[nodiscard]] const std::string& estimator() const { return estimator_; }
    /// "predict", "predict_proba", "predict_log_proba", "decision_function", "transform": those that it has.
    [[nodiscard]] const std::vector<std::string>& methods() const { return methods_; }

    /// What the method gives for the rows of `input` (its outputs are not looked at), one row each. `invalid`: code "no-such-method",
    /// "invalid-input" where scikit-learn would raise (a missing column, an unknown category, NaN), "not-replayable" where its answer
    /// depends on what is not re-created. Rows are worked on in blocks, so that wide encodings take little memory.
    [[nodiscard]] Result<SampleArray> predict(const Sample& input, std::string_view method = "predict") const;

    /// Rows with answers that the file itself carries (sklearn2pmml's `PMMLPipeline.verify`); null when there are none.
    [[nodiscard]] const Sample* own_sample() const { return own_sample_.get(); }

    /// Whether the method's answers have the same bits on every machine.
    [[nodiscard]] bool is_exact(std::string_view method) const;

private:
    std::shared_ptr<const pipeline::Step> step_;
    std::shared_ptr<const Sample> own_sample_;
    std::string estimator_;
    std::vector<std::string> methods_;
};

/// What a method that is not exact may be off by in a replay, absolutely and relative to the value: some hundred times what two builds of
/// NumPy differ by where numbers are of ordinary size.
inline constexpr double replay_tolerance = 1e-12;

/// Lets the pipeline answer the rows of a sample and holds the answers against its outputs: exactly where Pipeline::is_exact, else within
/// replay_tolerance, or the sample's own tolerance where that is wider, or twice what rounding at its worst would do to this very model and
/// these rows (weights of millions that cancel each other are known no better). Labels are equal, but where rounding decides between two. A
/// method that cannot be answered is a `predict_error`, with the reason as message.
[[nodiscard]] Replay replay(const Sample& sample, const Pipeline& pipeline);

/// "3.4.0": the Eigen that this is compiled with.
[[nodiscard]] std::string eigen_release();

}  // namespace assay
