#include "clients/cli/usage.hpp"

#include "base/nearest.hpp"
#include "base/text.hpp"
#include "clients/cli/arguments.hpp"
#include "clients/cli/command.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

namespace assay {

namespace {

/// From the whole line down to the innermost command that was named: {assay, alias, set}.
using Chain = std::vector<const Arguments*>;

Chain named(const Arguments& whole) {
    Chain chain = {&whole};
    while (const Arguments* chosen = chain.back()->chosen()) chain.push_back(chosen);
    return chain;
}

/// "assay alias set"
std::string words_of(const Chain& chain) {
    std::vector<std::string> words;
    for (const Arguments* command : chain) words.push_back(command->name());
    return join(words, " ");
}

std::vector<std::string> option_names(const Chain& chain) {
    std::vector<std::string> names;
    for (const Arguments* command : chain) std::ranges::copy(command->long_names(), std::back_inserter(names));
    return names;
}

/// The words that nothing took, in their order.
std::vector<std::string> left_over(const Chain& chain) {
    for (const Arguments* command : chain) {
        if (std::vector<std::string> words = command->remaining(); !words.empty()) return words;
    }
    return {};
}

/// The synopsis of what was named: of "alias set" only its own form.
std::vector<std::string> forms_of(const Chain& chain) {
    if (chain.size() < 2) return {};
    std::vector<std::string> forms;
    const std::string words = words_of(chain);
    for (std::string& form : synopsis_of(chain[1]->name())) {
        if (form == words || form.starts_with(words + " ")) forms.push_back(std::move(form));
    }
    return forms;
}

Error usage_error(std::string message, std::optional<std::string> meant, const Chain& chain) {
    Error error(ErrorKind::invalid, "usage", std::move(message));
    if (meant) error.fixes.push_back("did you mean '" + *std::move(meant) + "'?");
    for (std::string& form : forms_of(chain)) error.fixes.push_back(std::move(form));
    error.fixes.push_back(chain.size() > 1 ? "'assay help " + chain[1]->name() + "' explains it" : "'assay' alone lists the commands");
    return error;
}

Error unknown_command(const std::string& word, const Chain& chain) {
    auto near = word == "version" ? "--version" : nearest_command(word);
    if (near) near = "assay " + *near;
    return usage_error(fmt::format("there is no command '{}'", printable(word, 100)), std::move(near), chain);
}

/// "assay alias" alone, or with a word that is none of its forms.
Error unknown_form(const Chain& chain) {
    std::vector<std::string> forms;
    for (const Arguments* form : chain.back()->subcommands()) forms.push_back(form->name());
    const std::string words = words_of(chain);
    for (const std::string& word : left_over(chain)) {
        if (word.starts_with('-')) continue;
        auto near = nearest_word(word, forms);
        if (near) near = words + " " + *near;
        return usage_error(fmt::format("there is no '{} {}': it is one of {}", words, printable(word, 100), join(forms, ", ")),
                           std::move(near), chain);
    }
    return usage_error(fmt::format("'{}' needs to know what to do: {}", words, join(forms, ", ")), std::nullopt, chain);
}

Error left_over_words(const std::vector<std::string>& left, const Chain& chain) {
    for (const std::string& word : left) {
        if (!word.starts_with('-') || word == "-") continue;
        const std::string name = word.substr(0, word.find('='));
        return usage_error(fmt::format("'{}' has no option '{}'", words_of(chain), printable(name, 100)),
                           nearest_word(name, option_names(chain)), chain);
    }
    std::vector<std::string> quoted;
    quoted.reserve(left.size());
    for (const std::string& word : left) quoted.push_back("'" + printable(word, 100) + "'");
    return usage_error(fmt::format("'{}' does not know what to do with {}", words_of(chain), join(quoted, ", ")), std::nullopt, chain);
}

/// The library's sentence, where it can be said better.
std::string in_words(const ParseProblem& problem, const Chain& chain) {
    const std::string& said = problem.message;
    constexpr std::string_view is_required = " is required";
    if (problem.kind == ParseProblem::Kind::something_required && said.ends_with(is_required))
        return fmt::format("'{}' lacks {}", words_of(chain), said.substr(0, said.size() - is_required.size()));
    // "--consumer: 1 required NAME missing"
    constexpr std::string_view one_required = ": 1 required ";
    constexpr std::string_view missing = " missing";
    if (const auto at = said.find(one_required); at != std::string::npos && said.ends_with(missing)) {
        const std::size_t begin = at + one_required.size();
        return fmt::format("{} needs a value: {}", said.substr(0, at), said.substr(begin, said.size() - missing.size() - begin));
    }
    return printable(said, 500);
}

}  // namespace

Error misuse_of(const Arguments& whole, const ParseProblem& problem) {
    using Kind = ParseProblem::Kind;
    const Chain chain = named(whole);
    const auto left = left_over(chain);
    const bool is_about_words = problem.kind == Kind::words_left_over || problem.kind == Kind::something_required;
    const bool has_word = std::ranges::any_of(left, [](const std::string& word) { return !word.starts_with('-'); });
    const bool has_option = std::ranges::any_of(left, [](const std::string& word) { return word.starts_with("--"); });
    const bool needs_form = is_about_words && !chain.back()->subcommands().empty();
    if (needs_form && chain.size() == 1 && has_word)
        return unknown_command(*std::ranges::find_if(left, [](const std::string& word) { return !word.starts_with('-'); }), chain);
    if (needs_form && chain.size() > 1 && (has_word || !has_option)) return unknown_form(chain);
    // An option that does not exist is the likelier reason for what then is missing.
    if (problem.kind == Kind::words_left_over || (is_about_words && has_option)) return left_over_words(left, chain);
    return usage_error(in_words(problem, chain), std::nullopt, chain);
}

}  // namespace assay
