#include "api/serve.hpp"

#include "base/log.hpp"
#include "base/text.hpp"
#include "clients/cli/arguments.hpp"
#include "clients/cli/command.hpp"
#include "clients/cpp/local_file.hpp"

#include <fmt/format.h>

#include <csignal>
#include <map>

#include <pthread.h>

namespace assay {

namespace {

struct ServeFlags {
    std::string listen = "127.0.0.1:8080";
    std::string policy;
    std::string log_level = "info";
    std::int64_t upload_expiry = 24;
    std::optional<std::int64_t> upload_limit;
    std::optional<std::int64_t> replay_every;
    std::string undeclared = "allow";
    ServeOptions serve;
};

/// "HOST:PORT", "[::1]:8080" or "PORT".
Result<void> read_listen(const std::string& text, ServeOptions& options) {
    const std::size_t colon = text.rfind(':');
    std::string host = colon == std::string::npos ? options.host : text.substr(0, colon);
    const auto port = parse_integer(colon == std::string::npos ? text : text.substr(colon + 1));
    if (host.size() > 2 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
    if (host.empty() || !port || *port < 0 || *port > 65535) {
        return fail(
            Error(ErrorKind::invalid, "invalid-listen-address", fmt::format("'{}' is no address to listen on", printable(text, 200)))
                .with_fix("write HOST:PORT, such as 127.0.0.1:8080; port 0 takes a free one"));
    }
    options.host = host;
    options.port = static_cast<int>(*port);
    return {};
}

bool is_loopback(const std::string& host) { return host == "localhost" || host == "::1" || host.starts_with("127."); }

Result<ExitCode> run(CommandContext& context, ServeFlags flags) {
    static const std::map<std::string, LogLevel> levels = {
        {"debug", LogLevel::debug}, {"info", LogLevel::info}, {"warning", LogLevel::warning}, {"error", LogLevel::error}};
    const auto level = levels.find(flags.log_level);
    if (level == levels.end()) return fail(ErrorKind::invalid, "invalid-log-level", "--log-level must be debug, info, warning or error");
    set_log_level(level->second);
    TRY(read_listen(flags.listen, flags.serve));
    if (flags.undeclared != "allow" && flags.undeclared != "refuse")
        return fail(ErrorKind::invalid, "invalid-option", "--undeclared-environment must be allow or refuse");
    flags.serve.refuse_undeclared = flags.undeclared == "refuse";
    if (!flags.policy.empty()) {
        TRY_ASSIGN(const std::string text, read_text_file(flags.policy, std::size_t{1} << 20U));
        auto policy = read_policy(text);
        if (!policy) return fail(std::move(policy).error().with_context("reading " + flags.policy));
        flags.serve.policy = *policy;
    }
    flags.serve.upload_expiry = std::chrono::hours(flags.upload_expiry);
    if (flags.replay_every) flags.serve.replay_every = std::chrono::hours(*flags.replay_every);
    if (flags.upload_limit) flags.serve.upload_limit_bytes = static_cast<std::uint64_t>(*flags.upload_limit) << 30U;
    Output& output = context.output();

    // Blocked before any thread starts, so that every thread inherits it and only sigwait() sees them.
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);

    TRY(serve(
        flags.serve,
        [&](int port) {
            const std::string host = flags.serve.host.find(':') == std::string::npos ? flags.serve.host : "[" + flags.serve.host + "]";
            const std::string url = fmt::format("http://{}:{}", host, port);
            if (!is_loopback(flags.serve.host)) {
                output.warn(
                    fmt::format("{} can be reached from other machines, and this server asks nobody who they are: anyone there can read, "
                                "register and delete",
                                flags.serve.host));
            }
            if (output.json()) {
                output.write_json({{"listening", url}, {"data", flags.serve.data}});
            } else {
                output.write_line("listening on " + url);
            }
        },
        [&] {
            int received = 0;
            sigwait(&signals, &received);
        }));
    return ExitCode::ok;
}

}  // namespace

Command serve_command() {
    return {"serve", "Run the server on a data directory", [](Arguments& arguments) -> Run {
                auto flags = std::make_shared<ServeFlags>();
                arguments.option("--listen HOST:PORT", flags->listen, "Address and port; port 0 takes a free one");
                arguments.option("--data DIR", flags->serve.data, "Data directory; made when it is not there");
                arguments.option("--policy FILE", flags->policy, "What registration insists on (TOML)");
                arguments.option("--allowed-host NAME", flags->serve.allowed_hosts, "Another name by which clients may call this server");
                arguments.flag("--require-facts", flags->serve.require_facts,
                               "Fail registrations by MLflow's clients that lack required facts");
                arguments.option("--undeclared-environment TEXT", flags->undeclared,
                                 "Clients of MLflow that do not name theirs: allow or refuse");
                arguments.flag("--allow-raw-blobs", flags->serve.allow_raw_blobs, "Hand out blobs without the gate, for replication");
                arguments.flag("--allow-volatile", flags->serve.allow_volatile, "Accept a data directory that a power cut erases (tmpfs)");
                arguments.option("--replay-every HOURS", flags->replay_every, "Let every version answer its sample again so often")
                    .range(1, 24 * 365);
                arguments.option("--upload-expiry HOURS", flags->upload_expiry, "Drop an unfinished upload so long after its last byte")
                    .range(1, 24 * 365);
                arguments.option("--upload-limit GIB", flags->upload_limit, "What unfinished uploads may announce, all together")
                    .range(1, 1 << 20);
                arguments.option("--log-level debug|info|warning|error", flags->log_level, "debug, info, warning or error");
                return [flags](CommandContext& context) { return run(context, *flags); };
            }};
}

}  // namespace assay
