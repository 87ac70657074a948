#include "clients/cli/doctor.hpp"

#include "base/text.hpp"
#include "clients/cli/arguments.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace assay {

namespace {

std::string_view word_of(Health health) {
    switch (health) {
        case Health::ok: return "ok";
        case Health::warn: return "warn";
        case Health::fail: return "FAIL";
    }
    return "";
}

Style style_of(Health health) {
    switch (health) {
        case Health::ok: return Style::green;
        case Health::warn: return Style::yellow;
        case Health::fail: return Style::red;
    }
    return Style::plain;
}

void print(Output& output, const Diagnosis& finding) {
    constexpr std::size_t indent = 6;
    output.write_line(fmt::format("{}{}{:<14}{}", output.styled(word_of(finding.health), style_of(finding.health)),
                                  std::string(indent - word_of(finding.health).size(), ' '), finding.check, printable(finding.says, 1000)));
    if (!finding.because.empty()) output.write_line(std::string(indent, ' ') + "because: " + printable(finding.because, 1000));
    if (!finding.fix.empty()) output.write_line(std::string(indent, ' ') + "fix: " + printable(finding.fix, 1000));
}

Json to_json(const Diagnosis& finding) {
    Json json = {{"check", finding.check}, {"health", to_lower_ascii(word_of(finding.health))}, {"says", finding.says}};
    if (!finding.because.empty()) json["because"] = finding.because;
    if (!finding.fix.empty()) json["fix"] = finding.fix;
    return json;
}

Result<ExitCode> doctor(CommandContext& context, const std::string& data) {
    std::vector<Diagnosis> findings = examine_machine(context);
    std::ranges::move(data.empty() ? examine_server(context) : examine_data(data), std::back_inserter(findings));
    const bool is_well = std::ranges::none_of(findings, [](const Diagnosis& finding) { return finding.health == Health::fail; });
    Output& output = context.output();
    if (output.json()) {
        Json items = Json::array();
        for (const Diagnosis& finding : findings) items.push_back(to_json(finding));
        output.write_json({{"ok", is_well}, {"items", items}});
    } else {
        for (const Diagnosis& finding : findings) print(output, finding);
    }
    if (is_well) return ExitCode::ok;
    const bool only_the_server =
        std::ranges::all_of(findings, [](const Diagnosis& finding) { return finding.health != Health::fail || finding.no_server; });
    return only_the_server ? ExitCode::network : ExitCode::other;
}

}  // namespace

Diagnosis failed(std::string check, const Error& error) {
    return {Health::fail, std::move(check), error.message, error.because, join(error.fixes, "; or: "), error.kind == ErrorKind::network};
}

Command doctor_command() {
    return {"doctor", "Is everything here as it must be? (exit 1: no, 10: there is no server)",
            [](Arguments& arguments) -> Run {
                auto data = std::make_shared<std::string>();
                arguments.option("--data DIR", *data, "Look at this data directory instead of the server; one may be using it");
                return [data](CommandContext& context) { return doctor(context, *data); };
            },
            Needs::nothing};
}

}  // namespace assay
