#include "base/text.hpp"
#include "clients/cli/arguments.hpp"
#include "clients/cli/command.hpp"
#include "clients/cli/project_lock.hpp"
#include "registry/reference.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

namespace assay {

namespace {

struct LockOptions {
    std::vector<std::string> references;
    std::string path;
};

Json to_json(const LockFile& lock) {
    Json models = Json::array();
    for (const LockedModel& model : lock.models) {
        Json files = Json::array();
        for (const LockedFile& file : model.files)
            files.push_back({{"path", file.path}, {"size", file.size}, {"digest", file.digest.to_string()}});
        Json entry = {{"name", model.name},        {"requested", model.requested},
                      {"version", model.version},  {"digest", model.digest.to_string()},
                      {"files", std::move(files)}, {"environment", model.environment}};
        if (model.path) entry["path"] = *model.path;
        models.push_back(std::move(entry));
    }
    return {{"version", 1}, {"registry", lock.registry}, {"model", std::move(models)}};
}

Result<ExitCode> lock(CommandContext& context, const LockOptions& options) {
    Output& output = context.output();
    const ProjectFile& project = context.config().project;
    const bool is_whole_project = options.references.empty() && !project.models.empty();
    LockFile before;
    auto existing = read_lock(options.path);
    if (existing)
        before = *std::move(existing);
    else if (existing.error().code != "lock-not-found" || (options.references.empty() && !is_whole_project))
        return fail(std::move(existing).error());

    std::vector<Reference> wanted;
    std::vector<std::string> texts = is_whole_project ? project.models : options.references;
    if (texts.empty()) {
        for (const LockedModel& model : before.models) texts.push_back(model.reference());
    }
    for (const std::string& text : texts) {
        TRY_ASSIGN(Reference reference, Reference::parse(text));
        wanted.push_back(std::move(reference));
    }

    LockFile after = before;
    if (is_whole_project) {
        std::erase_if(after.models, [&](const LockedModel& model) {
            const bool is_gone = !project.names(model.name, model.requested);
            if (is_gone) output.note(fmt::format("{} is dropped: {} does not name it", model.reference(), printable(project.path, 300)));
            return is_gone;
        });
    }
    after.registry = context.config().url;
    if (after.registry.ends_with('/')) after.registry.pop_back();
    TRY_ASSIGN(Connection* const server, context.server());
    for (const Reference& reference : wanted) {
        auto version = resolve(*server, reference);
        if (!version) return fail(std::move(version).error().with_context("locking " + reference.to_string()));
        LockedModel entry = locked(*version, "@" + reference.version_text());
        const LockedModel* old = before.find(entry.name, entry.requested);
        // Files fetched for another version are not those of this one: where they are is forgotten with it.
        if (old != nullptr && old->digest == entry.digest) entry.path = old->path;
        if (old == nullptr && entry.reference() == entry.version_name())
            output.note(entry.version_name() + " is pinned");
        else if (old == nullptr)
            output.note(fmt::format("{} is {}", entry.reference(), entry.version_name()));
        else if (old->version != entry.version)
            output.note(fmt::format("{} is {} (was version {})", entry.reference(), entry.version_name(), old->version));
        after.set(std::move(entry));
    }
    std::ranges::sort(after.models, {}, [](const LockedModel& model) { return std::tie(model.name, model.requested); });
    const std::string text = to_text(after);
    std::error_code ignored;  // a lock that cannot be looked at is written
    if (!std::filesystem::exists(options.path, ignored) || text != to_text(before)) {
        TRY(write_text_file(options.path, text));
        output.note("wrote " + printable(options.path, 300));
    } else {
        output.note(printable(options.path, 300) + " is up to date");
    }
    if (output.json()) output.write_json(to_json(after));
    return ExitCode::ok;
}

}  // namespace

Command lock_command() {
    return {"lock", "Pin versions in assay.lock, byte for byte", [](Arguments& arguments) -> Run {
                auto options = std::make_shared<LockOptions>();
                arguments.positional("REF", options->references,
                                     "Versions to pin; without one, those that assay.toml names, else everything in the lock file again");
                arguments.option("-o,--output FILE", options->path, "The lock file");
                return [options](CommandContext& context) -> Result<ExitCode> {
                    if (options->path.empty()) options->path = context.config().lock_path;
                    return lock(context, *options);
                };
            }};
}

}  // namespace assay
