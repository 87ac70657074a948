#include "clients/cli/arguments.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <deque>
#include <stdexcept>
#include <utility>

namespace assay {

struct Option::Impl {
    CLI::Option& option;
};

struct Arguments::Parser {
    std::unique_ptr<CLI::App> whole;  ///< of the whole line only: the library's own tree owns what is below it
    CLI::App& app;
    const Arguments* parent = nullptr;
    std::deque<Option::Impl> options;  // where none moves
    std::vector<std::unique_ptr<Arguments>> subcommands;
};

Option Option::required() {
    impl_->option.required();
    return *this;
}

Option Option::check(ValueCheck check) {
    impl_->option.check(std::move(check));
    return *this;
}

Option Option::range(int least, int most) {
    impl_->option.check(CLI::Range(least, most));
    return *this;
}

Option Option::expected(int least, int most) {
    impl_->option.expected(least, most);
    return *this;
}

Option Option::one_value_each() {
    impl_->option.allow_extra_args(false);
    return *this;
}

Option Option::needs(const Option& other) {
    impl_->option.needs(&other.impl_->option);
    return *this;
}

Option Option::excludes(const Option& other) {
    impl_->option.excludes(&other.impl_->option);
    return *this;
}

Arguments::Arguments(std::string program) {
    auto whole = std::make_unique<CLI::App>("", std::move(program));
    CLI::App& app = *whole;
    app.set_help_flag();  // -h is ours to answer
    app.require_subcommand(0, 1);
    app.fallthrough();  // which those below inherit
    parser_ = std::make_unique<Parser>(Parser{std::move(whole), app, nullptr, {}, {}});
}

Arguments::Arguments(std::unique_ptr<Parser> parser) : parser_(std::move(parser)) {}

Arguments::~Arguments() = default;

Option Arguments::add(std::string names, ValueTarget target, std::string help) {
    CLI::Option* const option =
        std::visit([&](auto variable) { return parser_->app.add_option(std::move(names), variable.get(), std::move(help)); }, target);
    return Option(parser_->options.emplace_back(*option));
}

Option Arguments::option(std::string_view form, ValueTarget target, std::string help) {
    const std::size_t space = form.find(' ');
    if (space == std::string_view::npos) throw std::logic_error("an option's value needs a name: " + std::string(form));
    const Option added = add(std::string(form.substr(0, space)), target, std::move(help));
    added.impl_->option.type_name(std::string(form.substr(space + 1)));
    return added;
}

Option Arguments::positional(std::string name, ValueTarget target, std::string help) {
    return add(std::move(name), target, std::move(help));
}

void Arguments::flag(std::string names, bool& target, std::string help) {
    parser_->app.add_flag(std::move(names), target, std::move(help));
}

Arguments& Arguments::subcommand(std::string name, std::string summary) {
    CLI::App& app = *parser_->app.add_subcommand(std::move(name), std::move(summary));
    auto below = std::make_unique<Parser>(Parser{nullptr, app, this, {}, {}});
    return *parser_->subcommands.emplace_back(new Arguments(std::move(below)));
}

void Arguments::require_subcommand() { parser_->app.require_subcommand(1); }

std::optional<ParseProblem> Arguments::parse(const std::vector<std::string>& words) {
    using Kind = ParseProblem::Kind;
    try {
        std::vector<std::string> reversed(words.rbegin(), words.rend());  // as the library wants them
        parser_->app.parse(reversed);
        return std::nullopt;
    } catch (const CLI::ExtrasError& error) {
        return ParseProblem{Kind::words_left_over, error.what()};
    } catch (const CLI::RequiredError& error) {
        return ParseProblem{Kind::something_required, error.what()};
    } catch (const CLI::ParseError& error) {
        return ParseProblem{Kind::other, error.what()};
    }
}

bool Arguments::parsed() const { return parser_->app.parsed(); }

const Arguments* Arguments::chosen() const {
    const std::vector<CLI::App*> named = parser_->app.get_subcommands();  // without what stood behind "--", which has been parsed as well
    if (named.empty()) return nullptr;
    const auto is_first = [&](const auto& below) { return &below->parser_->app == named.front(); };
    return std::ranges::find_if(parser_->subcommands, is_first)->get();
}

std::vector<std::string> Arguments::remaining() const { return parser_->app.remaining(); }

const std::string& Arguments::name() const { return parser_->app.get_name(); }

std::string Arguments::summary() const { return parser_->app.get_description(); }

std::vector<OptionDescription> Arguments::options() const {
    std::vector<OptionDescription> descriptions;
    for (const CLI::Option* option : std::as_const(parser_->app).get_options()) {
        OptionDescription description;
        for (const std::string& name : option->get_lnames()) description.names.push_back("--" + name);
        for (const std::string& name : option->get_snames()) description.names.push_back("-" + name);
        description.value = option->get_positional() ? option->get_single_name() : option->get_type_name();
        description.help = option->get_description();
        description.takes_value = option->get_items_expected_max() != 0;
        description.is_repeatable = option->get_items_expected_max() > 1;
        descriptions.push_back(std::move(description));
    }
    return descriptions;
}

std::vector<std::string> Arguments::long_names() const {
    std::vector<std::string> names;
    for (const OptionDescription& option : options()) {
        for (const std::string& name : option.names) {
            if (name.starts_with("--")) names.push_back(name);
        }
    }
    return names;
}

std::vector<const Arguments*> Arguments::subcommands() const {
    std::vector<const Arguments*> all;
    for (const auto& below : parser_->subcommands) all.push_back(below.get());
    return all;
}

const Arguments& Arguments::root() const { return parser_->parent == nullptr ? *this : parser_->parent->root(); }

}  // namespace assay
