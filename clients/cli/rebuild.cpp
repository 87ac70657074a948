#include "registry/rebuild.hpp"

#include "clients/cli/command.hpp"
#include "registry/open_registry.hpp"

#include <fmt/format.h>
#include <CLI/CLI.hpp>

namespace assay {

namespace {

struct Flags {
    std::string data;
    bool yes = false;
};

void print(Output& output, const RebuildReport& report) {
    output.write_line(fmt::format("restored {} models, {} versions ({} more are deleted), {} blobs", report.models, report.versions,
                                  report.deleted_versions, report.blobs));
    for (const std::string& problem : report.problems) output.write_line("problem: " + problem);
    output.note(fmt::format("not restored, because only the database held them: {}", RebuildReport::not_restored));
    output.note("the old database is kept beside the new one as assay.db.lost-…; a backup of it brings the rest back");
}

Result<ExitCode> run(CommandContext& context, const Flags& flags) {
    if (!flags.yes) TRY(context.confirm(fmt::format("Replace the database of {} by one made from its manifests?", flags.data)));
    TRY_ASSIGN(const auto opened,
               OpenRegistry::open(flags.data, {.allow_volatile = true, .database = DatabaseIn::fresh, .must_exist = true}));
    TRY_ASSIGN(const RebuildReport report, rebuild(opened->registry()));
    Output& output = context.output();
    if (output.json()) {
        output.write_json(to_json(report));
    } else {
        print(output, report);
    }
    return report.problems.empty() ? ExitCode::ok : ExitCode::integrity;
}

}  // namespace

Command rebuild_command() {
    return {"rebuild", "Make a lost database anew from the manifests and blobs", [](CLI::App& app) -> Run {
                auto flags = std::make_shared<Flags>();
                app.add_option("--data", flags->data, "The data directory; no server may have it open")->type_name("DIR")->required();
                app.add_flag("--yes", flags->yes, "Do not ask");
                return [flags](CommandContext& context) { return run(context, *flags); };
            }};
}

}  // namespace assay
