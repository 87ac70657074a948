#include "api/serve.hpp"

#include "api/http_server.hpp"
#include "api/http_server_listen.hpp"
#include "api/metrics.hpp"
#include "api/v1/routes.hpp"
#include "base/log.hpp"
#include "registry/open_registry.hpp"
#include "registry/restore.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

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

}  // namespace

Result<void> serve(const ServeOptions& options, const std::function<void(int port)>& listening, const std::function<void()>& wait) {
    raise_file_limit();
    TRY(check_listen_address(options.host, options.port));  // before a data directory is made for nothing
    TRY_ASSIGN(const auto opened, OpenRegistry::open(options.data, {.policy = options.policy, .allow_volatile = options.allow_volatile}));
    TRY(check_not_lost(opened->registry()));
    log(LogLevel::info, "data directory opened",
        {{"path", opened->directory().path()},
         {"file_system", opened->directory().file_system()},
         {"schema", std::int64_t{opened->schema()}},
         {"rules", opened->registry().rules.get()->name}});

    Metrics metrics;
    v1::Context context{opened->registry(), metrics, opened->schema(),
                        options.allow_raw_blobs ? v1::RawBlobs::allow : v1::RawBlobs::refuse};
    context.disk = [&directory = opened->directory()]() -> v1::Context::Disk {
        const auto as_optional = [](const Result<std::uint64_t>& bytes) { return bytes ? std::optional(*bytes) : std::nullopt; };
        return {directory.file_system(), as_optional(directory.free_bytes()), as_optional(directory.total_bytes())};
    };
    Router router;
    v1::add_routes(router, context);

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
