#pragma once

#include "clients/cli/config.hpp"
#include "clients/cli/environment.hpp"
#include "clients/cli/exit_code.hpp"
#include "clients/cli/output.hpp"
#include "clients/cpp/connection.hpp"

#include <functional>
#include <istream>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace assay {

class Arguments;

/// What a running command has: its configuration, its voice and, once it asks for it, the server.
class CommandContext {
public:
    using Variables = std::function<std::optional<std::string>(std::string_view)>;
    using Connect = std::function<Result<std::unique_ptr<HttpClient>>(std::string_view url)>;

    CommandContext(Config config, Output& output, Variables variables, Connect connect, std::istream& input, bool input_is_terminal,
                   std::optional<Error> config_problem = {})
        : config_(std::move(config)),
          config_problem_(std::move(config_problem)),
          output_(output),
          variables_(std::move(variables)),
          connect_(std::move(connect)),
          input_(input),
          input_is_terminal_(input_is_terminal) {}

    [[nodiscard]] const Config& config() const { return config_; }
    /// What was wrong with a configuration file, for a command that runs all the same (Needs::nothing); config() then has what is left
    /// without the files.
    [[nodiscard]] const std::optional<Error>& config_problem() const { return config_problem_; }
    [[nodiscard]] Output& output() { return output_; }
    [[nodiscard]] const Variables& variables() const { return variables_; }
    /// The connection to the configured server, made at the first call (no byte is sent yet). Lives as long as the CommandContext.
    [[nodiscard]] Result<Connection*> server();
    /// A client of the configured server that repeats nothing and adds nothing; the caller's own.
    [[nodiscard]] Result<std::unique_ptr<HttpClient>> connect() const { return connect_(config_.url); }
    /// True when the command failed because the server said so.
    [[nodiscard]] bool refused_by_server() const { return connection_ && connection_->refused_by_server(); }
    /// Asks the person at the terminal ("Delete churn@3?"); `invalid` (code "not-confirmed"), with the question in its message, when nobody
    /// is there or the answer is no.
    [[nodiscard]] Result<void> confirm(std::string_view question);

private:
    Config config_;
    std::optional<Error> config_problem_;
    Output& output_;
    Variables variables_;
    Connect connect_;
    std::istream& input_;
    bool input_is_terminal_;
    std::unique_ptr<Connection> connection_;
};

using Run = std::function<Result<ExitCode>(CommandContext&)>;

/// What a command cannot run without: a configuration that can be read, or nothing.
enum class Needs { configuration, nothing };

/// One command: one file (push.cpp) and one manual page (push.md).
struct Command {
    std::string_view name;
    std::string_view summary;  ///< one line for the overview
    /// Declares options and arguments and returns what runs after parsing; the options live in the returned closure.
    std::function<Run(Arguments&)> declare;
    Needs needs = Needs::configuration;
};

/// Every command, in the order of the overview.
[[nodiscard]] std::span<const Command> commands();
/// The manual page of a command as Markdown; absent when there is none of that name.
[[nodiscard]] std::optional<std::string_view> page_of(std::string_view command);
/// What a command declares and its page must therefore name: "--metric", "assay alias set".
[[nodiscard]] std::vector<std::string> declared_names(const Command& command);
/// The forms of a command as its page gives them under "Synopsis": "assay alias set NAME ALIAS VERSION".
[[nodiscard]] std::vector<std::string> synopsis_of(std::string_view command);
/// The command that a word stands for: another tool's name for it ("pull" is fetch), else the nearest in spelling; absent when none is
/// near.
[[nodiscard]] std::optional<std::string> nearest_command(std::string_view word);

[[nodiscard]] Command serve_command();
[[nodiscard]] Command push_command();
[[nodiscard]] Command fetch_command();
[[nodiscard]] Command show_command();
[[nodiscard]] Command list_command();
[[nodiscard]] Command search_command();
[[nodiscard]] Command diff_command();
[[nodiscard]] Command inspect_command();
[[nodiscard]] Command predict_command();
[[nodiscard]] Command convert_command();
[[nodiscard]] Command trust_command();
[[nodiscard]] Command check_command();
[[nodiscard]] Command replay_command();
[[nodiscard]] Command import_command();
[[nodiscard]] Command export_command();
[[nodiscard]] Command proofs_command();
[[nodiscard]] Command runnable_command();
[[nodiscard]] Command impact_command();
[[nodiscard]] Command waiver_command();
[[nodiscard]] Command lineage_command();
[[nodiscard]] Command alias_command();
[[nodiscard]] Command tag_command();
[[nodiscard]] Command log_command();
[[nodiscard]] Command lock_command();
[[nodiscard]] Command verify_command();
[[nodiscard]] Command env_command();
[[nodiscard]] Command rules_command();
[[nodiscard]] Command rm_command();
[[nodiscard]] Command undelete_command();
[[nodiscard]] Command gc_command();
[[nodiscard]] Command fsck_command();
[[nodiscard]] Command rebuild_command();
[[nodiscard]] Command doctor_command();
[[nodiscard]] Command completion_command();
[[nodiscard]] Command help_command();

}  // namespace assay
