#include "api/serve.hpp"

#include "api/http_server.hpp"
#include "api/http_server_listen.hpp"
#include "api/metrics.hpp"
#include "api/mlflow/routes.hpp"
#include "api/v1/routes.hpp"
#include "base/log.hpp"
#include "registry/open_registry.hpp"
#include "registry/replay.hpp"
#include "registry/restore.hpp"
#include "registry/uploads.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <filesystem>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>

namespace assay {

namespace {

/// Every connection, blob and database handle is a descriptor, and the usual soft limit of 1,024 is below what the server takes on.
/// The hard limit is the operator's word; beyond max_files nothing here needs more.
void raise_file_limit() {
    constexpr rlim_t max_files = 65536;
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    const rlim_t wanted = std::min(limit.rlim_max, max_files);
    if (limit.rlim_cur >= wanted) return;
    const auto before = static_cast<std::int64_t>(limit.rlim_cur);
    limit.rlim_cur = wanted;
    if (::setrlimit(RLIMIT_NOFILE, &limit) != 0) {
        log(LogLevel::warning, "open files stay limited", {{"limit", before}, {"because", std::string(std::strerror(errno))}});
        return;
    }
    log(LogLevel::info, "open file limit raised", {{"from", before}, {"to", static_cast<std::int64_t>(wanted)}});
}

/// Drops expired uploads every now and then, until the end of its scope.
class UploadSweeper {
public:
    explicit UploadSweeper(Registry& registry) : thread_([this, &registry](const std::stop_token& stop) { run(registry, stop); }) {}

private:
    void run(Registry& registry, const std::stop_token& stop) {
        constexpr std::chrono::minutes between{10};
        std::unique_lock lock(mutex_);
        do {
            const auto swept = sweep_uploads(registry);
            if (!swept) log(LogLevel::error, "expired uploads stay", {{"because", swept.error().message}});
        } while (!stopped_.wait_for(lock, stop, between, [] { return false; }) && !stop.stop_requested());
    }

    std::mutex mutex_;
    std::condition_variable_any stopped_;
    std::jthread thread_;  ///< last: it uses the others
};

/// Lets every version answer its sample again every now and then, until the end of its scope. First when the time has passed once.
class ReplaySchedule {
public:
    ReplaySchedule(Registry& registry, Metrics& metrics, std::chrono::hours every)
        : thread_([this, &registry, &metrics, every](const std::stop_token& stop) { run(registry, metrics, every, stop); }) {}

private:
    void run(Registry& registry, Metrics& metrics, std::chrono::hours every, const std::stop_token& stop) {
        std::unique_lock lock(mutex_);
        while (!stopped_.wait_for(lock, stop, every, [] { return false; }) && !stop.stop_requested()) {
            const auto counts = replay_all(
                registry, [&] { return stop.stop_requested(); },
                [](const Replayed& replayed) {
                    log(LogLevel::error, "a version predicts otherwise than its sample says",
                        {{"version", replayed.row.model + "@" + std::to_string(replayed.row.version)},
                         {"state", std::string(to_string(replayed.row.state))}});
                });
            if (!counts) {
                log(LogLevel::error, "the versions were not replayed", {{"because", counts.error().message}});
                continue;
            }
            metrics.count("assay_replay_rounds_total", "Times that every version was replayed by schedule.");
            log(LogLevel::info, "every version replayed",
                {{"equal", counts->equal},
                 {"close", counts->close},
                 {"different", counts->different},
                 {"not_replayable", counts->not_replayable},
                 {"failed", counts->failed}});
        }
    }

    std::mutex mutex_;
    std::condition_variable_any stopped_;
    std::jthread thread_;  ///< last: it uses the others
};

/// What unfinished uploads may announce together, unless the operator says it: half of what is free when the server starts.
std::uint64_t default_upload_limit(const std::string& data) {
    std::error_code error;
    std::filesystem::path place = std::filesystem::absolute(data, error);
    // A data directory that is still to be made will be on the disk of the folder above it.
    while (!std::filesystem::exists(place, error) && place.has_relative_path()) place = place.parent_path();
    const auto space = std::filesystem::space(place, error);
    return error ? UploadLimits{}.bytes : space.available / 2;
}

}  // namespace

Result<void> serve(const ServeOptions& options, const std::function<void(int port)>& listening, const std::function<void()>& wait) {
    raise_file_limit();
    TRY(check_listen_address(options.host, options.port));  // before a data directory is made for nothing
    UploadLimits uploads;
    uploads.expiry = options.upload_expiry;
    uploads.bytes = options.upload_limit_bytes.value_or(default_upload_limit(options.data));
    TRY_ASSIGN(const auto opened,
               OpenRegistry::open(options.data, {.policy = options.policy, .allow_volatile = options.allow_volatile, .uploads = uploads}));
    TRY(check_not_lost(opened->registry()));
    log(LogLevel::info, "data directory opened",
        {{"path", opened->directory().path()},
         {"file_system", opened->directory().file_system()},
         {"schema", std::int64_t{opened->schema()}},
         {"rules", opened->registry().rules.name()}});

    const UploadSweeper sweeper(opened->registry());
    Metrics metrics;
    std::optional<ReplaySchedule> replays;
    if (options.replay_every) replays.emplace(opened->registry(), metrics, *options.replay_every);
    v1::Context context{opened->registry(), metrics, opened->schema(),
                        options.allow_raw_blobs ? v1::RawBlobs::allow : v1::RawBlobs::refuse};
    context.disk = [&directory = opened->directory()]() -> v1::Context::Disk {
        const auto as_optional = [](const Result<std::uint64_t>& bytes) { return bytes ? std::optional(*bytes) : std::nullopt; };
        return {directory.file_system(), as_optional(directory.free_bytes()), as_optional(directory.total_bytes())};
    };
    Router router;
    v1::add_routes(router, context);
    mlflow::Context mlflow_context{.registry = opened->registry(),
                                   .metrics = metrics,
                                   .require_facts = options.require_facts,
                                   .undeclared = options.refuse_undeclared ? mlflow::Undeclared::refuse : mlflow::Undeclared::allow};
    mlflow::add_routes(router, mlflow_context);

    ServerOptions server_options;
    server_options.host = options.host;
    server_options.port = options.port;
    server_options.allowed_hosts = options.allowed_hosts;
    HttpServer server(std::move(router), server_options, metrics);
    TRY(server.start());
    listening(server.port());
    wait();
    log(LogLevel::info, "stopping");
    server.stop();
    return {};
}

}  // namespace assay
