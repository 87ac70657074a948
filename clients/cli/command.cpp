#include "clients/cli/command.hpp"

#include "base/nearest.hpp"
#include "base/text.hpp"
#include "clients/cli/arguments.hpp"
#include "embedded/embedded_pages.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>
#include <vector>

namespace assay {

namespace {

/// What other tools call it: pip, git, mlflow, docker.
constexpr std::array<std::pair<std::string_view, std::string_view>, 39> words_of_others = {{
    {"add", "push"},      {"register", "push"}, {"upload", "push"},    {"publish", "push"},     {"commit", "push"},   {"log-model", "push"},
    {"get", "fetch"},     {"pull", "fetch"},    {"download", "fetch"}, {"install", "fetch"},    {"clone", "fetch"},   {"load", "fetch"},
    {"ls", "list"},       {"find", "search"},   {"query", "search"},   {"models", "list"},      {"versions", "list"}, {"info", "show"},
    {"describe", "show"}, {"scan", "inspect"},  {"cat", "show"},       {"graph", "lineage"},    {"tree", "lineage"},  {"history", "log"},
    {"delete", "rm"},     {"remove", "rm"},     {"uninstall", "rm"},   {"restore", "undelete"}, {"freeze", "lock"},   {"promote", "alias"},
    {"stage", "alias"},   {"compare", "diff"},  {"server", "serve"},   {"start", "serve"},      {"man", "help"},      {"rollback", "alias"},
    {"prune", "gc"},      {"purge", "gc"},      {"clean", "gc"},
}};

}  // namespace

std::span<const Command> commands() {
    static const std::vector<Command> all = {
        serve_command(),  push_command(),    fetch_command(),   show_command(),       list_command(),     search_command(),
        diff_command(),   inspect_command(), predict_command(), convert_command(),    trust_command(),    check_command(),
        replay_command(), import_command(),  export_command(),  proofs_command(),     runnable_command(), impact_command(),
        waiver_command(), lineage_command(), alias_command(),   tag_command(),        log_command(),      lock_command(),
        verify_command(), env_command(),     rules_command(),   rm_command(),         undelete_command(), gc_command(),
        fsck_command(),   rebuild_command(), doctor_command(),  completion_command(), help_command(),
    };
    return all;
}

std::optional<std::string_view> page_of(std::string_view command) {
    for (const EmbeddedFile& page : embedded_pages()) {
        if (page.name.ends_with(".md") && page.name.substr(0, page.name.size() - 3) == command) return page.bytes;
    }
    return std::nullopt;
}

std::vector<std::string> declared_names(const Command& command) {
    Arguments whole("assay");
    Arguments& arguments = whole.subcommand(std::string(command.name), std::string(command.summary));
    const Run run = command.declare(arguments);  // owns what the options write into
    std::vector<std::string> names = arguments.long_names();
    for (const Arguments* form : arguments.subcommands()) {
        names.push_back("assay " + std::string(command.name) + " " + form->name());
        std::ranges::copy(form->long_names(), std::back_inserter(names));
    }
    return names;
}

std::optional<std::string> nearest_command(std::string_view word) {
    const auto other = std::ranges::find(words_of_others, word, [](const auto& pair) { return pair.first; });
    if (other != words_of_others.end()) return std::string(other->second);
    std::vector<std::string> names;
    for (const Command& command : commands()) names.emplace_back(command.name);
    return nearest_word(word, names);
}

std::vector<std::string> synopsis_of(std::string_view command) {
    std::vector<std::string> forms;
    bool inside = false;
    for (const std::string& line : split(page_of(command).value_or(""), '\n')) {
        if (line.starts_with('#')) inside = line == "## Synopsis";
        if (inside && line.starts_with("    assay ")) forms.push_back(line.substr(4));
    }
    return forms;
}

Result<Connection*> CommandContext::server() {
    if (!connection_) {
        TRY_ASSIGN(auto client, connect_(config_.url));
        connection_ = std::make_unique<Connection>(std::move(client), config_.consumer);
    }
    return connection_.get();
}

Result<void> CommandContext::confirm(std::string_view question) {
    const Error refused = Error(ErrorKind::invalid, "not-confirmed", "nothing was done, because nobody confirmed: " + std::string(question))
                              .with_fix("say --yes");
    if (!input_is_terminal_) return fail(refused);
    output_.write_error(std::string(question) + " [y/N] ");
    std::string answer;
    std::getline(input_, answer);
    if (answer == "y" || answer == "Y" || answer == "yes") return {};
    return fail(refused);
}

}  // namespace assay
