#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

// What may stand on a line: options, flags, positional arguments and subcommands. The library that parses them is seen by arguments.cpp
// alone, because reading its header takes as long as compiling the rest of a command.

namespace assay {

/// The variable that a value is written into; it keeps what it holds when the line has none. A vector takes every word up to the next
/// option.
using ValueTarget = std::variant<std::reference_wrapper<std::string>, std::reference_wrapper<std::optional<std::string>>,
                                 std::reference_wrapper<std::vector<std::string>>, std::reference_wrapper<std::int64_t>,
                                 std::reference_wrapper<std::optional<std::int64_t>>, std::reference_wrapper<std::size_t>>;

/// What is wrong with a value, in words; empty when nothing is.
using ValueCheck = std::function<std::string(const std::string& value)>;

/// An option or a positional argument, of which more can be said. A handle: it lives as long as the Arguments that declared it.
class Option {
public:
    Option required();
    Option check(ValueCheck check);
    /// A whole number, both ends included.
    Option range(int least, int most);
    /// How many values a vector takes.
    Option expected(int least, int most);
    /// A vector takes one value each time that the option is named: "--tag a=1 --tag b=2".
    Option one_value_each();
    /// May be given only together with `other`, or only without it.
    Option needs(const Option& other);
    Option excludes(const Option& other);

private:
    friend class Arguments;
    struct Impl;
    explicit Option(Impl& impl) : impl_(&impl) {}
    Impl* impl_;
};

/// An option, a flag or a positional argument as it was declared.
struct OptionDescription {
    std::vector<std::string> names;  ///< "--output", "-o"; empty when it is positional
    std::string value;               ///< what its value is called: FILE, json|pip|conda
    std::string help;
    bool takes_value = false;  ///< false: a flag
    bool is_repeatable = false;

    [[nodiscard]] bool is_positional() const { return names.empty(); }
};

/// Why a line cannot be taken.
struct ParseProblem {
    enum class Kind { words_left_over, something_required, other };
    Kind kind = Kind::other;
    std::string message;  ///< the library's own sentence
};

/// What may stand behind a command's name, and, once the line is parsed, what stood there. The Arguments of the whole line own those of
/// their subcommands: a command may keep a reference to its own, as all of them live until it has run. Every option may also stand behind
/// the subcommands below it. A declaration that makes no sense (a name twice) throws.
class Arguments {
public:
    /// Those of the whole line of `program`, on which one subcommand may be named.
    explicit Arguments(std::string program);
    ~Arguments();
    Arguments(const Arguments&) = delete;
    Arguments& operator=(const Arguments&) = delete;

    /// `form` is its names and what its value is called: "-o,--output FOLDER". `target` must live until the line has been parsed.
    Option option(std::string_view form, ValueTarget target, std::string help);
    /// By its place among the positional arguments; `name` is what its value is called.
    Option positional(std::string name, ValueTarget target, std::string help);
    /// `names`: "-q,--quiet".
    void flag(std::string names, bool& target, std::string help);
    Arguments& subcommand(std::string name, std::string summary);
    /// One of the subcommands must be named.
    void require_subcommand();

    /// Parses a line without the program's name and writes into the targets; once, and for the whole line only. Absent when all is well.
    [[nodiscard]] std::optional<ParseProblem> parse(const std::vector<std::string>& words);
    /// True when this subcommand has got a part of the line.
    [[nodiscard]] bool parsed() const;
    /// The subcommand that was named; null when none was, or only behind "--".
    [[nodiscard]] const Arguments* chosen() const;
    /// The words that nothing took, in their order.
    [[nodiscard]] std::vector<std::string> remaining() const;

    [[nodiscard]] const std::string& name() const;
    [[nodiscard]] std::string summary() const;
    /// In the order of their declaration, as are the following.
    [[nodiscard]] std::vector<OptionDescription> options() const;
    /// "--output", of each option and flag.
    [[nodiscard]] std::vector<std::string> long_names() const;
    [[nodiscard]] std::vector<const Arguments*> subcommands() const;
    /// Those of the whole line.
    [[nodiscard]] const Arguments& root() const;

private:
    struct Parser;
    explicit Arguments(std::unique_ptr<Parser> parser);
    Option add(std::string names, ValueTarget target, std::string help);

    std::unique_ptr<Parser> parser_;
};

}  // namespace assay
