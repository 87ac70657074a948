#include "base/text.hpp"
#include "clients/cli/arguments.hpp"
#include "clients/cli/command.hpp"
#include "clients/cli/reference_path.hpp"
#include "clients/cpp/answer.hpp"

#include <fmt/format.h>

namespace assay {

namespace {

struct TrustOptions {
    std::string reference;
    std::string reason;
};

Result<ExitCode> trust(CommandContext& context, const TrustOptions& options) {
    TRY_ASSIGN(const Reference reference, Reference::parse(options.reference));
    TRY_ASSIGN(Connection* const server, context.server());
    TRY_ASSIGN(const Json version, server->create(path_of(reference) + ":trust", {{"why", options.reason}}));
    if (context.output().json()) {
        context.output().write_json(version);
    } else {
        context.output().write_line(
            fmt::format("{}@{} is {} now", text_of(version, "model"), plain(member(version, "version")), text_of(version, "state")));
    }
    return ExitCode::ok;
}

}  // namespace

Command trust_command() {
    return {"trust", "Let a version be handed out that runs code nobody has judged", [](Arguments& arguments) -> Run {
                auto options = std::make_shared<TrustOptions>();
                arguments.positional("REF", options->reference, "Version that waits").required();
                arguments.option("--reason TEXT", options->reason, "Why its code may be run; kept with your name").required();
                return [options](CommandContext& context) -> Result<ExitCode> {
                    auto code = trust(context, *options);
                    if (!code) return fail(std::move(code).error().with_context("trusting " + printable(options->reference, 300)));
                    return code;
                };
            }};
}

}  // namespace assay
