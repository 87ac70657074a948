#include "registry/fsck.hpp"

#include "base/text.hpp"
#include "clients/cli/arguments.hpp"
#include "clients/cli/command.hpp"
#include "clients/cpp/answer.hpp"
#include "registry/open_registry.hpp"

#include <fmt/format.h>

namespace assay {

namespace {

struct Flags {
    std::string data;
    bool repair = false;
};

/// The report of the running server, or of the directory itself, as JSON.
Result<Json> report_of(CommandContext& context, const Flags& flags) {
    if (flags.data.empty()) {
        TRY_ASSIGN(Connection* const server, context.server());
        return server->create("/v1/fsck", {{"repair", flags.repair}});
    }
    TRY_ASSIGN(const auto opened, OpenRegistry::open(flags.data, {.allow_volatile = true, .must_exist = true}));
    TRY_ASSIGN(const FsckReport report, fsck(opened->registry(), flags.repair ? Repair::yes : Repair::no));
    return to_json(report);
}

void print(Output& output, const Json& report) {
    const auto number = [&](const char* key) { return static_cast<std::uint64_t>(integer_of(report, key).value_or(0)); };
    output.write_line(fmt::format("{} ({}), {}, {} checked", counted(number("blobs"), "blob"), human_size(number("bytes")),
                                  counted(number("versions"), "version"), counted(number("manifests"), "manifest")));
    for (const Json& finding : member(report, "findings")) {
        const bool damage = member(finding, "damage") == true;
        const bool repaired = member(finding, "repaired") == true;
        std::string line = fmt::format("{}: {} {}: {}", damage ? "damage" : "leftover", text_of(finding, "kind"), text_of(finding, "what"),
                                       text_of(finding, "detail"));
        if (repaired) line += " (repaired)";
        std::vector<std::string> affected;
        for (const Json& version : member(finding, "affects")) affected.push_back(plain(version));
        if (!affected.empty()) line += "\n  affects: " + join(affected, ", ");
        output.write_line(output.styled(line, damage && !repaired ? Style::red : Style::plain));
    }
    output.write_line(member(report, "clean") == true ? output.styled("clean", Style::green) : output.styled("not clean", Style::red));
}

Result<ExitCode> run(CommandContext& context, const Flags& flags) {
    TRY_ASSIGN(const Json report, report_of(context, flags));
    Output& output = context.output();
    if (output.json()) {
        output.write_json(report);
    } else {
        print(output, report);
    }
    return member(report, "clean") == true ? ExitCode::ok : ExitCode::integrity;
}

}  // namespace

Command fsck_command() {
    return {"fsck", "Check every stored byte against its digest and every row against its file", [](Arguments& arguments) -> Run {
                auto flags = std::make_shared<Flags>();
                arguments.option("--data DIR", flags->data,
                                 "Check this data directory, which no server has open; without it the server is asked");
                arguments.flag("--repair", flags->repair, "Set damaged blobs aside, and restore what manifests and files still say");
                return [flags](CommandContext& context) { return run(context, *flags); };
            }};
}

}  // namespace assay
