#include "registry/safety_lists.hpp"

#include "base/text.hpp"
#include "embedded/embedded_safety_lists.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace assay {

namespace {

Error wrong_list(std::string message) { return {ErrorKind::invalid, "invalid-safety-list", std::move(message)}; }

/// The next word of a line, which is taken off it.
std::string_view take_word(std::string_view& line) {
    line = trim(line);
    const std::string_view word = line.substr(0, line.find_first_of(" \t"));
    line = trim(line.substr(word.size()));
    return word;
}

/// "state=any" anywhere in the rest, which is taken out of it.
Result<std::optional<SafetyLists::State>> take_state(std::string& rest) {
    const std::size_t begin = rest.find("state=");
    if (begin == std::string::npos) return std::nullopt;
    const std::size_t end = std::min(rest.size(), rest.find_first_of(" \t", begin));
    const std::string word = rest.substr(begin + 6, end - begin - 6);
    rest.erase(begin, end - begin);
    if (word == "none") return SafetyLists::State::none;
    if (word == "dict") return SafetyLists::State::dict;
    if (word == "distribution") return SafetyLists::State::distribution;
    if (word == "pairs") return SafetyLists::State::pairs;
    if (word == "any") return SafetyLists::State::any;
    return fail(wrong_list("there is no state=" + printable(word, 60)));
}

}  // namespace

Result<void> SafetyLists::add_class(std::string_view name, std::string_view rest_view) {
    std::string rest(rest_view);
    Class entry;
    TRY_ASSIGN(const auto state, take_state(rest));
    entry.state = state.value_or(State::dict);
    const std::string_view left = trim(rest);
    if (left.starts_with("args=")) {
        TRY_ASSIGN(entry.arguments, ArgumentShape::parse(left.substr(5)));
    } else if (!left.empty()) {
        return fail(wrong_list("'" + printable(left, 100) + "' means nothing"));
    }
    classes_.insert_or_assign(std::string(name), std::move(entry));
    return {};
}

Result<void> SafetyLists::add_callable(std::string_view name, std::string_view rest_view) {
    std::string rest(rest_view);
    Callable entry;
    TRY_ASSIGN(const auto state, take_state(rest));
    entry.state = state.value_or(State::dict);
    const std::string_view left = trim(rest);
    entry.fold = left == "fold";
    if (!entry.fold) {
        TRY_ASSIGN(entry.arguments, ArgumentShape::parse(left));
    }
    callables_[std::string(name)].push_back(std::move(entry));
    return {};
}

Result<void> SafetyLists::add_line(std::string_view line) {
    const std::string_view kind = take_word(line);
    const std::string_view name = take_word(line);
    const std::size_t colon = name.find(':');
    if (colon == std::string_view::npos || colon == 0 || colon + 1 == name.size())
        return fail(wrong_list("'" + printable(name, 100) + "' is no module:name"));
    if (kind == "dangerous") {
        dangerous_.insert_or_assign(std::string(name), std::string(line));
        return {};
    }
    if (name.find('*') != std::string_view::npos) return fail(wrong_list("only dangerous names may have a wildcard"));
    if (kind == "class") return add_class(name, line);
    if (kind == "callable") return add_callable(name, line);
    if (kind != "function" && kind != "type")
        return fail(wrong_list("'" + printable(kind, 60) + "' is none of class, callable, function, type, dangerous"));
    if (!line.empty()) return fail(wrong_list("'" + printable(line, 100) + "' means nothing"));
    (kind == "function" ? functions_ : types_).emplace(name);
    return {};
}

Result<SafetyLists> SafetyLists::parse(std::span<const EmbeddedFile> files) {
    SafetyLists lists;
    for (const EmbeddedFile& file : files) {
        std::size_t number = 0;
        for (const std::string& whole : split(file.bytes, '\n')) {
            ++number;
            // A '#' begins a comment where a word could: shapes and names have none.
            const std::string_view line = trim(std::string_view(whole).substr(0, whole.find('#')));
            if (line.empty()) continue;
            TRY_WHILE(lists.add_line(line), fmt::format("reading line {} of {}", number, file.name));
        }
    }
    lists.digest_ = digest_of(files);
    return lists;
}

Result<SafetyLists> SafetyLists::builtin() { return parse(embedded_safety_lists()); }

const SafetyLists::Class* SafetyLists::find_class(std::string_view name) const {
    const auto found = classes_.find(name);
    return found == classes_.end() ? nullptr : &found->second;
}

std::span<const SafetyLists::Callable> SafetyLists::callables(std::string_view name) const {
    const auto found = callables_.find(name);
    return found == callables_.end() ? std::span<const Callable>() : std::span<const Callable>(found->second);
}

std::optional<std::string_view> SafetyLists::danger(std::string_view name) const {
    auto found = dangerous_.find(name);
    // A whole module, or one of those above it: "os:*" covers "os.path:join" no less.
    std::string_view module = name.substr(0, name.find(':'));
    while (found == dangerous_.end() && !module.empty()) {
        found = dangerous_.find(std::string(module) + ":*");
        const std::size_t dot = module.rfind('.');
        module = dot == std::string_view::npos ? std::string_view() : module.substr(0, dot);
    }
    if (found == dangerous_.end()) return std::nullopt;
    return found->second;
}

}  // namespace assay
