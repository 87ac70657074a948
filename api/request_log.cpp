#include "api/request_log.hpp"

#include "base/log.hpp"

namespace assay {

void record_request(const RequestRecord& record, Metrics& metrics) {
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - record.began).count();
    metrics.count_request(record.method, record.route, record.status, seconds, record.bytes_in, record.bytes_out);
    LogFields fields = {{"request_id", record.id},
                        {"method", record.method},
                        {"route", record.route},
                        {"status", std::int64_t{record.status}},
                        {"bytes_in", static_cast<std::int64_t>(record.bytes_in)},
                        {"bytes_out", static_cast<std::int64_t>(record.bytes_out)},
                        {"milliseconds", static_cast<double>(static_cast<std::int64_t>(seconds * 1e6)) / 1e3},
                        {"remote", record.remote}};
    if (!record.code.empty()) fields.emplace_back("code", record.code);
    if (record.cut) fields.emplace_back("cut", true);
    log(LogLevel::info, "request", fields);
}

}  // namespace assay
