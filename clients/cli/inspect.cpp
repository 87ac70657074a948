#include "artifact/inspect.hpp"

#include "base/text.hpp"
#include "clients/cli/command.hpp"
#include "clients/cli/inspection_text.hpp"
#include "clients/cli/reference_path.hpp"
#include "registry/safety.hpp"

#include <CLI/CLI.hpp>

#include <filesystem>

namespace assay {

namespace {

Result<Json> inspect_file(const std::string& path) {
    TRY_ASSIGN(const std::unique_ptr<RandomSource> file, open_random_file(path));
    TRY_ASSIGN(const Inspection inspection, inspect(*file, std::filesystem::path(path).filename().string()));
    TRY_ASSIGN(const SafetyLists lists, SafetyLists::builtin());
    Json report = to_json(judge_safety(inspection, lists));
    report["inspection"] = to_json(inspection);
    return report;
}

ExitCode exit_code_of(const Json& report) {
    const auto verdict = parse_safety(report.value("verdict", ""));
    return verdict && *verdict <= Safety::model ? ExitCode::ok : ExitCode::unsafe;
}

Result<ExitCode> inspect_one(CommandContext& context, const std::string& what) {
    Output& output = context.output();
    TRY_ASSIGN(const Json report, inspect_file(what));
    if (output.json()) {
        output.write_json(report);
    } else {
        output.write(inspection_text(output, what, report));
    }
    return exit_code_of(report);
}

}  // namespace

Command inspect_command() {
    return {"inspect", "What is in a model file, and is it safe to load? (exit 6: no)",
            [](CLI::App& app) -> Run {
                auto what = std::make_shared<std::string>();
                app.add_option("REF|FILE", *what, "File to read without running it, or a registered version")->required();
                return [what](CommandContext& context) -> Result<ExitCode> {
                    auto code = inspect_one(context, *what);
                    if (!code) return fail(std::move(code).error().with_context("inspecting " + printable(*what, 300)));
                    return code;
                };
            },
            Needs::nothing};
}

}  // namespace assay
