#include "clients/cli/push_facts.hpp"

#include "base/clock.hpp"
#include "base/text.hpp"
#include "clients/cli/arguments.hpp"
#include "clients/cli/command.hpp"
#include "clients/cli/push_files.hpp"
#include "clients/cli/reference_path.hpp"
#include "clients/cpp/answer.hpp"
#include "registry/names.hpp"

#include <fmt/format.h>

namespace assay {

namespace {

struct PushOptions {
    std::string model;
    std::vector<std::string> paths;
    std::vector<std::string> metrics, datasets, uses, params, parents, tags, aliases;
    std::string trained_at, environment, sample, run, description, git;
    bool if_changed = false;
    bool dry_run = false;
};

/// KEY=VALUE options as an object; a key given twice is a mistake.
Result<Json> object_of(const std::vector<std::string>& texts, std::string_view option) {
    Json object = Json::object();
    for (const std::string& text : texts) {
        TRY_ASSIGN(auto pair, key_value_option(text, option));
        if (object.contains(pair.first))
            return fail(ErrorKind::invalid, "usage", fmt::format("{} gives '{}' twice", option, printable(pair.first, 100)));
        object[pair.first] = std::move(pair.second);
    }
    return object;
}

Result<Json> facts_of(CommandContext& context, const PushOptions& options, const std::vector<FileToPush>& files) {
    Output& output = context.output();
    Json facts = {{"datasets", Json::array()}, {"metrics", Json::array()}, {"libraries", Json::object()}};
    for (const std::string& text : options.metrics) {
        TRY_ASSIGN(Json metric, metric_option(text));
        facts["metrics"].push_back(std::move(metric));
    }
    for (const std::string& text : options.datasets) {
        TRY_ASSIGN(Json dataset, dataset_option(text));
        facts["datasets"].push_back(std::move(dataset));
    }
    for (const std::string& text : options.parents) {
        TRY_ASSIGN(Json parent, parent_option(text));
        facts["parents"].push_back(std::move(parent));
    }
    TRY_ASSIGN(Json params, object_of(options.params, "--param"));
    if (!params.empty()) facts["params"] = std::move(params);
    if (!options.trained_at.empty()) {
        TRY_ASSIGN(const Timestamp time, Timestamp::parse(options.trained_at));
        facts["trained_at"] = time.to_string();
    }
    if (!options.git.empty()) facts["source"] = {{"git", options.git}};

    std::vector<std::string> uses;
    for (const std::string& package : options.uses) {
        TRY_ASSIGN(std::string name, package_name(package));
        uses.push_back(std::move(name));
    }
    TRY_ASSIGN(const auto environment, choose_environment(options.environment, context.variables()));
    if (environment) {
        if (uses.empty()) {
            uses = assumed_uses(files, *environment);
            if (!uses.empty())
                output.note("assuming that the model uses " + join(uses, ", ") + " (say --uses PACKAGE for each to be exact)");
        }
        facts["libraries"] = libraries_of(*environment, uses);
        if (!environment->environment.platform.empty()) facts["platform"] = environment->environment.platform;
        if (options.environment == "auto") {
            output.note("library releases are those of " + default_python(context.variables()) + " (Python " +
                        environment->release_of("python").value_or("of unknown release") +
                        "); say --environment FILE if the model was trained elsewhere");
        }
    }
    if (!uses.empty()) facts["uses"] = uses;
    return facts;
}

/// A parent given as an alias or a digest is the version that it names now.
Result<void> name_parents_by_number(Connection& server, Json& facts) {
    if (!facts.contains("parents")) return {};
    for (Json& parent : facts["parents"]) {
        TRY_ASSIGN(const Reference reference, Reference::parse(parent["version"].get<std::string>()));
        if (std::holds_alternative<std::int64_t>(reference.version)) continue;
        TRY_ASSIGN(const Json version, server.get(path_of(reference)));
        parent["version"] = fmt::format("{}@{}", reference.model, integer_of(version, "version").value_or(0));
    }
    return {};
}

Result<ExitCode> say_registered(Output& output, const Json& version) {
    for (const std::string& warning : strings_of(list_of(version, "warnings"))) output.warn(warning);
    if (output.json()) {
        output.write_json(version);
        return ExitCode::ok;
    }
    output.write_line(fmt::format("{}@{}  {}", text_of(version, "model"), plain(member(version, "version")), text_of(version, "digest")));
    return ExitCode::ok;
}

Result<ExitCode> push(CommandContext& context, const PushOptions& options) {
    Output& output = context.output();
    TRY_ASSIGN(const std::string model, model_name(options.model));
    for (const std::string& alias : options.aliases) TRY(alias_name(alias));
    TRY_ASSIGN(const std::vector<FileToPush> files, files_to_push(options.paths, options.sample));
    Json request;
    TRY_ASSIGN(request["facts"], facts_of(context, options, files));
    TRY_ASSIGN(Json tags, object_of(options.tags, "--tag"));
    for (const auto& [key, value] : context.config().project.tags) {
        if (!tags.contains(key)) tags[key] = value;
    }
    if (!tags.empty()) request["tags"] = std::move(tags);
    if (!options.run.empty()) request["run"] = {{"id", options.run}};
    if (!options.description.empty()) request["description"] = options.description;
    if (!options.aliases.empty()) request["aliases"] = options.aliases;
    if (options.if_changed) request["if_changed"] = true;

    TRY_ASSIGN(const std::vector<HashedFile> hashed, hash_all(output, files));
    request["files"] = files_of_registration(hashed);
    if (options.dry_run) {
        output.note("nothing is sent: this is what would be registered as a new version of " + model);
        output.write_json(request);
        return ExitCode::ok;
    }
    TRY_ASSIGN(Connection* const server, context.server());
    TRY(name_parents_by_number(*server, request["facts"]));
    TRY(upload_missing(output, *server, hashed, context.config()));
    TRY_ASSIGN(const Json version, server->create(Connection::path_of(model) + "/versions", request));
    return say_registered(output, version);
}

}  // namespace

Command push_command() {
    return {"push", "Register files and the facts of their making as a new version", [](Arguments& arguments) -> Run {
                auto options = std::make_shared<PushOptions>();
                arguments.positional("NAME", options->model, "Model").required();
                arguments.positional("PATH", options->paths, "Files or folders").required();
                arguments.option("--metric NAME=VALUE[@DATASET]", options->metrics, "A metric, on held-out data").one_value_each();
                arguments.option("--dataset ROLE=FILE|NAME@DIGEST", options->datasets, "Data it was trained or judged on").one_value_each();
                arguments.option("--trained-at TIME", options->trained_at, "When it was trained (RFC 3339)");
                arguments.option("--environment FILE|auto|none", options->environment, "Where it was trained: FILE, auto or none");
                arguments.option("--uses PACKAGE", options->uses, "A package that the model needs to be loaded").one_value_each();
                arguments.option("--param KEY=VALUE", options->params, "A parameter").one_value_each();
                arguments.option("--sample FILE", options->sample, "Held-out rows with their predictions; stored as sample.json");
                arguments.option("--parent NAME@VERSION[:RELATION]", options->parents, "A version that this one was made from")
                    .one_value_each();
                arguments.option("--run ID", options->run, "Join this run");
                arguments.option("--git REVISION", options->git, "Commit of the training code");
                arguments.flag("--if-changed", options->if_changed, "Make no version when the newest has the same files and facts");
                arguments.option("--tag KEY=VALUE", options->tags, "A tag of the version").one_value_each();
                arguments.option("--alias ALIAS", options->aliases, "Point this alias at the new version").one_value_each();
                arguments.option("--description TEXT", options->description, "Text for people");
                arguments.flag("--dry-run", options->dry_run, "Show what would be registered; send nothing");
                return [options](CommandContext& context) -> Result<ExitCode> {
                    if (options->environment.empty()) options->environment = context.config().environment;
                    if (options->uses.empty()) options->uses = context.config().project.uses;
                    auto code = push(context, *options);
                    if (!code) return fail(std::move(code).error().with_context("pushing " + printable(options->model, 300)));
                    return code;
                };
            }};
}

}  // namespace assay
