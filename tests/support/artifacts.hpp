#pragma once

#include "artifact/inspect.hpp"
#include "artifact/joblib/array_wrapper.hpp"
#include "artifact/pickle/machine.hpp"
#include "registry/safety.hpp"

#include <set>
#include <string>
#include <string_view>

namespace assay::test {

/// The bytes of a file below tests/data/artifacts/ (scripts/make_fixtures.py).
[[nodiscard]] std::string artifact_bytes(const std::string& name);

/// inspect() of bytes in memory, which must not fail.
[[nodiscard]] Inspection inspect_bytes(std::string_view bytes, const std::string& name = "model.pkl", const InspectLimits& limits = {});
/// inspect_bytes() of a file below tests/data/artifacts/.
[[nodiscard]] Inspection inspect_artifact(const std::string& name);

/// judge_safety() by the lists in the binary.
[[nodiscard]] SafetyVerdict judge(const Inspection& inspection, const std::set<std::string, std::less<>>& trusted = {});
/// The verdict on bytes as `assay inspect` gives it: "dangerous".
[[nodiscard]] std::string verdict_of(std::string_view bytes, const std::string& name = "model.pkl");

/// A pickle read into a graph, with joblib's arrays.
struct ReadPickle {
    explicit ReadPickle(std::string_view bytes, const InspectLimits& limits = {}, bool with_arrays = true);

    [[nodiscard]] ValueId root() const { return stream.root; }
    /// "code@offset" of the fault; empty when there is none.
    [[nodiscard]] std::string fault() const;
    /// "code@offset" of each note, in one line.
    [[nodiscard]] std::string notes() const;

    PickleGraph graph;
    PickleStream stream;
    std::size_t wrappers = 0;
    std::size_t aligned = 0;
};

// Lists in one line, in their order, so that a failed comparison shows them.
/// "code@offset" of each oddity.
[[nodiscard]] std::string oddities_of(const Inspection& inspection);
/// The first oddity of a code; the test ends when there is none.
[[nodiscard]] Oddity oddity_of(const Inspection& inspection, std::string_view code);
/// "use module.name" of each import, with commas between.
[[nodiscard]] std::string imports_of(const Inspection& inspection);
/// The codes of a verdict's reasons.
[[nodiscard]] std::string reason_codes(const SafetyVerdict& verdict);
/// All bytes that `source` gives before its end or its failure, whose code is put into `code` (empty for none).
[[nodiscard]] std::string drain(Source& source, std::string& code);

}  // namespace assay::test
