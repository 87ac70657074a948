#include "clients/cpp/proof.hpp"

#include "base/text.hpp"
#include "base/version.hpp"
#include "clients/cpp/answer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace assay {

namespace {

constexpr std::size_t max_rows_named = 20;
constexpr std::size_t max_message_bytes = 2'000 - 3;  // and "…"
constexpr std::uint64_t max_integer = (std::uint64_t{1} << 53U) - 1;  // of canonical JSON

const char* name_of(Replay::Outcome outcome) {
    switch (outcome) {
        case Replay::Outcome::equal: return "equal";
        case Replay::Outcome::close: return "close";
        case Replay::Outcome::different: return "different";
        case Replay::Outcome::load_error: return "load-error";
        case Replay::Outcome::predict_error: return "predict-error";
    }
    return "";
}

/// The digest of the file that is the version's sample; empty when it has none.
Result<std::string> sample_digest(std::string_view manifest) {
    TRY_ASSIGN(const Json document, parse_json(manifest));
    for (const Json& file : list_of(document, "files")) {
        if (text_of(file, "path") == sample_path) return text_of(file, "digest");
    }
    return std::string();
}

void add_differences(Json& proof, const std::vector<SampleDifference>& differences) {
    SampleDifference all = altogether(differences);
    proof["differing"] = all.rows.size();
    proof["max_ulp"] = std::min(all.max_ulp, max_integer);
    if (std::isfinite(all.max_abs)) proof["max_abs"] = all.max_abs;
    all.rows.resize(std::min(all.rows.size(), max_rows_named));
    proof["first_rows"] = std::move(all.rows);
}

}  // namespace

Result<Json> proof_of(const Replay& found, std::string_view manifest, std::string_view environment) {
    Json proof = {{"environment", environment},
                  {"outcome", name_of(found.outcome)},
                  {"rows", found.rows},
                  {"methods", found.methods},
                  {"tool", fmt::format("assay {} (c++)", assay_version)}};
    std::string message = found.message;
    if (found.outcome == Replay::Outcome::different) {
        add_differences(proof, found.differences);
        if (message.empty() && !found.differences.empty()) message = found.differences.front().because;
    }
    const bool failed = found.outcome == Replay::Outcome::load_error || found.outcome == Replay::Outcome::predict_error;
    if (failed && message.empty()) {
        return fail(Error(ErrorKind::invalid, "no-message", "a failed smoke test must say what failed").with_fix("set Replay::message"));
    }
    if (!message.empty()) proof["message"] = printable(message, max_message_bytes);
    if (found.outcome == Replay::Outcome::load_error) return proof;
    TRY_ASSIGN(const std::string sample, sample_digest(manifest));
    if (sample.empty())
        return fail(Error(ErrorKind::invalid, "no-sample", "the version has no sample, so that nothing was replayed")
                        .with_fix("push it with one: NewVersion::sample"));
    proof["sample"] = sample;
    return proof;
}

}  // namespace assay
