#pragma once

#include "base/json_reader.hpp"
#include "registry/gate.hpp"
#include "registry/versions.hpp"

#include <optional>
#include <string>
#include <vector>

namespace assay {

/// A permission to hand a version out although the gate refuses: why, and until when.
struct Waive {
    std::string why;
    Timestamp until;
    std::optional<Digest> environment;  ///< only in environments like this one; absent: in every environment
};

/// Reads one from a stranger. `invalid`, code "invalid-waiver", with every problem.
[[nodiscard]] Result<Waive> read_waive(const Json& value);

/// Waives the gate's refusals of a ready version, for at most a year; kept in the model's history. `invalid`, code "invalid-waiver", when
/// its end has passed or is further away; `not_found`, code "environment-not-found".
[[nodiscard]] Result<WaiverRow> waive(Registry& registry, const std::string& model, const VersionRef& ref, const Waive& waiver,
                                      const std::string& actor);
/// Ends a waiver now. `not_found`, code "waiver-not-found"; `conflict`, code "waiver-ended", when it has ended already.
[[nodiscard]] Result<WaiverRow> end_waiver(Registry& registry, std::int64_t id, const std::string& actor);

/// The waivers of a version, newest first: those that hold, or all that ever were.
[[nodiscard]] Result<std::vector<WaiverRow>> list_waivers(Registry& registry, const std::string& model, const VersionRef& ref, bool all,
                                                          std::int64_t before, std::int64_t limit);
/// The same of every version of every model.
[[nodiscard]] Result<std::vector<WaiverRow>> list_waivers(Registry& registry, bool all, std::int64_t before, std::int64_t limit);

/// True when it holds now.
[[nodiscard]] bool holds(const Registry& registry, const WaiverRow& waiver);
/// The waiver that holds for a version in environments that are `considered` (needs.hpp).
[[nodiscard]] Result<std::optional<Waived>> waived_in(const Registry& registry, SqlSession& sql, const VersionRow& version,
                                                      const std::string& considered);

}  // namespace assay
