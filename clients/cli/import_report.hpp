#pragma once

#include "base/json.hpp"
#include "clients/cli/exit_code.hpp"
#include "clients/cli/output.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <utility>

namespace assay {

/// What was taken over, what was there already, and what was not taken, each with the reason.
class ImportReport {
public:
    void add(const std::string& what, std::uint64_t count = 1) { counts_[what].first += count; }
    void found(const std::string& what, std::uint64_t count = 1) { counts_[what].second += count; }
    void skip(std::string what, std::string because);
    void sent(std::uint64_t bytes) { bytes_ += bytes; }
    [[nodiscard]] bool empty() const { return skipped_.empty() && counts_.empty(); }
    /// Something came over, or was there, or nothing had to.
    [[nodiscard]] bool useful() const { return skipped_.empty() || !counts_.empty(); }
    void show(Output& output) const;
    /// The end of a command: shows what came of it, also after a failure, and with what `done` says the command ends.
    [[nodiscard]] Result<ExitCode> finish(Output& output, const Result<void>& done, std::string context) const;

private:
    std::map<std::string, std::pair<std::uint64_t, std::uint64_t>> counts_;  ///< added, there already
    Json skipped_ = Json::array();
    std::uint64_t bytes_ = 0;
};

}  // namespace assay
