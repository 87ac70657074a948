#include "registry/inspections.hpp"

#include "artifact/inspect.hpp"
#include "base/text.hpp"
#include "registry/blobs.hpp"
#include "registry/inspection_terms.hpp"
#include "storage/tables/inspections.hpp"
#include "storage/tables/versions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <semaphore>

namespace assay {

namespace {

constexpr std::size_t max_items = 500;  // of each list in a stored inspection

std::counting_semaphore<2> readers(2);  // what an inspection may hold is bounded, and so is how many there are

struct ReaderSlot {
    ReaderSlot() { readers.acquire(); }
    ~ReaderSlot() { readers.release(); }
    ReaderSlot(const ReaderSlot&) = delete;
    ReaderSlot& operator=(const ReaderSlot&) = delete;
};

Result<FileInspection> from_row(const InspectionRow& row, const std::string& path) {
    FileInspection file{.path = path, .reasons = {}, .inspection = {}};
    TRY_ASSIGN(file.reasons, parse_json(row.reasons));
    TRY_ASSIGN(file.inspection, parse_json(row.inspection));
    file.verdict = parse_safety(row.verdict).value_or(Safety::malformed);
    return file;
}

Result<FileInspection> inspect_blob(Registry& registry, const FileToInspect& file) {
    const std::string lists = registry.safety_lists.digest().to_string();
    TRY_ASSIGN(const auto stored, registry.database.read([&](SqlSession& sql) { return inspections::find(sql, file.digest.to_string()); }));
    if (stored && stored->lists == lists) {
        TRY_ASSIGN(FileInspection known, from_row(*stored, file.path));
        if (known.inspection.contains("objects")) return known;  // what an older release stored lacks them, and is read again
    }
    const ReaderSlot slot;
    TRY_ASSIGN(const std::unique_ptr<BlobReader> blob, open_blob(registry, file.digest));
    auto found = inspect(*blob, file.path);
    if (!found) return fail(std::move(found).error().with_context("inspecting " + printable(file.path, 200)));
    const Inspection& inspection = *found;
    const SafetyVerdict verdict = judge_safety(inspection, registry.safety_lists);
    const InspectionRow row{.digest = file.digest.to_string(),
                            .inspection = to_text(to_json(inspection, max_items)),
                            .verdict = std::string(to_string(verdict.verdict)),
                            .reasons = to_text(to_json(verdict)["reasons"]),
                            .lists = lists,
                            .inspected_at = registry.now(),
                            .terms = search_terms(inspection, verdict.verdict),
                            .releases = proven_releases(inspection)};
    TRY(registry.database.write([&](SqlWrite& sql) { return inspections::put(sql, row); }));
    return from_row(row, file.path);
}

/// Takes back what only needs trust and is trusted by name.
void apply_trust(const std::set<std::string, std::less<>>& trusted, FileInspection& file) {
    if (trusted.empty() || file.verdict != Safety::needs_trust) return;
    Json rest = Json::array();
    Safety worst = Safety::model;
    for (const Json& reason : file.reasons) {
        const Safety verdict = parse_safety(reason.value("verdict", "")).value_or(Safety::malformed);
        if (verdict == Safety::needs_trust && trusted.contains(reason.value("name", ""))) continue;
        worst = std::max(worst, verdict);
        rest.push_back(reason);
    }
    file.reasons = std::move(rest);
    file.verdict = worst;
}

Json with_member(Json reason, const std::string& path) {
    const std::string inner = reason.value("member", "");
    reason["member"] = inner.empty() ? path : path + "/" + inner;
    return reason;
}

}  // namespace

Json VersionInspection::report() const {
    Json reasons = Json::array();
    Json parts = Json::array();
    std::uint64_t bytes = 0;
    for (const FileInspection& file : files) {
        for (const Json& reason : file.reasons) reasons.push_back(files.size() == 1 ? reason : with_member(reason, file.path));
        Json part = file.inspection;
        part["name"] = file.path;
        bytes += part.value("bytes", std::uint64_t{0});
        parts.push_back(std::move(part));
    }
    Json report = {{"verdict", to_string(verdict)}, {"reasons", std::move(reasons)}};
    if (files.size() == 1) {
        report["inspection"] = std::move(parts[0]);
    } else {
        report["inspection"] = {{"schema", "assay.inspection/1"}, {"bytes", bytes}, {"format", "version"}, {"parts", std::move(parts)}};
    }
    return report;
}

Result<VersionInspection> inspect_files(Registry& registry, const std::string& model, const std::vector<FileToInspect>& files) {
    VersionInspection version;
    const auto trusted = registry.policy.trusted_for(model);
    for (const FileToInspect& file : files) {
        TRY_ASSIGN(FileInspection inspected, inspect_blob(registry, file));
        inspected.digest = file.digest;
        apply_trust(trusted, inspected);
        version.verdict = std::max(version.verdict, inspected.verdict);
        version.files.push_back(std::move(inspected));
    }
    return version;
}

Result<VersionInspection> inspect_version(Registry& registry, const VersionRow& version) {
    TRY_ASSIGN(const auto rows,
               registry.database.read([&](SqlSession& sql) { return versions::files(sql, version.model, version.version); }));
    std::vector<FileToInspect> files;
    for (const FileRow& row : rows) {
        TRY_ASSIGN(const Digest digest, Digest::parse(row.digest));
        files.push_back({row.path, digest});
    }
    return inspect_files(registry, version.model, files);
}

Result<VersionInspection> stored_inspection(const Registry& registry, SqlSession& sql, const VersionRow& version) {
    VersionInspection inspection;
    const auto trusted = registry.policy.trusted_for(version.model);
    TRY_ASSIGN(const auto rows, versions::files(sql, version.model, version.version));
    for (const FileRow& row : rows) {
        TRY_ASSIGN(const auto stored, inspections::find(sql, row.digest));
        if (!stored) continue;
        TRY_ASSIGN(FileInspection file, from_row(*stored, row.path));
        TRY_ASSIGN(file.digest, Digest::parse(row.digest));
        apply_trust(trusted, file);
        inspection.verdict = std::max(inspection.verdict, file.verdict);
        inspection.files.push_back(std::move(file));
    }
    return inspection;
}

Result<VersionInspection> stored_inspection(Registry& registry, const VersionRow& version) {
    return registry.database.read([&](SqlSession& sql) { return stored_inspection(registry, sql, version); });
}

Error unsafe_artifact(const std::string& message, const VersionInspection& inspection) {
    const Json report = inspection.report();
    Error error(ErrorKind::unsafe, "unsafe-artifact", message);
    error.details = to_text(Json{{"verdict", report["verdict"]}, {"reasons", report["reasons"]}});
    for (const Json& reason : report["reasons"]) {
        if (parse_safety(reason.value("verdict", "")).value_or(Safety::malformed) <= Safety::model) continue;
        if (error.problems.size() == 20) break;
        std::string where = fmt::format("byte {}", reason.value("offset", std::uint64_t{0}));
        if (const std::string path = reason.value("path", ""); !path.empty()) where += ", " + path;
        const std::string file = reason.value("member", inspection.files.size() == 1 ? inspection.files.front().path : "");
        error.problems.push_back(
            {file.empty() ? where : file + ": " + where, reason.value("detail", "") + " (" + reason.value("code", "") + ")", ""});
    }
    return error;
}

}  // namespace assay
