#include "base/text.hpp"
#include "base/url.hpp"
#include "clients/cli/arguments.hpp"
#include "clients/cli/command.hpp"
#include "clients/cli/push_facts.hpp"
#include "clients/cli/reference_path.hpp"
#include "clients/cpp/answer.hpp"
#include "registry/names.hpp"

#include <fmt/format.h>

namespace assay {

namespace {

struct TagOptions {
    std::string subject;
    std::string tag;
};

/// A bare name is the model itself; with '@' it is one version of it.
Result<std::string> path_of_subject(const std::string& text) {
    TRY_ASSIGN(const Reference reference, Reference::parse(text));
    const bool is_version = text.find('@') != std::string::npos || text.starts_with("models:/");
    return (is_version ? path_of(reference) : Connection::path_of(reference.model)) + "/tags/";
}

Result<ExitCode> set(CommandContext& context, const TagOptions& options) {
    TRY_ASSIGN(const std::string path, path_of_subject(options.subject));
    TRY_ASSIGN(const auto pair, key_value_option(options.tag, "the tag"));
    TRY_ASSIGN(const std::string key, tag_key(pair.first));
    TRY_ASSIGN(Connection* const server, context.server());
    TRY_ASSIGN(const Json answer, server->put(path + encode_component(key), {{"value", pair.second}}));
    if (context.output().json())
        context.output().write_json(answer);
    else
        context.output().write_line(
            fmt::format("{}: {}={}", printable(options.subject, 300), text_of(answer, "key"), text_of(answer, "value")));
    return ExitCode::ok;
}

Result<ExitCode> remove(CommandContext& context, const TagOptions& options) {
    TRY_ASSIGN(const std::string path, path_of_subject(options.subject));
    TRY_ASSIGN(const std::string key, tag_key(options.tag));
    TRY_ASSIGN(Connection* const server, context.server());
    TRY(server->remove(path + encode_component(key)));
    if (context.output().json())
        context.output().write_json({{"key", key}, {"removed", true}});
    else
        context.output().write_line(fmt::format("{}: {} is removed", printable(options.subject, 300), printable(key, 300)));
    return ExitCode::ok;
}

}  // namespace

Command tag_command() {
    return {"tag", "Set and remove tags of models and versions", [](Arguments& arguments) -> Run {
                auto options = std::make_shared<TagOptions>();
                arguments.require_subcommand();
                Arguments& set_form = arguments.subcommand("set", "Set a tag");
                set_form.positional("NAME|REF", options->subject, "Model or version").required();
                set_form.positional("KEY=VALUE", options->tag, "Tag").required();
                Arguments& rm_form = arguments.subcommand("rm", "Remove a tag");
                rm_form.positional("NAME|REF", options->subject, "Model or version").required();
                rm_form.positional("KEY", options->tag, "Tag").required();
                return [options, &set_form](CommandContext& context) -> Result<ExitCode> {
                    return set_form.parsed() ? set(context, *options) : remove(context, *options);
                };
            }};
}

}  // namespace assay
