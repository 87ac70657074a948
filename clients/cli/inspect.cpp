#include "base/text.hpp"
#include "clients/cli/arguments.hpp"
#include "clients/cli/command.hpp"
#include "clients/cli/inspect_path.hpp"
#include "clients/cli/inspection_text.hpp"
#include "clients/cli/reference_path.hpp"
#include "clients/cpp/answer.hpp"
#include "registry/safety.hpp"

#include <fmt/format.h>

#include <map>

namespace assay {

namespace {

struct InspectOptions {
    std::string what;
    bool all = false;
};

Result<Json> inspect_file(const std::string& path) {
    TRY_ASSIGN(const Inspection inspection, inspect_path(path));
    TRY_ASSIGN(const SafetyLists lists, SafetyLists::builtin());
    Json report = to_json(judge_safety(inspection, lists));
    report["inspection"] = to_json(inspection);
    return report;
}

Result<Json> inspect_reference(CommandContext& context, const std::string& text) {
    TRY_ASSIGN(const Reference reference, Reference::parse(text));
    TRY_ASSIGN(Connection* const server, context.server());
    return server->get(path_of(reference) + "/inspection");
}

ExitCode exit_code_of(const Json& report) {
    const auto verdict = parse_safety(text_of(report, "verdict"));
    return verdict && *verdict <= Safety::model ? ExitCode::ok : ExitCode::unsafe;
}

Result<ExitCode> inspect_one(CommandContext& context, const std::string& what) {
    Output& output = context.output();
    TRY_ASSIGN(const Json report, means_a_file(what) || looks_like_file(what) ? inspect_file(what) : inspect_reference(context, what));
    if (output.json()) {
        output.write_json(report);
    } else {
        output.write(inspection_text(output, what, report));
        if (const Json& trust = member(report, "trust"); trust.is_object()) {
            output.write_line(fmt::format("\ntrusted by {} on {}: {}", text_of(trust, "by"), time_of(trust, "at"), text_of(trust, "why")));
        } else if (text_of(report, "state") == "quarantined") {
            output.write_line("\nit waits: nobody is handed this version");
        }
    }
    return exit_code_of(report);
}

/// Judges every version anew, one request each, so that it can be broken off and begun again.
Result<ExitCode> inspect_all(CommandContext& context) {
    Output& output = context.output();
    TRY_ASSIGN(Connection* const server, context.server());
    TRY_ASSIGN(const Json versions, server->get_all("/v1/search?filter=state%20!%3D%20%27deleted%27&order_by=name,version"));
    Json changed = Json::array();
    std::map<std::string, std::int64_t> verdicts;
    for (const Json& version : versions) {
        const std::string path = Connection::path_of(text_of(version, "model"), integer_of(version, "version").value_or(0));
        TRY_ASSIGN(const Json report, server->create(path + ":inspect", Json::object()));
        ++verdicts[text_of(report, "verdict")];
        if (text_of(report, "state") == text_of(report, "before")) continue;
        changed.push_back({{"version", member(report, "version")},
                           {"verdict", member(report, "verdict")},
                           {"before", member(report, "before")},
                           {"state", member(report, "state")}});
        output.note(fmt::format("{}: {}, now {}", text_of(report, "version"), text_of(report, "verdict"), text_of(report, "state")));
    }
    if (output.json()) {
        output.write_json({{"verdicts", verdicts}, {"changed", changed}});
        return ExitCode::ok;
    }
    std::vector<std::string> parts;
    for (const auto& [verdict, count] : verdicts) parts.push_back(fmt::format("{} {}", count, verdict));
    output.write_line(fmt::format("{} inspected{}{}; {} changed", counted(versions.size(), "version"), parts.empty() ? "" : ": ",
                                  join(parts, ", "), changed.size()));
    return ExitCode::ok;
}

Result<ExitCode> run(CommandContext& context, const InspectOptions& options) {
    if (options.all == options.what.empty()) return options.all ? inspect_all(context) : inspect_one(context, options.what);
    return fail(Error(ErrorKind::invalid, "usage", options.all ? "--all goes with no version or file" : "what is to be inspected?")
                    .with_fix("assay inspect FILE, assay inspect NAME@VERSION, or assay inspect --all"));
}

}  // namespace

Command inspect_command() {
    return {"inspect", "What is in a model file, and is it safe to load? (exit 6: no)",
            [](Arguments& arguments) -> Run {
                auto options = std::make_shared<InspectOptions>();
                arguments.positional("REF|FILE", options->what,
                                     "File or folder to read without running anything of it, or a registered version");
                arguments.flag("--all", options->all, "Judge every registered version anew");
                return [options](CommandContext& context) -> Result<ExitCode> {
                    auto code = run(context, *options);
                    if (!code)
                        return fail(std::move(code).error().with_context("inspecting " +
                                                                         (options->all ? "every version" : printable(options->what, 300))));
                    return code;
                };
            },
            Needs::nothing};
}

}  // namespace assay
