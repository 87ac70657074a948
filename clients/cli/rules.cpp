#include "base/text.hpp"
#include "clients/cli/arguments.hpp"
#include "clients/cli/command.hpp"
#include "clients/cli/download.hpp"
#include "clients/cli/rules_pairs.hpp"
#include "clients/cpp/answer.hpp"
#include "clients/cpp/gate_verdict.hpp"
#include "registry/gate.hpp"
#include "registry/manifest.hpp"

#include <fmt/format.h>

namespace assay {

namespace {

constexpr std::size_t max_rules_bytes = std::size_t{16} << 20U;

Result<ExitCode> list(CommandContext& context) {
    Output& output = context.output();
    TRY_ASSIGN(Connection* const server, context.server());
    TRY_ASSIGN(const Json rules, server->get("/v1/rules"));
    if (output.json()) {
        output.write_json(rules);
        return ExitCode::ok;
    }
    Table table({"RULE", "PACKAGE", "EFFECT", "BECAUSE"});
    for (const Json& rule : list_of(rules, "rules")) {
        const std::string id = text_of(rule, "id");
        table.add({id.empty() ? text_of(rule, "rule") : id, text_of(rule, "package"), text_of(rule, "effect"), text_of(rule, "because")});
    }
    if (table.empty())
        output.note("there are no rules beyond the default ones");
    else
        output.write(table.text(output));
    return ExitCode::ok;
}

Result<RuleSet> read_rules_file(const std::string& path) {
    TRY_ASSIGN(const std::string text, read_text_file(path, max_rules_bytes));
    auto rules = parse_rules(text);
    if (!rules) return fail(std::move(rules).error().with_context("reading " + printable(path, 300)));
    return rules;
}

Result<ExitCode> import(CommandContext& context, const std::string& path) {
    Output& output = context.output();
    TRY_ASSIGN(const RuleSet rules, read_rules_file(path));  // here the lines are known
    TRY_ASSIGN(Connection* const server, context.server());
    TRY_WHILE(server->put("/v1/rules", to_json(rules)), "importing " + printable(path, 300));
    TRY_ASSIGN(const Json in_force, server->get("/v1/rules"));
    if (output.json())
        output.write_json(in_force);
    else
        output.write_line(fmt::format("{} rules are in force", list_of(in_force, "rules").size()));
    return ExitCode::ok;
}

struct TestOptions {
    std::string path;
    std::string reference;
    std::string environment;
    std::string rules;
    PairsOptions pairs;
};

/// One verdict in one line: "refuse: xgboost 1.7.6 -> 2.1.0 (unproven)".
std::string in_a_line(const Json& verdict) {
    std::vector<std::string> reasons;
    for (const char* kind : {"conflicts", "warnings"}) {
        for (const Json& reason : list_of(verdict, kind)) {
            const std::string offered = text_of(reason, "offered");
            reasons.push_back(fmt::format("{} {} -> {} ({})", text_of(reason, "package"), text_of(reason, "recorded"),
                                          offered.empty() ? "none" : offered, text_of(reason, "rule")));
        }
    }
    return text_of(verdict, "verdict") + (reasons.empty() ? "" : ": " + join(reasons, "; "));
}

/// What the rules of a file would say of a version, beside what those in force say. Changes nothing.
Result<ExitCode> test_version(CommandContext& context, const RuleSet& rules, const TestOptions& options) {
    Output& output = context.output();
    TRY_ASSIGN(const Reference reference, Reference::parse(options.reference));
    TRY_ASSIGN(const auto environment, choose_environment(options.environment, context.variables()));
    if (!environment) {
        return fail(Error(ErrorKind::invalid, "usage", "rules can only be tested against an environment, and --environment says none")
                        .with_fix("name a file, or auto"));
    }
    TRY_ASSIGN(Connection* const server, context.server());
    TRY_ASSIGN(const RemoteVersion version, resolve(*server, reference));
    TRY_ASSIGN(const Json in_force, judge(*server, version, environment, false));
    TRY_ASSIGN(const Manifest manifest, read_manifest(to_text(version.manifest)));
    const Environment& offered = environment->environment;
    const Recorded recorded{version.name(), version.digest, manifest.facts.uses, manifest.facts.libraries};
    const Json with_file = to_json(judge(recorded, offered, rules));
    if (output.json()) {
        output.write_json({{"version", version.name()}, {"in_force", in_force}, {"with_file", with_file}});
    } else {
        output.write_line(fmt::format("{} by the rules in force: {}", version.name(), in_a_line(in_force)));
        output.write_line(fmt::format("{} by this file:          {}", version.name(), in_a_line(with_file)));
    }
    return refuses(with_file) ? ExitCode::incompatible : ExitCode::ok;
}

Result<ExitCode> test(CommandContext& context, const TestOptions& options) {
    Output& output = context.output();
    if (!options.pairs.dumps.empty() || !options.pairs.environments.empty()) {
        PairsOptions pairs = options.pairs;
        pairs.pairs = options.path;
        if (options.rules.empty()) return test_pairs(context, default_rules(), pairs);
        TRY_ASSIGN(const RuleSet rules, read_rules_file(options.rules));
        return test_pairs(context, rules, pairs);
    }
    TRY_ASSIGN(const RuleSet rules, read_rules_file(options.path));
    if (!options.reference.empty()) return test_version(context, rules, options);
    if (output.json())
        output.write_json({{"name", rules.name}, {"rules", rules.rules.size()}, {"digest", rules.digest.to_string()}});
    else
        output.write_line(fmt::format("{} rules can be read ({})", rules.rules.size(), printable(rules.name, 200)));
    return ExitCode::ok;
}

}  // namespace

Command rules_command() {
    return {"rules", "List, try and replace the rules of the gate", [](Arguments& arguments) -> Run {
                auto path = std::make_shared<std::string>();
                arguments.require_subcommand();
                const Arguments& list_form = arguments.subcommand("list", "The rules in force");
                Arguments& import_form = arguments.subcommand("import", "Replace the rules");
                import_form.positional("FILE", *path, "Rules (assay.rules/1)").required();
                auto options = std::make_shared<TestOptions>();
                Arguments& test_form = arguments.subcommand("test", "Read a rules file, and say what it would change");
                test_form.positional("FILE", options->path, "Rules (assay.rules/1); with --dumps, measured loads (CSV)").required();
                test_form.positional("REF", options->reference, "Version to judge by them");
                test_form.option("--environment FILE|auto", options->environment, "Environment to judge it in: FILE or auto");
                Option dumps = test_form.option("--dumps DIR", options->pairs.dumps, "Where the dumps of measured loads lie");
                Option environments =
                    test_form.option("--environments FILE", options->pairs.environments, "Environments of measured loads (CSV)");
                dumps.needs(environments);
                environments.needs(dumps);
                test_form.option("--rules FILE", options->rules, "Rules to judge measured loads by; default: those that come with Assay")
                    .needs(dumps);
                test_form.option("--show N", options->pairs.show, "Wrong answers of each kind to tell").needs(dumps);
                return [options, path, &list_form, &test_form](CommandContext& context) -> Result<ExitCode> {
                    if (options->environment.empty()) options->environment = context.config().environment;
                    if (test_form.parsed()) return test(context, *options);
                    return list_form.parsed() ? list(context) : import(context, *path);
                };
            }};
}

}  // namespace assay
