#include "base/text.hpp"
#include "clients/cli/arguments.hpp"
#include "clients/cli/candidates.hpp"
#include "clients/cli/command.hpp"
#include "embedded/embedded_completions.hpp"

#include <fmt/format.h>

#include <array>
#include <chrono>
#include <future>
#include <thread>

namespace assay {

namespace {

using Steady = std::chrono::steady_clock;

/// A person waits with a finger on the key: whatever the server does, all questions together end after this.
constexpr std::chrono::milliseconds patience{900};

struct Shell {
    const char* name;
    const char* summary;
    std::string_view file;
};

constexpr std::array<Shell, 3> shells = {{{"bash", "The script for bash", "assay.bash"},
                                          {"zsh", "The script for zsh", "_assay"},
                                          {"fish", "The script for fish", "assay.fish"}}};

Result<ExitCode> print_script(Output& output, std::string_view shell, std::string_view file) {
    for (const EmbeddedFile& script : embedded_completions()) {
        if (script.name != file) continue;
        if (output.json())
            output.write_json({{"shell", shell}, {"script", script.bytes}});
        else
            output.write(script.bytes);
        return ExitCode::ok;
    }
    return fail(ErrorKind::internal, "no-script", fmt::format("this build has no script for {}", shell));
}

Json answer_of(HttpClient& client, const std::string& target, Steady::time_point deadline) {
    HttpRequest request;
    request.target = target;
    request.patience = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Steady::now());
    const auto response = client.send(request);
    if (!response || response->status != 200) return nullptr;
    return parse_json(response->body).value_or(Json());
}

/// Asks in a thread of its own, because looking up a host's name cannot be told to hurry. A thread that is left behind touches only what
/// it owns, and ends with the process.
AskServer server_of(CommandContext& context) {
    auto client = context.connect();
    if (!client) return [](const std::string&) { return Json(); };
    const auto deadline = Steady::now() + patience;
    return [client = std::shared_ptr<HttpClient>(*std::move(client)), deadline](const std::string& target) -> Json {
        std::promise<Json> promise;
        auto answer = promise.get_future();
        if (Steady::now() >= deadline) return nullptr;
        std::thread([client, target, deadline, promise = std::move(promise)]() mutable {
            promise.set_value(answer_of(*client, target, deadline));
        }).detach();
        return answer.wait_until(deadline) == std::future_status::ready ? answer.get() : Json();
    };
}

Result<ExitCode> print_candidates(CommandContext& context, const Arguments& whole, const std::vector<std::string>& words) {
    const Candidates found = candidates_for(whole, words, server_of(context));
    Output& output = context.output();
    if (output.json()) {
        Json items = Json::array();
        for (const Candidate& candidate : found.words) items.push_back({{"word", candidate.word}, {"help", candidate.help}});
        output.write_json({{"paths", to_string(found.paths)}, {"items", items}});
        return ExitCode::ok;
    }
    std::string text = std::string(to_string(found.paths)) + "\n";
    for (const Candidate& candidate : found.words) {
        if (printable(candidate.word, 1000) != candidate.word) continue;  // a line is one word
        text += candidate.word + (candidate.help.empty() ? "" : "\t" + printable(candidate.help, 200)) + "\n";
    }
    output.write(text);
    return ExitCode::ok;
}

}  // namespace

Command completion_command() {
    return {"completion", "A script that completes commands, options and names in your shell",
            [](Arguments& arguments) -> Run {
                arguments.require_subcommand();
                std::vector<const Arguments*> shell_forms;
                shell_forms.reserve(shells.size());
                for (const Shell& shell : shells) shell_forms.push_back(&arguments.subcommand(shell.name, shell.summary));
                auto words = std::make_shared<std::vector<std::string>>();
                Arguments& candidates_form = arguments.subcommand("candidates", "What may follow on a line; the scripts ask this");
                candidates_form.positional("WORD", *words, "The line up to the cursor, without the program's name");
                return [shell_forms, words, &arguments](CommandContext& context) -> Result<ExitCode> {
                    for (std::size_t i = 0; i < shells.size(); ++i) {
                        if (shell_forms[i]->parsed()) return print_script(context.output(), shells[i].name, shells[i].file);
                    }
                    return print_candidates(context, arguments.root(), *words);
                };
            },
            Needs::nothing};
}

}  // namespace assay
