#pragma once

#include <string>
#include <string_view>

// The models below tests/data/predictions/, which releases of scikit-learn have written, and which tests damage.

namespace assay::test {

/// A file: "1.9.1-pipeline.joblib". A test that asks for one that is not there fails.
[[nodiscard]] std::string model_bytes(const std::string& file);
/// A compressed joblib file, "1.9.1-pipeline", as the pickle in it.
[[nodiscard]] std::string model_pickle(const std::string& name);
/// "decoded", or why a model is not: message and cause. The code is checked to be "not-decodable".
[[nodiscard]] std::string why_not_decoded(std::string_view bytes);

}  // namespace assay::test
