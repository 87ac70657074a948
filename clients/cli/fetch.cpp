#include "base/text.hpp"
#include "clients/cli/arguments.hpp"
#include "clients/cli/command.hpp"
#include "clients/cli/download.hpp"
#include "clients/cli/project_lock.hpp"
#include "clients/cli/reference_path.hpp"
#include "clients/cli/trial.hpp"
#include "clients/cpp/answer.hpp"
#include "clients/cpp/gate_verdict.hpp"

#include <fmt/format.h>

#include <filesystem>

namespace assay {

namespace {

struct FetchOptions {
    std::string reference;
    std::string folder;
    std::string environment;
    std::string lock_path;
    bool locked = false;
    bool force = false;
    bool try_it = false;
};

/// Gate, then bytes. What was fetched, for --json.
Result<Json> fetch_version(CommandContext& context, const FetchOptions& options, const RemoteVersion& version,
                           const std::optional<LocalEnvironment>& environment, const std::string& folder) {
    Output& output = context.output();
    TRY_ASSIGN(Connection* const server, context.server());
    // Asked also when there is no environment to judge and every file is here already: a fetch is recorded.
    TRY_ASSIGN(Json verdict, judge(*server, version, environment, true, options.try_it));
    if (refuses(verdict)) return fail(refusal_of(verdict));
    if (is_on_trial(verdict)) {
        TRY(try_version(context, version, *environment, folder));
        TRY_ASSIGN(verdict, judge(*server, version, environment, true));  // what the gate makes of the proof
        if (refuses(verdict)) return fail(refusal_of(verdict));
    }
    for (const std::string& warning : warnings_of(verdict)) output.warn(warning);
    if (!environment) verdict = nullptr;
    TRY_ASSIGN(const std::vector<DownloadedFile> files, download(context, version, environment, folder, options.force));

    Json fetched = {{"model", version.model},
                    {"version", version.number},
                    {"digest", version.digest.to_string()},
                    {"directory", folder},
                    {"verdict", verdict}};
    std::uint64_t bytes = 0;
    fetched["files"] = Json::array();
    for (const DownloadedFile& entry : files) {
        fetched["files"].push_back({{"path", entry.file.path},
                                    {"size", entry.file.size},
                                    {"digest", entry.file.digest.to_string()},
                                    {"was_there", entry.was_there}});
        bytes += entry.file.size;
    }
    if (!output.json()) {
        output.note(
            fmt::format("{}: {} file{}, {}, verified", version.name(), files.size(), files.size() == 1 ? "" : "s", human_size(bytes)));
        for (const DownloadedFile& entry : files) output.write_line((std::filesystem::path(folder) / entry.file.path).string());
    }
    return fetched;
}

std::string requested_of(const Reference& reference) { return "@" + reference.version_text(); }

/// An alias that has moved since the lock was written is said, never fatal.
void say_if_moved(CommandContext& context, Connection& server, const LockedModel& entry) {
    const auto reference = Reference::parse(entry.reference());
    if (!reference || std::holds_alternative<std::int64_t>(reference->version) || std::holds_alternative<Digest>(reference->version))
        return;
    const auto now = server.get(path_of(*reference));
    if (!now) {
        context.output().note(fmt::format("{} no longer names a version; the lock pins {}", entry.reference(), entry.version_name()));
    } else if (integer_of(*now, "version") != entry.version) {
        context.output().note(fmt::format("{} has moved to version {} since; the lock pins {}", entry.reference(),
                                          plain(member(*now, "version")), entry.version_name()));
    }
}

/// What the project file names and the lock does not pin would be missing from what is fetched.
Result<void> all_are_locked(const ProjectFile& project, const LockFile& lock, const std::string& lock_path) {
    for (const std::string& text : project.models) {
        TRY_ASSIGN(const Reference reference, Reference::parse(text));
        if (lock.find(reference.model, requested_of(reference)) != nullptr) continue;
        return fail(
            Error(ErrorKind::conflict, "not-locked", fmt::format("{} is not in {}", reference.to_string(), printable(lock_path, 300)))
                .with_because(printable(project.path, 300) + " names it")
                .with_fix("assay lock"));
    }
    return {};
}

Result<ExitCode> fetch_locked(CommandContext& context, const FetchOptions& options) {
    TRY_ASSIGN(LockFile lock, read_lock(options.lock_path));
    const ProjectFile& project = context.config().project;
    std::vector<LockedModel> wanted;
    if (options.reference.empty()) {
        TRY(all_are_locked(project, lock, options.lock_path));
        wanted = lock.models;
    } else {
        TRY_ASSIGN(const Reference reference, Reference::parse(options.reference));
        const LockedModel* entry = lock.find(reference.model, requested_of(reference));
        if (entry == nullptr) {
            return fail(Error(ErrorKind::conflict, "not-locked",
                              fmt::format("{} is not in {}", reference.to_string(), printable(options.lock_path, 300)))
                            .with_fix("assay lock " + reference.to_string()));
        }
        wanted.push_back(*entry);
    }
    TRY_ASSIGN(const auto environment, choose_environment(options.environment, context.variables()));
    TRY_ASSIGN(Connection* const server, context.server());
    const std::filesystem::path beside_lock = std::filesystem::path(options.lock_path).parent_path();
    Json all = Json::array();
    for (LockedModel& entry : wanted) {
        std::string folder = options.folder;
        if (!folder.empty() && options.reference.empty() && wanted.size() > 1) folder += "/" + entry.name;
        if (folder.empty() && entry.path) folder = (beside_lock / *entry.path).string();
        const bool is_remembered = options.folder.empty() && entry.path;
        if (folder.empty()) folder = project.folder_of(entry.name, entry.requested).value_or("");
        if (folder.empty()) {
            return fail(Error(ErrorKind::invalid, "usage", entry.reference() + " was locked without a folder")
                            .with_fix("say where its files go: -o FOLDER, or 'into' below [fetch] in assay.toml"));
        }
        TRY_ASSIGN(const Reference pinned, Reference::parse(entry.version_name()));
        TRY_ASSIGN(const RemoteVersion version, resolve(*server, pinned));
        TRY(must_match(version, entry));
        say_if_moved(context, *server, entry);
        TRY_ASSIGN(Json fetched, fetch_version(context, options, version, environment, folder));
        all.push_back(std::move(fetched));
        if (!is_remembered) {
            const std::filesystem::path base =
                (beside_lock.empty() ? std::filesystem::current_path() : std::filesystem::absolute(beside_lock)).lexically_normal();
            std::filesystem::path place = std::filesystem::absolute(folder).lexically_normal();
            if (!place.has_filename()) place = place.parent_path();  // "model/" is "model"
            entry.path = place.lexically_relative(base).string();
            lock.set(entry);
        }
    }
    // Only --offline verification needs to know where the files are; a lock that knows it already is not touched.
    TRY_ASSIGN(const LockFile before, read_lock(options.lock_path));
    if (to_text(before) != to_text(lock)) TRY(write_text_file(options.lock_path, to_text(lock)));
    if (context.output().json()) context.output().write_json(options.reference.empty() ? Json{{"items", all}} : all.front());
    return ExitCode::ok;
}

Result<ExitCode> fetch(CommandContext& context, const FetchOptions& options) {
    if (options.try_it && options.environment != "auto") {
        return fail(Error(ErrorKind::invalid, "usage", "--try runs the model here, and --environment names another place")
                        .with_fix("leave --environment out"));
    }
    if (options.locked) return fetch_locked(context, options);
    if (options.reference.empty())
        return fail(Error(ErrorKind::invalid, "usage", "there is no REF to fetch")
                        .with_fix("assay fetch NAME@ALIAS -o FOLDER, or --locked for everything in assay.lock"));
    if (options.folder.empty())
        return fail(Error(ErrorKind::invalid, "usage", "there is no folder to fetch into").with_fix("add -o FOLDER"));
    TRY_ASSIGN(const Reference reference, Reference::parse(options.reference));
    TRY_ASSIGN(const auto environment, choose_environment(options.environment, context.variables()));
    TRY_ASSIGN(Connection* const server, context.server());
    TRY_ASSIGN(const RemoteVersion version, resolve(*server, reference));
    TRY_ASSIGN(const Json fetched, fetch_version(context, options, version, environment, options.folder));
    if (context.output().json()) context.output().write_json(fetched);
    return ExitCode::ok;
}

}  // namespace

Command fetch_command() {
    return {"fetch", "Ask the gate, then fetch and verify the files of a version", [](Arguments& arguments) -> Run {
                auto options = std::make_shared<FetchOptions>();
                arguments.positional("REF", options->reference, "Version to fetch");
                arguments.option("-o,--output FOLDER", options->folder, "Folder for the files");
                arguments.option("--environment FILE|auto|none", options->environment, "Where it will be loaded: FILE, auto or none");
                arguments.flag("--locked", options->locked, "Exactly what the lock file says");
                arguments.option("--lock FILE", options->lock_path, "The lock file");
                arguments.flag("--force", options->force, "Replace files that are there with other bytes");
                arguments.flag("--try", options->try_it, "Where nothing is known of this environment, let the smoke test decide");
                return [options](CommandContext& context) -> Result<ExitCode> {
                    if (options->environment.empty()) options->environment = context.config().environment;
                    if (options->lock_path.empty()) options->lock_path = context.config().lock_path;
                    auto code = fetch(context, *options);
                    if (!code)
                        return fail(std::move(code).error().with_context(
                            "fetching " + (options->reference.empty() ? "what is locked" : printable(options->reference, 300))));
                    return code;
                };
            }};
}

}  // namespace assay
