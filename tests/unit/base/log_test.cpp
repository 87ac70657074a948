#include "base/log.hpp"

#include "base/clock.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "tests/support/captured_stderr.hpp"
#include "tests/support/result.hpp"

#include <algorithm>

namespace assay::test {

TEST_CASE("a log line is one object of JSON with time, level and event first and the fields as they were given") {
    const CapturedStderr captured;
    log(LogLevel::warning, "blob corrupt",
        {{"zebra", std::string("z")}, {"count", std::int64_t{-3}}, {"share", 0.25}, {"marked", true}, {"empty", std::string()}});
    const std::string line = captured.text();
    const std::string start = R"({"time":")";
    REQUIRE(line.starts_with(start));
    const std::size_t end = line.find('"', start.size());
    CHECK(Timestamp::parse(line.substr(start.size(), end - start.size())));
    CHECK(line.substr(end) == R"(","level":"warning","event":"blob corrupt","zebra":"z","count":-3,"share":0.25,"marked":true,"empty":""})"
                              "\n");
}

TEST_CASE("nothing in a field can end its line or its string") {
    const CapturedStderr captured;
    log(LogLevel::error, "event", {{"text", std::string("a\nb\"c\\ {} %v \x01 \xff end")}});
    const std::string text = captured.text();
    CHECK(std::ranges::count(text, '\n') == 1);
    CHECK(is_utf8(text));
    const Json line = must(parse_json(text));
    CHECK(line.at("text").get<std::string>().starts_with("a\nb\"c\\ {} %v \x01 "));
    CHECK(line.at("text").get<std::string>().ends_with(" end"));
}

TEST_CASE("what is below the level is dropped, and info is the level at the start") {
    const CapturedStderr captured;
    const auto log_all = [] {
        for (const LogLevel level : {LogLevel::debug, LogLevel::info, LogLevel::warning, LogLevel::error}) log(level, "event");
    };
    const auto levels = [&captured, before = std::size_t{0}]() mutable {
        std::string found;
        const std::string text = captured.text();
        for (const std::string& line : split(std::string_view(text).substr(before), '\n')) {
            if (!line.empty()) found += must(parse_json(line)).at("level").get<std::string>() + " ";
        }
        before = text.size();
        return found;
    };
    auto seen = levels;
    log_all();
    CHECK(seen() == "info warning error ");
    set_log_level(LogLevel::error);
    log_all();
    CHECK(seen() == "error ");
    set_log_level(LogLevel::debug);
    log_all();
    CHECK(seen() == "debug info warning error ");
    set_log_level(LogLevel::info);
}

}  // namespace assay::test
