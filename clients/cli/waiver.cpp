#include "base/clock.hpp"
#include "base/text.hpp"
#include "clients/cli/arguments.hpp"
#include "clients/cli/command.hpp"
#include "clients/cli/option_value.hpp"
#include "clients/cli/reference_path.hpp"
#include "clients/cpp/answer.hpp"

#include <fmt/format.h>

namespace assay {

namespace {

struct WaiverOptions {
    std::string reference;
    std::string why;
    std::string until;
    std::string environment;
    std::int64_t id = 0;
    bool all = false;
};

/// "30d" and "12h" from now; anything else is for the server to read.
std::string time_meant(const std::string& text, Timestamp now) {
    constexpr std::int64_t hour = std::int64_t{3600} * 1'000'000;
    if (text.size() < 2 || text.size() > 6) return text;
    const auto count = parse_integer(text.substr(0, text.size() - 1));
    const std::int64_t unit = text.back() == 'd' ? 24 * hour : text.back() == 'h' ? hour : 0;
    if (!count || *count < 1 || unit == 0) return text;
    return Timestamp{now.microseconds + *count * unit}.to_string();
}

std::string terms_in_words(const Json& waiver) {
    return fmt::format("waiver {} for {}@{} until {}", plain(member(waiver, "id")), text_of(waiver, "model"),
                       plain(member(waiver, "version")), time_of(waiver, "until"));
}

Result<ExitCode> grant(CommandContext& context, const WaiverOptions& options) {
    TRY_ASSIGN(const Reference reference, Reference::parse(options.reference));
    Json request = {{"why", options.why}, {"until", time_meant(options.until, SystemClock().now())}};
    TRY_ASSIGN(Connection* const server, context.server());
    if (!options.environment.empty()) {
        TRY_ASSIGN(const auto environment, choose_environment(options.environment, context.variables()));
        if (!environment) {
            return fail(Error(ErrorKind::invalid, "usage", "--environment none names no environment to waive in")
                            .with_fix("leave --environment out to waive in every environment"));
        }
        const std::string digest = environment->digest.to_string();
        TRY_ASSIGN(const Json stored, server->put("/v1/environments/" + digest, to_json(environment->environment)));
        request["environment"] = digest;
    }
    TRY_ASSIGN(const Json waiver, server->create(path_of(reference) + ":waive", request));
    if (context.output().json())
        context.output().write_json(waiver);
    else
        context.output().write_line(terms_in_words(waiver) +
                                    (options.environment.empty() ? ", in every environment" : ", in environments like this"));
    return ExitCode::ok;
}

Result<ExitCode> list(CommandContext& context, const WaiverOptions& options) {
    std::string target = "/v1/waivers";
    if (!options.reference.empty()) {
        TRY_ASSIGN(const Reference reference, Reference::parse(options.reference));
        target = path_of(reference) + "/waivers";
    }
    TRY_ASSIGN(Connection* const server, context.server());
    TRY_ASSIGN(const Json waivers, server->get_all(target + (options.all ? "?all=true" : "")));
    Output& output = context.output();
    if (output.json()) {
        output.write_json({{"items", waivers}});
        return ExitCode::ok;
    }
    Table table({"ID", "VERSION", "UNTIL", "BY", "ENVIRONMENT", "ENDED", "WHY"});
    for (const Json& waiver : waivers) {
        const std::string environment = text_of(waiver, "environment");
        const bool over = member(waiver, "holds") != Json(true);
        const std::string ended = !over ? "" : text_of(waiver, "ended_by").empty() ? "ran out" : "by " + text_of(waiver, "ended_by");
        table.add({plain(member(waiver, "id")), text_of(waiver, "model") + "@" + plain(member(waiver, "version")), time_of(waiver, "until"),
                   text_of(waiver, "by"), environment.empty() ? "every" : environment.substr(0, 19), ended, text_of(waiver, "why")});
    }
    if (table.empty())
        output.note(options.all ? "there was never a waiver" : "no waiver holds");
    else
        output.write(table.text(output));
    return ExitCode::ok;
}

Result<ExitCode> end(CommandContext& context, const WaiverOptions& options) {
    TRY_ASSIGN(Connection* const server, context.server());
    const std::string target = fmt::format("/v1/waivers/{}", options.id);
    TRY(server->remove(target));
    if (context.output().json())
        context.output().write_json({{"id", options.id}, {"ended", true}});
    else
        context.output().write_line(fmt::format("waiver {} has ended", options.id));
    return ExitCode::ok;
}

}  // namespace

Command waiver_command() {
    return {"waiver", "Let a version pass the gate in spite of a refusal: who, why, until when", [](Arguments& arguments) -> Run {
                auto options = std::make_shared<WaiverOptions>();
                arguments.require_subcommand();
                Arguments& grant_form = arguments.subcommand("grant", "Waive the refusals of a version");
                grant_form.positional("REF", options->reference, "Version").required();
                grant_form.option("--why TEXT", options->why, "The reason, for the audit").required();
                grant_form.option("--until TIME", options->until, "When it ends: a date, a time, or 30d, 12h from now").required();
                grant_form.option("--environment FILE|auto", options->environment, "Only in environments like this: FILE or auto");
                Arguments& list_form = arguments.subcommand("list", "The waivers that hold");
                list_form.positional("REF", options->reference, "Of this version alone");
                list_form.flag("--all", options->all, "Those that have ended, too");
                Arguments& end_form = arguments.subcommand("end", "End a waiver now");
                end_form.positional("ID", options->id, "Its number").required().check(whole_number(1, INT64_MAX));
                return [options, &grant_form, &list_form](CommandContext& context) -> Result<ExitCode> {
                    if (grant_form.parsed()) return grant(context, *options);
                    if (list_form.parsed()) return list(context, *options);
                    return end(context, *options);
                };
            }};
}

}  // namespace assay
