#include "base/text.hpp"
#include "base/url.hpp"
#include "clients/cli/arguments.hpp"
#include "clients/cli/command.hpp"
#include "clients/cli/listing.hpp"
#include "clients/cli/verdict_list.hpp"
#include "clients/cpp/answer.hpp"

#include <fmt/format.h>

namespace assay {

namespace {

struct ImpactOptions {
    std::string move;
    VerdictListOptions list;
};

std::string releases_table(const Output& output, const Json& releases, const std::string& package) {
    Table table({"MADE WITH", "VERSIONS", "VERDICT", "WHY"});
    for (const Json& release : releases) {
        table.add({package + " " + text_of(release, "recorded"), plain(member(release, "versions")), text_of(release, "verdict"),
                   text_of(release, "because")});
    }
    return table.empty() ? "" : table.text(output);
}

Result<ExitCode> impact(CommandContext& context, const ImpactOptions& options) {
    const std::size_t equals = options.move.find('=');
    if (equals == std::string::npos || equals == 0 || equals + 1 == options.move.size()) {
        return fail(Error(ErrorKind::invalid, "usage", printable(options.move, 300) + " is not PACKAGE=RELEASE")
                        .with_fix("assay impact scikit-learn=1.9.1"));
    }
    const std::size_t release_at = options.move.find_first_not_of('=', equals);
    const std::string package = options.move.substr(0, equals);
    const std::string release = release_at == std::string::npos ? "" : options.move.substr(release_at);
    Output& output = context.output();
    TRY_ASSIGN(Connection* const server, context.server());
    TRY_ASSIGN(const Listing listing, list_items(*server,
                                                 "/v1/impact?package=" + encode_component(package) +
                                                     "&release=" + encode_component(release) + query_of(options.list),
                                                 options.list.limit));
    if (output.json()) {
        Json answer = listing.first;
        answer.erase("next_cursor");
        answer["items"] = listing.items;
        answer["more"] = listing.more;
        output.write_json(answer);
        return ExitCode::ok;
    }
    const std::string releases = releases_table(output, list_of(listing.first, "releases"), text_of(listing.first, "package"));
    if (releases.empty()) {
        output.note("no version uses " + printable(package, 300));
        return ExitCode::ok;
    }
    const std::string versions = verdict_table(output, listing.items);
    output.write(releases + (versions.empty() ? "" : "\n" + versions));
    output.note(
        fmt::format("with {} {}: {}", text_of(listing.first, "package"), text_of(listing.first, "release"), tally_in_words(listing.first)));
    if (listing.more) output.note(fmt::format("there are more: --limit {}, or 0 for all", options.list.limit * 10));
    return ExitCode::ok;
}

}  // namespace

Command impact_command() {
    return {
        "impact", "What breaks when a package moves to another release", [](Arguments& arguments) -> Run {
            auto options = std::make_shared<ImpactOptions>();
            arguments.positional("PACKAGE=RELEASE", options->move, "The move, such as scikit-learn=1.9.1").required();
            add_verdict_list_options(arguments, options->list);
            return [options](CommandContext& context) -> Result<ExitCode> {
                auto code = impact(context, *options);
                if (!code)
                    return fail(std::move(code).error().with_context("asking what a move to " + printable(options->move, 300) + " means"));
                return code;
            };
        }};
}

}  // namespace assay
