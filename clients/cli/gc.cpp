#include "base/text.hpp"
#include "clients/cli/arguments.hpp"
#include "clients/cli/command.hpp"
#include "clients/cli/option_value.hpp"
#include "clients/cpp/answer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace assay {

namespace {

struct GcOptions {
    std::string older_than;
    std::vector<std::string> experiments;
    std::vector<std::string> runs;
    std::vector<std::string> logged_models;
    bool dry_run = false;
    bool yes = false;

    [[nodiscard]] bool names_any() const { return !experiments.empty() || !runs.empty() || !logged_models.empty(); }
};

constexpr std::size_t max_told = 20;  // of a list; --json has them all

Json request_of(const GcOptions& options) {
    Json request = Json::object();
    if (!options.older_than.empty()) request["older_than"] = seconds_in(options.older_than).value_or(0);
    if (!options.experiments.empty()) request["experiments"] = options.experiments;
    if (!options.runs.empty()) request["runs"] = options.runs;
    if (!options.logged_models.empty()) request["logged_models"] = options.logged_models;
    return request;
}

/// The line that does without asking what this one asks for.
std::string line_of(const GcOptions& options) {
    std::string line = "assay gc";
    const auto add = [&](std::string_view option, const std::string& value) {
        const bool plain_word =
            std::ranges::all_of(value, [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-'; });
        line += fmt::format(" {} {}", option, plain_word ? value : "'" + printable(value, 300) + "'");
    };
    if (!options.older_than.empty()) add("--older-than", options.older_than);
    for (const std::string& name : options.experiments) add("--experiment", name);
    for (const std::string& id : options.runs) add("--run", id);
    for (const std::string& id : options.logged_models) add("--logged-model", id);
    return line + " --yes";
}

/// Adds what a request that went on has done to what was done before. What stays was found at the first, with the new names.
void add_to(Json& whole, const Json& part) {
    for (const char* key : {"experiments", "runs", "logged_models", "files", "bytes"})
        whole["counts"][key] = integer_of(member(whole, "counts"), key).value_or(0) + integer_of(member(part, "counts"), key).value_or(0);
    for (const Json& item : list_of(part, "gone")) whole["gone"].push_back(item);
    whole["done"] = member(part, "done");
}

Result<Json> collect_all(Connection& server, Json request) {
    TRY_ASSIGN(Json whole, server.create("/v1/gc", request));
    request.erase("older_than");
    request["until"] = text_of(whole, "until");  // what is deleted meanwhile was not asked for
    while (member(whole, "done") == false) {
        TRY_ASSIGN(const Json part, server.create("/v1/gc", request));
        add_to(whole, part);
    }
    return whole;
}

/// "1 experiment, 3 runs and 2 logged models"; empty for nothing.
std::string counted_kinds(const Json& report) {
    const Json& counts = member(report, "counts");
    std::vector<std::string> parts;
    for (const auto& [key, noun] : {std::pair("experiments", "experiment"), {"runs", "run"}, {"logged_models", "logged model"}}) {
        const auto count = static_cast<std::uint64_t>(integer_of(counts, key).value_or(0));
        if (count > 0) parts.push_back(counted(count, noun));
    }
    if (parts.size() < 2) return join(parts, "");
    const std::string last = parts.back();
    parts.pop_back();
    return join(parts, ", ") + " and " + last;
}

std::string item_in_words(const Json& item) {
    const std::string kind = string_of(item, "kind") == "logged-model" ? "logged model" : text_of(item, "kind");
    const std::string name = text_of(item, "name");
    return fmt::format("{} {}{}", kind, text_of(item, "id"), name.empty() ? "" : " '" + name + "'");
}

void print_list(Output& output, std::string_view head, const Json& items, std::size_t count) {
    if (items.empty()) return;
    output.write_line(head);
    for (std::size_t i = 0; i < std::min(items.size(), max_told); ++i) {
        const Json& item = items[i];
        std::string line = "  " + item_in_words(item);
        const std::string because = text_of(item, "because");
        if (!because.empty()) line += ": " + because;
        output.write_line(line);
        const std::string renamed = text_of(item, "renamed");
        if (!renamed.empty()) output.write_line(fmt::format("    its name is free: it is called '{}' from now on", renamed));
    }
    if (count > max_told) output.write_line(fmt::format("  and {} more (--json names them)", count - max_told));
}

enum class Told { would, has };

void print_lists(Output& output, const Json& report, Told told) {
    const Json& counts = member(report, "counts");
    const auto number = [&](const char* key) { return static_cast<std::size_t>(integer_of(counts, key).value_or(0)); };
    const bool would = told == Told::would;
    print_list(output, "already gone:", list_of(report, "gone_before"), list_of(report, "gone_before").size());
    print_list(output, would ? "would go for good:" : "gone for good:", list_of(report, "gone"),
               number("experiments") + number("runs") + number("logged_models"));
    print_list(output, would ? "would stay:" : "stays:", list_of(report, "kept"), number("kept"));
}

void print_sum(Output& output, const Json& report, Told told) {
    const Json& counts = member(report, "counts");
    const auto number = [&](const char* key) { return static_cast<std::uint64_t>(integer_of(counts, key).value_or(0)); };
    const bool would = told == Told::would;
    const std::string kinds = counted_kinds(report);
    const std::string rest = number("kept") > 0 ? fmt::format("; {} {}", number("kept"), would ? "would stay" : "stayed") : "";
    if (kinds.empty()) {
        output.write_line((would ? "nothing would go for good" : "nothing went for good") + rest);
        return;
    }
    output.write_line(fmt::format("{} {} for good{}", kinds, would ? "would go" : "went", rest));
    if (number("files") == 0) return;
    const std::string_view gone = would ? "would no longer be" : number("files") == 1 ? "is no longer" : "are no longer";
    output.write_line(fmt::format("{} ({}) {} listed; the bytes stay in the store, which does not shrink", counted(number("files"), "file"),
                                  human_size(number("bytes")), gone));
}

/// Something that was named stays, or, without names, nothing of that is wrong.
ExitCode code_of(const GcOptions& options, const Json& report) {
    return options.names_any() && !list_of(report, "kept").empty() ? ExitCode::conflict : ExitCode::ok;
}

Result<ExitCode> run_gc(CommandContext& context, const GcOptions& options) {
    Output& output = context.output();
    TRY_ASSIGN(Connection* const server, context.server());
    Json request = request_of(options);
    const auto show = [&](Json report, Told told) {
        const ExitCode code = code_of(options, report);
        report["dry_run"] = told == Told::would;
        if (output.json()) {
            output.write_json(report);
        } else {
            print_lists(output, report, told);
            print_sum(output, report, told);
        }
        return code;
    };
    if (!options.dry_run && options.yes) {
        TRY_ASSIGN(Json report, collect_all(*server, std::move(request)));
        return show(std::move(report), Told::has);
    }
    Json question = request;
    question["dry_run"] = true;
    TRY_ASSIGN(const Json report, server->ask("/v1/gc", question));
    if (options.dry_run) return show(report, Told::would);
    const std::string kinds = counted_kinds(report);
    const bool renames = std::ranges::any_of(list_of(report, "kept"), [](const Json& item) { return !text_of(item, "renamed").empty(); });
    if (kinds.empty() && !renames) return show(report, Told::has);
    if (!output.json()) print_lists(output, report, Told::would);
    const std::string asked = kinds.empty() ? "give deleted experiments other names?" : fmt::format("delete {} for good?", kinds);
    if (auto confirmed = context.confirm(asked); !confirmed) {
        Error error = std::move(confirmed).error();
        error.fixes = {line_of(options)};
        return fail(std::move(error));
    }
    // What was confirmed, and nothing that is deleted after that.
    request.erase("older_than");
    request["until"] = text_of(report, "until");
    TRY_ASSIGN(Json done, collect_all(*server, std::move(request)));
    if (output.json()) return show(std::move(done), Told::has);
    print_sum(output, done, Told::has);  // it has just been listed
    return code_of(options, done);
}

}  // namespace

Command gc_command() {
    return {
        "gc", "Let go for good what was deleted of experiments, runs and logged models", [](Arguments& arguments) -> Run {
            auto options = std::make_shared<GcOptions>();
            arguments.option("--older-than AGE", options->older_than, "Only what was deleted so long ago: 30d, 12h, 1d12h").check(an_age());
            arguments.option("--experiment NAME", options->experiments, "This experiment, or the one of this id, and all in it")
                .one_value_each();
            arguments.option("--run ID", options->runs, "This run").one_value_each();
            arguments.option("--logged-model ID", options->logged_models, "This logged model").one_value_each();
            arguments.flag("--dry-run", options->dry_run, "Say what would go, and do nothing");
            arguments.flag("-y,--yes", options->yes, "Do not ask");
            return [options](CommandContext& context) -> Result<ExitCode> { return run_gc(context, *options); };
        }};
}

}  // namespace assay
