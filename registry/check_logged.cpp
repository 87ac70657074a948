#include "registry/check_logged.hpp"

#include "base/text.hpp"
#include "registry/embedded_releases.hpp"
#include "registry/inspections.hpp"
#include "registry/needs.hpp"
#include "registry/rules_in_force.hpp"
#include "storage/tables/logged_files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace assay {

namespace {

constexpr std::int64_t max_files_of_model = 1'000;  // that are looked at

struct LoggedModelFiles {
    std::string folder;
    std::vector<FileToInspect> files;
    std::optional<Environment> environment;
};

/// Absent when no folder above the path holds an MLmodel.
Result<std::optional<LoggedModelFiles>> model_around(SqlSession& sql, const std::string& path) {
    for (std::size_t end = path.rfind('/'); end != std::string::npos && end != 0; end = path.rfind('/', end - 1)) {
        const std::string folder = path.substr(0, end);
        TRY_ASSIGN(const auto description, logged_files::find(sql, folder + "/MLmodel"));
        if (!description) continue;
        LoggedModelFiles found{folder, {}, std::nullopt};
        TRY_ASSIGN(auto rows, logged_files::below(sql, folder, max_files_of_model));
        // Of more files than are looked at, the one asked for is.
        if (std::ranges::find(rows, path, &LoggedFileRow::path) == rows.end()) {
            TRY_ASSIGN(auto asked, logged_files::find(sql, path));
            if (asked) rows.push_back(*std::move(asked));
        }
        for (const LoggedFileRow& row : rows) {
            TRY_ASSIGN(const Digest digest, Digest::parse(row.digest));
            found.files.push_back({row.path.substr(folder.size() + 1), digest});
        }
        return found;
    }
    return std::nullopt;
}

}  // namespace

Result<std::optional<Verdict>> check_logged(Registry& registry, const std::string& path, const EnvironmentClaim& claim) {
    TRY_ASSIGN(const auto model, registry.database.read([&](SqlSession& sql) -> Result<std::optional<LoggedModelFiles>> {
        TRY_ASSIGN(auto found, model_around(sql, path));
        if (!found) return std::nullopt;
        TRY_ASSIGN(found->environment, environment_of(sql, claim));
        return found;
    }));
    if (!model) return std::nullopt;
    const std::string name = fmt::format("the model at '{}'", printable(model->folder, 300));
    TRY_ASSIGN(const VersionInspection inspection, inspect_files(registry, "", model->files));
    // A file that is broken does no harm to who asks for another one.
    const auto blocks = [&](const FileInspection& file) {
        return file.verdict == Safety::dangerous || (file.verdict == Safety::malformed && path == model->folder + "/" + file.path);
    };
    const auto blocking = std::ranges::find_if(inspection.files, blocks);
    if (blocking != inspection.files.end() && !registry.policy.quarantine_dangerous) {
        const std::string what = fmt::format("{} is {}, and handed out to nobody", name, to_string(blocking->verdict));
        return fail(unsafe_artifact(what, {blocking->verdict, {*blocking}}));
    }
    if (!model->environment) return Verdict{};

    Facts facts;
    std::vector<std::string> warnings;
    Problems problems;  // nobody has declared anything that could be contradicted
    compare_releases(inspection, Claims::inform, facts, warnings, problems);
    std::vector<Json> inspections;
    for (const FileInspection& file : inspection.files) inspections.push_back(file.inspection);
    Recorded recorded = needs_of(facts, inspections);
    recorded.version = name;
    const auto rules = registry.rules.get();
    Verdict verdict = judge(recorded, *model->environment, *rules);
    advise(verdict, recorded, *model->environment, *rules);
    return verdict;
}

Result<std::optional<Digest>> digest_of_logged(Registry& registry, const std::string& path) {
    TRY_ASSIGN(const auto row, registry.database.read([&](SqlSession& sql) { return logged_files::find(sql, path); }));
    if (!row) return std::nullopt;
    return Digest::parse(row->digest);
}

Result<bool> is_text(Registry& registry, const std::string& path, const Digest& digest) {
    constexpr std::array<std::string_view, 4> formats = {"text", "json", "mlmodel", "empty"};
    TRY_ASSIGN(const VersionInspection inspection, inspect_files(registry, "", {{path, digest}}));
    return std::ranges::find(formats, inspection.files.front().inspection.value("format", "")) != formats.end();
}

}  // namespace assay
