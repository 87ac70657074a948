#include "base/clock.hpp"
#include "base/text.hpp"
#include "base/version.hpp"
#include "clients/cli/doctor.hpp"
#include "clients/cpp/answer.hpp"
#include "storage/sql/migrate.hpp"

#include <fmt/format.h>

#include <chrono>
#include <ctime>

namespace assay {

namespace {

constexpr std::chrono::seconds patience_with_server{5};

/// Seconds since 1970 of an HTTP date, "Sat, 28 Nov 2026 18:34:33 GMT".
std::optional<std::int64_t> seconds_of(const std::string& date) {
    std::tm time{};
    const char* end = ::strptime(date.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &time);
    if (end == nullptr || *end != '\0') return std::nullopt;
    return ::timegm(&time);
}

/// The number of the newest migration that this build brings: "0007_search.sql" is 7.
std::int64_t newest_schema() {
    if (embedded_migrations().empty()) return 0;
    return parse_integer(embedded_migrations().back().name.substr(0, 4)).value_or(0);
}

Diagnosis judge_identity(const Json& server) {
    const std::string version = text_of(server, "version");
    const auto schema = integer_of(server, "schema").value_or(0);
    const std::string says =
        fmt::format("Assay {}, API {}, schema {}; this is Assay {}", version, text_of(server, "api"), schema, assay_version);
    if (text_of(server, "api") != "v1")
        return {Health::fail, "versions", says, "this command speaks the API v1 only", "use the release of Assay that the server has"};
    if (version != assay_version)
        return {Health::warn, "versions", says, "the two releases may not know the same things", "install the same release on both"};
    if (schema != newest_schema())
        return {Health::warn, "versions", says, fmt::format("this build brings the schema {}", newest_schema()),
                "install the same build on both"};
    return {Health::ok, "versions", says};
}

std::optional<Diagnosis> judge_disk(const Json& disk) {
    const auto free_bytes = integer_of(disk, "free_bytes");
    const auto total_bytes = integer_of(disk, "total_bytes");
    if (!free_bytes || !total_bytes) return std::nullopt;
    return judge_space(static_cast<std::uint64_t>(*free_bytes), static_cast<std::uint64_t>(*total_bytes));
}

}  // namespace

std::vector<Diagnosis> examine_server(CommandContext& context) {
    using Steady = std::chrono::steady_clock;
    const std::string url = printable(context.config().url, 300);
    const auto client = context.connect();
    if (!client) return {failed("server", client.error())};
    const auto ask = [&](const char* target) {
        HttpRequest request;
        request.target = target;
        request.patience = patience_with_server;
        return (*client)->send(request);
    };
    auto answer = ask("/v1/server");
    if (!answer) return {failed("server", answer.error())};
    const Json server = parse_json(answer->body).value_or(Json());
    if (answer->status != 200 || text_of(server, "name") != "assay") {
        return {{Health::fail, "server", "what answers at " + url + " is no Assay server",
                 fmt::format("GET /v1/server gave status {} and {}", answer->status,
                             server.is_object() ? "does not say name: assay" : "no JSON object"),
                 "name Assay's own address: --url, ASSAY_URL, or url in assay.toml"}};
    }
    // Asked again on the open connection: the first question paid for making it.
    const std::int64_t before = SystemClock().now().microseconds;
    const auto begin = Steady::now();
    answer = ask("/readyz");
    const std::chrono::duration<double, std::milli> took = Steady::now() - begin;
    const std::int64_t after = SystemClock().now().microseconds;
    if (!answer) return {failed("server", answer.error())};

    std::vector<Diagnosis> findings;
    if (answer->status == 200)
        findings.push_back({Health::ok, "server", fmt::format("{} answers in {:.1f} ms", url, took.count())});
    else
        findings.push_back({Health::fail, "server", url + " answers, and is not ready",
                            fmt::format("/readyz gave status {}", answer->status), "its log says why"});
    findings.push_back(judge_identity(server));
    if (const auto date = seconds_of(answer->header("Date").value_or("")))
        findings.push_back(judge_clock(static_cast<double>(before + after) / 2e6 - (static_cast<double>(*date) + 0.5)));
    else
        findings.push_back(
            {Health::warn, "clock", "the server does not tell its time", "its answer has no Date", "is there a proxy that takes it away?"});
    const Json& disk = member(server, "disk");
    if (const std::string name = text_of(disk, "file_system"); !name.empty()) findings.push_back(judge_file_system(name));
    if (auto space = judge_disk(disk)) findings.push_back(*std::move(space));
    return findings;
}

}  // namespace assay
