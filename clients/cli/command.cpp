#include "clients/cli/command.hpp"

#include "embedded/embedded_pages.hpp"

#include <algorithm>
#include <vector>

namespace assay {

namespace {

/// Levenshtein's distance.
std::size_t distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t i = 0; i < row.size(); ++i) row[i] = i;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i;
        for (std::size_t k = 1; k <= b.size(); ++k) {
            const std::size_t replaced = diagonal + (a[i - 1] == b[k - 1] ? 0 : 1);
            diagonal = row[k];
            row[k] = std::min({row[k] + 1, row[k - 1] + 1, replaced});
        }
    }
    return row.back();
}

}  // namespace

std::span<const Command> commands() {
    static const std::vector<Command> all = {
        serve_command(),
        push_command(),    fetch_command(), show_command(), list_command(),   check_command(), lineage_command(), alias_command(),    tag_command(),
        log_command(),     lock_command(),  verify_command(), env_command(), rules_command(), rm_command(),      undelete_command(), fsck_command(),
        rebuild_command(), help_command(),
    };
    return all;
}

std::optional<std::string_view> page_of(std::string_view command) {
    for (const EmbeddedFile& page : embedded_pages()) {
        if (page.name.ends_with(".md") && page.name.substr(0, page.name.size() - 3) == command) return page.bytes;
    }
    return std::nullopt;
}

std::optional<std::string_view> nearest_command(std::string_view word) {
    if (word.size() > 40) return std::nullopt;
    std::optional<std::string_view> nearest;
    std::size_t best = std::max<std::size_t>(2, word.size() / 3) + 1;
    for (const Command& command : commands()) {
        const std::size_t away = distance(word, command.name);
        if (away >= best) continue;
        best = away;
        nearest = command.name;
    }
    return nearest;
}

Result<Connection*> CommandContext::server() {
    if (!connection_) {
        TRY_ASSIGN(auto client, connect_(config_.url));
        connection_ = std::make_unique<Connection>(std::move(client), config_.consumer);
    }
    return connection_.get();
}

Result<void> CommandContext::confirm(std::string_view question) {
    const Error refused = Error(ErrorKind::invalid, "not-confirmed", "nothing was done: it was not confirmed").with_fix("say --yes");
    if (!input_is_terminal_) return fail(refused);
    output_.write_error(std::string(question) + " [y/N] ");
    std::string answer;
    std::getline(input_, answer);
    if (answer == "y" || answer == "Y" || answer == "yes") return {};
    return fail(refused);
}

}  // namespace assay
