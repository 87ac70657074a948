// Durable writes and point reads of the metadata database, beside what the disk itself does in the same run.
// Prints one JSON object a line. Run: build/release/database_bench [DIRECTORY] (default: the current one, which
// must not be a tmpfs); about 10 seconds.
#include "storage/sql/sqlite.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

namespace {

using assay::Database;
using assay::Result;
using assay::Row;
using assay::SqlSession;
using assay::SqlWrite;
using Seconds = std::chrono::duration<double>;
using SteadyClock = std::chrono::steady_clock;

constexpr int rounds = 3;
constexpr double seconds_per_measurement = 0.7;
constexpr int rows = 10'000;

[[noreturn]] void give_up(const std::string& what) {
    std::fprintf(stderr, "database_bench: %s\n", what.c_str());
    std::exit(1);
}
template <class T>
T must(Result<T> result) {
    if (!result) give_up(assay::describe(result.error()));
    return *std::move(result);
}

/// Calls `once(thread, i)` from `threads` threads until the time is up; gives calls per second.
template <class Once>
double per_second(int threads, Once once) {
    std::atomic<bool> stop = false;
    std::atomic<std::int64_t> calls = 0;
    std::vector<std::thread> running;
    const auto start = SteadyClock::now();
    for (int t = 0; t < threads; ++t) {
        running.emplace_back([&, t] {
            std::int64_t mine = 0;
            while (!stop) once(t, mine++);
            calls += mine;
        });
    }
    std::this_thread::sleep_for(Seconds(seconds_per_measurement));
    stop = true;
    for (std::thread& thread : running) thread.join();
    return static_cast<double>(calls) / Seconds(SteadyClock::now() - start).count();
}

/// The floor under every durable write: 4 KiB appended to a file, and fdatasync.
double raw_appends(const std::string& path) {
    const int file = ::open(path.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
    if (file < 0) give_up("cannot create " + path);
    const std::array<char, 4096> page{};
    const double rate = per_second(1, [&](int, std::int64_t) {
        const bool written = ::write(file, page.data(), page.size()) == static_cast<ssize_t>(page.size());
        if (!written || ::fdatasync(file) != 0) give_up("cannot write " + path);
    });
    ::close(file);
    ::unlink(path.c_str());
    return rate;
}

std::int64_t execute(Database& database, const std::string& sql, const assay::SqlValues& values = {}) {
    return must(database.write([&](SqlWrite& session) { return session.run(sql, values); }));
}

double durable_writes(Database& database, int threads) {
    static std::atomic<std::int64_t> run = 0;
    const std::string prefix = std::to_string(run++) + "/";
    const std::string document(400, 'd');
    return per_second(threads, [&](int thread, std::int64_t i) {
        (void)execute(database, "INSERT INTO written (name, number, document) VALUES ($1, $2, $3)",
                      {prefix + std::to_string(thread) + "/" + std::to_string(i), i, document});
    });
}

double point_reads(Database& database, int threads) {
    return per_second(threads, [&](int thread, std::int64_t i) {
        const std::int64_t number = (i * 7919 + thread * 104729) % rows;
        const auto found = must(database.read([&](SqlSession& session) {
            return session.first("SELECT document FROM stored WHERE name = $1 AND number = $2", {"model", number},
                                 [](const Row& row) { return row.text(0).size(); });
        }));
        if (found != std::size_t{400}) give_up("a row is missing");
    });
}

double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

}  // namespace

int main(int count, char** arguments) {
    namespace fs = std::filesystem;
    const fs::path directory = fs::absolute(count > 1 ? arguments[1] : ".") / ("database_bench." + std::to_string(::getpid()));
    fs::create_directories(directory);
    struct Cleanup {
        fs::path path;
        ~Cleanup() { fs::remove_all(path); }
    } const cleanup{directory};
    const auto database = must(assay::open_sqlite(directory / "bench.db"));
    execute(*database, "CREATE TABLE written (name TEXT PRIMARY KEY, number BIGINT, document TEXT)");
    execute(*database, "CREATE TABLE stored (name TEXT, number BIGINT, document TEXT, PRIMARY KEY (name, number))");
    (void)must(database->write([](SqlWrite& session) -> Result<int> {
        for (std::int64_t i = 0; i < rows; ++i) {
            TRY(session.run("INSERT INTO stored (name, number, document) VALUES ('model', $1, $2)", {i, std::string(400, 'd')}));
        }
        return 0;
    }));

    // Each round measures everything, so that a disk that changes its mind changes it for both sides of a ratio.
    std::vector<double> raw;
    std::vector<double> one;
    std::vector<double> many;
    std::vector<double> one_ratio;
    std::vector<double> many_ratio;
    std::vector<double> read;
    std::vector<double> read_many;
    for (int round = 0; round < rounds; ++round) {
        raw.push_back(raw_appends(directory / "raw"));
        one.push_back(durable_writes(*database, 1));
        many.push_back(durable_writes(*database, 32));
        one_ratio.push_back(one.back() / raw.back());
        many_ratio.push_back(many.back() / raw.back());
        read.push_back(point_reads(*database, 1));
        read_many.push_back(point_reads(*database, 4));
    }
    const auto print = [](const char* row, double value, double ratio) {
        std::printf("{\"row\":\"%s\",\"per_second\":%.0f", row, value);
        if (ratio > 0) std::printf(",\"against_raw_append\":%.2f", ratio);
        std::puts("}");
    };
    print("raw append 4 KiB + fdatasync", median(raw), 0);
    print("durable write, 1 thread", median(one), median(one_ratio));
    print("durable write, 32 threads", median(many), median(many_ratio));
    print("point read in a snapshot of its own, 1 thread", median(read), 0);
    print("point read in a snapshot of its own, 4 threads", median(read_many), 0);
}
