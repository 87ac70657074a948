#include "base/log.hpp"

#include "base/clock.hpp"
#include "base/json.hpp"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <memory>

namespace assay {

namespace {

spdlog::level::level_enum to_spdlog(LogLevel level) {
    switch (level) {
        case LogLevel::debug: return spdlog::level::debug;
        case LogLevel::info: return spdlog::level::info;
        case LogLevel::warning: return spdlog::level::warn;
        case LogLevel::error: return spdlog::level::err;
    }
    return spdlog::level::info;
}

std::string_view name_of(LogLevel level) {
    switch (level) {
        case LogLevel::debug: return "debug";
        case LogLevel::info: return "info";
        case LogLevel::warning: return "warning";
        case LogLevel::error: return "error";
    }
    return "info";
}

spdlog::logger& logger() {
    static const std::shared_ptr<spdlog::logger> instance = [] {
        auto made = std::make_shared<spdlog::logger>("assay", std::make_shared<spdlog::sinks::stderr_sink_mt>());
        made->set_pattern("%v");
        made->flush_on(spdlog::level::debug);
        return made;
    }();
    return *instance;
}

void append(std::string& line, std::string_view text) {
    const bool plain = std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~' && c != '"' && c != '\\'; });
    if (plain)  // as nearly every text of a log is
        (line += '"').append(text) += '"';
    else
        line += to_text(Json(std::string(text)));
}
void append(std::string& line, std::int64_t number) { line += std::to_string(number); }
void append(std::string& line, double number) { line += to_text(Json(number)); }
void append(std::string& line, bool flag) { line += flag ? "true" : "false"; }

}  // namespace

void log(LogLevel level, std::string_view event, const LogFields& fields) {
    if (!logger().should_log(to_spdlog(level))) return;
    // Written by hand so that the order of the fields is that of the caller, not the alphabet's.
    std::string line = R"({"time":")" + SystemClock().now().to_string() + R"(","level":")" + std::string(name_of(level)) + R"(","event":)";
    append(line, event);
    for (const auto& [name, value] : fields) {
        line += ',';
        append(line, name);
        line += ':';
        std::visit([&line](const auto& held) { append(line, held); }, value);
    }
    line += '}';
    logger().log(to_spdlog(level), fmt::string_view("{}"), line);
}

void set_log_level(LogLevel level) { logger().set_level(to_spdlog(level)); }

}  // namespace assay
