#include "clients/cli/import_report.hpp"

#include "base/text.hpp"
#include "clients/cpp/answer.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace assay {

void ImportReport::skip(std::string what, std::string because) {
    skipped_.push_back({{"what", std::move(what)}, {"because", in_one_line(std::move(because))}});
}

void ImportReport::show(Output& output) const {
    if (output.json()) {
        Json json = {{"added", Json::object()}, {"there_already", Json::object()}, {"skipped", skipped_}, {"bytes", bytes_}};
        for (const auto& [what, counts] : counts_) {
            json["added"][what] = counts.first;
            json["there_already"][what] = counts.second;
        }
        output.write_json(json);
        return;
    }
    for (const auto& [what, counts] : counts_)
        output.write_line(
            fmt::format("{}: {} added{}", what, counts.first, counts.second == 0 ? "" : fmt::format(", {} there already", counts.second)));
    if (!skipped_.empty()) output.write_line(fmt::format("skipped: {}", skipped_.size()));
    for (const Json& one : skipped_) output.write_line(fmt::format("  {}: {}", text_of(one, "what"), text_of(one, "because")));
}

Result<ExitCode> ImportReport::finish(Output& output, const Result<void>& done, std::string context) const {
    if (done || (!output.json() && !empty())) show(output);  // with --json there is one document
    if (done) return useful() ? ExitCode::ok : ExitCode::other;
    Error error = Error(done.error()).with_context(std::move(context));
    if (!empty()) error.fixes.emplace_back("the same command again: it goes on with what is missing");
    return fail(std::move(error));
}

}  // namespace assay
