#pragma once

#include <cstdint>
#include <random>

namespace assay::simulation {

/// The one source of chance: the same seed gives the same simulation on every machine.
class Random {
public:
    explicit Random(std::uint64_t seed) : engine_(seed) {}
    std::uint64_t next() { return engine_(); }
    /// A number below `bound`, which is not 0.
    std::uint64_t below(std::uint64_t bound) { return engine_() % bound; }
    bool one_in(std::uint64_t bound) { return below(bound) == 0; }

private:
    std::mt19937_64 engine_;
};

}  // namespace assay::simulation
