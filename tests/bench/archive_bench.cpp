// How long does it take to read an archive from memory? Beside it memcpy of the same bytes: into memory that is there already, and into
// memory that the system must first give (as reading an archive asks for it).
//
//   build/release/archive_bench [MIB]       256 MiB of doubles in one matrix
#include "base/json.hpp"
#include "clients/cpp/archive.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstring>
#include <functional>
#include <memory>
#include <string_view>
#include <vector>

namespace {

constexpr int repetitions = 9;

double median_seconds(const std::function<void()>& work) {
    std::vector<double> seconds;
    for (int i = 0; i < repetitions; ++i) {
        const auto start = std::chrono::steady_clock::now();
        work();
        seconds.push_back(std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
    }
    std::ranges::sort(seconds);
    return seconds[seconds.size() / 2];
}

}  // namespace

int main(int argc, char** argv) {
    std::size_t mib = 256;
    if (argc > 1) {
        const std::string_view text = argv[1];
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), mib);
        if (error != std::errc() || end != text.data() + text.size() || mib == 0 || argc > 2) {
            fmt::print(stderr, "usage: archive_bench [MIB]\n");
            return 2;
        }
    }
    const auto rows = static_cast<Eigen::Index>(mib * 128);  // of 1,024 doubles
    assay::Archive archive("bench/1");
    archive.put_matrix("weights", Eigen::MatrixXd::Random(rows, 1024));
    const auto bytes = assay::to_bytes(archive);
    if (!bytes) {
        fmt::print(stderr, "{}", describe(bytes.error()));
        return 1;
    }

    double seen = 0;  // so that no copy is left out
    const auto look = [&](const void* copy) { seen += static_cast<const unsigned char*>(copy)[bytes->size() / 2]; };
    const auto place = std::make_unique<char[]>(bytes->size());  // NOLINT(modernize-avoid-c-arrays): memory that is there
    const double warm = median_seconds([&] {
        std::memcpy(place.get(), bytes->data(), bytes->size());
        look(place.get());
    });
    const double fresh = median_seconds([&] {
        const auto memory = std::make_unique_for_overwrite<char[]>(bytes->size());  // NOLINT(modernize-avoid-c-arrays)
        std::memcpy(memory.get(), bytes->data(), bytes->size());
        look(memory.get());
    });
    bool equal = true;
    const auto read = [&](assay::NonFinite non_finite) {
        return median_seconds([&] {
            const auto loaded = assay::parse_archive(*bytes, non_finite);
            if (!loaded) {
                equal = false;
                return;
            }
            look(std::get<assay::ArchiveNumbers>(loaded->values().at("weights")).values.get());
        });
    };
    const double strict = read(assay::NonFinite::refuse);
    const double lenient = read(assay::NonFinite::allow);
    const auto loaded = assay::parse_archive(*bytes);
    if (loaded) {
        const auto written = assay::to_bytes(*loaded);
        equal = equal && written && *written == *bytes;
    }

    const double gigabytes = static_cast<double>(bytes->size()) / 1e9;
    const auto line = [&](std::string_view what, double seconds) {
        fmt::print("{:<40} {:>7.1f} ms {:>6.2f} GB/s {:>9.2f} {:>9.2f}\n", what, seconds * 1e3, gigabytes / seconds, seconds / fresh,
                   seconds / warm);
    };
    fmt::print("{} MiB in one matrix, median of {}; at the end: times memcpy into memory from the system, and into memory that is there\n",
               mib, repetitions);
    line("memcpy into memory that is there", warm);
    line("memcpy into memory from the system", fresh);
    line("read, every number found finite", strict);
    line("read, NaN allowed", lenient);
    fmt::print("{}\n", assay::to_text(assay::Json{{"bytes", bytes->size()},
                                                  {"equal", equal},
                                                  {"looked_at", seen},
                                                  {"memcpy_warm_s", warm},
                                                  {"memcpy_fresh_s", fresh},
                                                  {"read_s", strict},
                                                  {"read_nan_allowed_s", lenient},
                                                  {"ratio_fresh", strict / fresh},
                                                  {"ratio_warm", strict / warm}}));
    return equal ? 0 : 1;
}
