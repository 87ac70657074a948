#include "base/text.hpp"
#include "clients/cli/command.hpp"
#include "clients/cli/project_lock.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace assay {

namespace {

struct VerifyOptions {
    std::string path = "assay.lock";
    bool offline = false;
};

Result<ExitCode> verify(CommandContext& context, const VerifyOptions& options) {
    Output& output = context.output();
    TRY_ASSIGN(const LockFile lock, read_lock(options.path));
    std::vector<FieldProblem> differences;
    std::vector<std::string> fixes;
    Json checked = Json::array();
    for (const LockedModel& entry : lock.models) {
        if (!options.offline) {
            TRY_ASSIGN(Connection* const server, context.server());
            TRY_ASSIGN(const Reference pinned, Reference::parse(entry.version_name()));
            TRY_ASSIGN(const RemoteVersion version, resolve(*server, pinned));
            TRY(must_match(version, entry));
        }
        const std::vector<FieldProblem> found = differences_of(entry, options.path, context.config().cache);
        const std::string where = entry.path ? printable(place_of(entry, {"", 0, entry.digest}, options.path, ""), 300) : "the cache";
        checked.push_back({{"name", entry.name}, {"requested", entry.requested}, {"version", entry.version}, {"where", where}, {"ok", found.empty()}});
        if (found.empty() && !output.json()) output.write_line(fmt::format("{} is intact in {}", entry.version_name(), where));
        if (!found.empty()) fixes.push_back(fmt::format("assay fetch --locked --force {}{}", entry.reference(), entry.path ? "" : " -o FOLDER"));
        differences.insert(differences.end(), found.begin(), found.end());
    }
    if (!differences.empty()) {
        Error error = Error(ErrorKind::integrity, "files-differ", "files are not those that were locked").with_problems(std::move(differences)).with_context("verifying " + printable(options.path, 300));
        error.fixes = std::move(fixes);
        return fail(std::move(error));
    }
    if (lock.models.empty()) output.note(printable(options.path, 300) + " pins nothing");
    if (output.json()) output.write_json({{"items", checked}});
    return ExitCode::ok;
}

}  // namespace

Command verify_command() {
    return {"verify", "Are the fetched files still those that were locked? (exit 5: no)", [](CLI::App& app) -> Run {
                auto options = std::make_shared<VerifyOptions>();
                app.add_option("LOCK", options->path, "The lock file (assay.lock)");
                app.add_flag("--offline", options->offline, "Ask no server");
                return [options](CommandContext& context) -> Result<ExitCode> { return verify(context, *options); };
            }};
}

}  // namespace assay
