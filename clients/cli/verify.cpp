#include "base/text.hpp"
#include "clients/cli/arguments.hpp"
#include "clients/cli/command.hpp"
#include "clients/cli/project_lock.hpp"
#include "registry/reference.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace assay {

namespace {

struct VerifyOptions {
    std::string path;
    bool offline = false;
};

/// What is wrong with the entries of a lock file, and what would mend it.
struct Findings {
    std::vector<FieldProblem> differences;
    std::vector<std::string> fixes;
    bool all_unfetched = true;  ///< nothing is wrong but that it was never fetched
};

void look_at(const LockedModel& entry, const std::string& lock_path, const std::string& cache, Findings& findings) {
    const std::string fetch = "assay fetch --locked " + entry.reference();
    if (was_never_fetched(entry, cache)) {
        findings.differences.push_back({entry.reference(), "is not fetched yet", ""});
        findings.fixes.push_back(fetch + " -o FOLDER");
        return;
    }
    const std::vector<FieldProblem> found = differences_of(entry, lock_path, cache);
    if (found.empty()) return;
    findings.all_unfetched = false;
    const bool in_the_way = std::ranges::any_of(found, [](const FieldProblem& problem) { return problem.message != "is missing"; });
    findings.fixes.push_back(fetch + (in_the_way ? " --force" : "") + (entry.path ? "" : " -o FOLDER"));
    findings.differences.insert(findings.differences.end(), found.begin(), found.end());
}

Error error_of(Findings findings, const std::string& lock_path) {
    Error error = findings.all_unfetched ? Error(ErrorKind::not_found, "not-fetched", "not everything that was locked is fetched yet")
                                         : Error(ErrorKind::integrity, "files-differ", "files are not those that were locked");
    error.problems = std::move(findings.differences);
    error.fixes = std::move(findings.fixes);
    error.context.push_back("verifying " + printable(lock_path, 300));
    return error;
}

Result<ExitCode> verify(CommandContext& context, const VerifyOptions& options) {
    Output& output = context.output();
    TRY_ASSIGN(const LockFile lock, read_lock(options.path));
    Findings findings;
    Json checked = Json::array();
    for (const LockedModel& entry : lock.models) {
        if (!options.offline) {
            TRY_ASSIGN(Connection* const server, context.server());
            TRY_ASSIGN(const Reference pinned, Reference::parse(entry.version_name()));
            TRY_ASSIGN(const RemoteVersion version, resolve(*server, pinned));
            TRY(must_match(version, entry));
        }
        const std::size_t before = findings.differences.size();
        look_at(entry, options.path, context.config().cache, findings);
        const bool intact = findings.differences.size() == before;
        const std::string where = entry.path ? printable(place_of(entry, {"", 0, entry.digest}, options.path, ""), 300) : "the cache";
        checked.push_back(
            {{"name", entry.name}, {"requested", entry.requested}, {"version", entry.version}, {"where", where}, {"ok", intact}});
        if (intact && !output.json()) output.write_line(fmt::format("{} is intact in {}", entry.version_name(), where));
    }
    if (!findings.differences.empty()) return fail(error_of(std::move(findings), options.path));
    if (lock.models.empty()) output.note(printable(options.path, 300) + " pins nothing");
    if (output.json()) output.write_json({{"items", checked}});
    return ExitCode::ok;
}

}  // namespace

Command verify_command() {
    return {"verify", "Are the fetched files still those that were locked? (exit 5: no)", [](Arguments& arguments) -> Run {
                auto options = std::make_shared<VerifyOptions>();
                arguments.positional("LOCK", options->path, "The lock file (assay.lock)");
                arguments.flag("--offline", options->offline, "Ask no server");
                return [options](CommandContext& context) -> Result<ExitCode> {
                    if (options->path.empty()) options->path = context.config().lock_path;
                    return verify(context, *options);
                };
            }};
}

}  // namespace assay
