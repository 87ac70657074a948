#include "base/url.hpp"
#include "clients/cli/arguments.hpp"
#include "clients/cli/command.hpp"
#include "clients/cli/listing.hpp"
#include "clients/cli/verdict_list.hpp"
#include "clients/cpp/answer.hpp"

#include <fmt/format.h>

namespace assay {

namespace {

struct RunnableOptions {
    VerdictListOptions list;
    std::string environment = "auto";
};

Result<ExitCode> runnable(CommandContext& context, const RunnableOptions& options) {
    Output& output = context.output();
    TRY_ASSIGN(const auto environment, choose_environment(options.environment, context.variables()));
    if (!environment) {
        return fail(Error(ErrorKind::invalid, "usage", "without an environment there is nothing to judge by")
                        .with_fix("say --environment FILE or auto"));
    }
    TRY_ASSIGN(Connection* const server, context.server());
    const std::string digest = environment->digest.to_string();
    TRY_ASSIGN(const Json stored, server->put("/v1/environments/" + digest, to_json(environment->environment)));
    TRY_ASSIGN(const Listing listing,
               list_items(*server, "/v1/runnable?environment=" + encode_component(digest) + query_of(options.list), options.list.limit));
    if (output.json()) {
        output.write_json(
            {{"environment", digest}, {"tally", member(listing.first, "tally")}, {"items", listing.items}, {"more", listing.more}});
        return ExitCode::ok;
    }
    output.write(verdict_table(output, listing.items));
    output.note(fmt::format("of all versions in this environment: {}", tally_in_words(listing.first)));
    if (listing.more) output.note(fmt::format("there are more: --limit {}, or 0 for all", options.list.limit * 10));
    return ExitCode::ok;
}

}  // namespace

Command runnable_command() {
    return {"runnable", "Which versions an environment can load", [](Arguments& arguments) -> Run {
                auto options = std::make_shared<RunnableOptions>();
                add_verdict_list_options(arguments, options->list);
                arguments.option("--environment FILE|auto", options->environment, "Environment: FILE or auto");
                return [options](CommandContext& context) -> Result<ExitCode> {
                    auto code = runnable(context, *options);
                    if (!code) return fail(std::move(code).error().with_context("asking what this environment can load"));
                    return code;
                };
            }};
}

}  // namespace assay
