#include "registry/rebuild.hpp"

#include "base/text.hpp"
#include "clients/cli/arguments.hpp"
#include "clients/cli/command.hpp"
#include "registry/open_registry.hpp"
#include "registry/restore.hpp"

#include <fmt/format.h>

namespace assay {

namespace {

struct RebuildOptions {
    std::string data;
    bool yes = false;
    bool force = false;
};

void print(Output& output, const RebuildReport& report, const std::optional<std::string>& kept) {
    const auto number = [](std::int64_t count, std::string_view noun) { return counted(static_cast<std::uint64_t>(count), noun); };
    output.write_line(fmt::format("restored {}, {} ({} more deleted), {}", number(report.models, "model"),
                                  number(report.versions, "version"), report.deleted_versions, number(report.blobs, "blob")));
    for (const std::string& problem : report.problems) output.write_line("problem: " + problem);
    output.note(fmt::format("not restored, because only the database held them: {}", not_restored));
    if (kept) output.note(fmt::format("the old database is kept as {}", *kept));
}

Result<ExitCode> run(CommandContext& context, const RebuildOptions& flags) {
    // Opened before the question, so that nobody is asked about what would be refused.
    TRY_ASSIGN(auto opened,
               OpenRegistry::open(
                   flags.data, {.allow_volatile = true, .database = DatabaseIn::fresh, .replace_living = flags.force, .must_exist = true}));
    if (!flags.yes) {
        TRY(context.confirm(fmt::format("Replace the database of {} by one made from its manifests?", opened->directory().path())));
    }
    TRY_ASSIGN(const RebuildReport report, rebuild(opened->registry()));
    TRY_ASSIGN(const std::optional<std::string> kept, OpenRegistry::replace_database(std::move(opened)));
    Output& output = context.output();
    if (output.json()) {
        Json json = to_json(report);
        json["kept"] = kept ? Json(*kept) : Json();
        output.write_json(json);
    } else {
        print(output, report, kept);
    }
    return report.problems.empty() ? ExitCode::ok : ExitCode::integrity;
}

}  // namespace

Command rebuild_command() {
    return {"rebuild", "Make a lost database anew from the manifests and blobs", [](Arguments& arguments) -> Run {
                auto flags = std::make_shared<RebuildOptions>();
                arguments.option("--data DIR", flags->data, "The data directory; no server may have it open").required();
                arguments.flag("--yes", flags->yes, "Do not ask");
                arguments.flag("--force", flags->force, "Replace a database that is not lost, too");
                return [flags](CommandContext& context) { return run(context, *flags); };
            }};
}

}  // namespace assay
