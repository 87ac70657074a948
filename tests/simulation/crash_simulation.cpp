// Cuts the power under the real store, thousands of times, on a disk that keeps only what was synced.
//
//   crash_simulation --quick                 a short run and every mutant (for the test script)
//   crash_simulation --all                   100,000 states without a violation, and every mutant caught
//   crash_simulation --states N --seed S     as many states as asked for; --mutant NAME makes a mistake on purpose
//
// Exit code 1 when a promise was broken, or a mutant was not caught. The same seed gives the same states.

#include "base/text.hpp"
#include "tests/simulation/crash_simulation/check.hpp"
#include "tests/simulation/crash_simulation/replay.hpp"
#include "tests/simulation/crash_simulation/workload.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <mutex>
#include <thread>

namespace assay::simulation {

namespace {

constexpr std::uint64_t states_per_life = 500;
constexpr std::uint64_t database_share = 5;  ///< of how many states one also reopens SQLite
constexpr std::uint64_t go_on_share = 4;     ///< of how many of those one also registers again
constexpr std::uint64_t opening_share = 20;  ///< of how many states one falls into the opening of an empty store
constexpr std::size_t kept_examples = 5;
constexpr std::array losses{Loss::all_dropped, Loss::all_kept, Loss::random_subset, Loss::torn};

struct Tally {
    std::uint64_t states = 0;
    std::uint64_t with_database = 0;
    std::uint64_t violations = 0;  ///< states with at least one broken promise
    std::uint64_t failed_lives = 0;  ///< that met an error before any power was cut: proves nothing about a cut
    std::uint64_t lives = 0;
    std::vector<std::string> examples;

    void add(const Tally& other) {
        states += other.states;
        with_database += other.with_database;
        violations += other.violations;
        failed_lives += other.failed_lives;
        lives += other.lives;
        for (const std::string& example : other.examples) {
            if (examples.size() < kept_examples) examples.push_back(example);
        }
    }
};

/// Seeds of the lives of one run, far apart for neighbours (splitmix64).
std::uint64_t mix(std::uint64_t seed, std::uint64_t number) {
    std::uint64_t value = seed + (number + 1) * 0x9E3779B97F4A7C15U;
    value = (value ^ (value >> 30U)) * 0xBF58476D1CE4E5B9U;
    value = (value ^ (value >> 27U)) * 0x94D049BB133111EBU;
    return value ^ (value >> 31U);
}

Loss some_loss(Random& random) { return losses[random.below(losses.size())]; }

/// Cuts the power at `states` places of a life, in order.
Tally crash(const Life& life, Promises promises, std::uint64_t states, Random& random, SimVfs& vfs, const std::string& which) {
    Tally tally;
    tally.lives = 1;
    std::vector<std::size_t> cuts;
    for (std::uint64_t i = 0; i < states; ++i) {
        const std::size_t lived = life.timeline.size() - life.opened_at;
        cuts.push_back(random.one_in(opening_share) ? random.below(life.opened_at + 1) : life.opened_at + random.below(lived + 1));
    }
    std::ranges::sort(cuts);

    Replay replay(life.timeline, life.start);
    for (const std::size_t cut : cuts) {
        replay.advance_to(cut);
        promises.advance_to(cut);
        const Loss data = some_loss(random);
        const Loss names = some_loss(random);
        const bool open_database = random.one_in(database_share);
        const bool go_on = open_database && random.one_in(go_on_share);
        const auto broken = broken_promises(replay.crash(data, names, random), promises, vfs, open_database, go_on);
        ++tally.states;
        tally.with_database += open_database ? 1 : 0;
        if (broken.empty()) continue;
        ++tally.violations;
        if (tally.examples.size() < kept_examples) {
            tally.examples.push_back(fmt::format("{}, cut {} of {}, data {}, names {}: {}", which, cut, life.timeline.size(),
                                                 to_string(data), to_string(names), broken.front()));
        }
    }
    return tally;
}

Tally life_failed(const std::string& which, const Error& error) {
    Tally tally;
    tally.failed_lives = 1;
    tally.examples.push_back(which + " failed without a power cut: " + describe(error));
    return tally;
}

/// A life with power cuts, then one of them, then a life on what it left, with power cuts.
Tally crash_twice(std::uint64_t seed, std::uint64_t states, Mutant mutant, SimVfs& vfs) {
    const std::string first = fmt::format("life {:#x}", seed);
    const auto life = live(seed, mutant, vfs);
    if (!life) return life_failed(first, life.error());
    Random random(mix(seed, 1));
    Tally tally = crash(*life, Promises(life->ledger), (states + 1) / 2, random, vfs, first);

    const std::size_t cut = life->opened_at + random.below(life->timeline.size() - life->opened_at + 1);
    Replay replay(life->timeline, life->start);
    replay.advance_to(cut);
    Promises promises(life->ledger);
    promises.advance_to(cut);
    Past past{replay.crash(some_loss(random), some_loss(random), random), life->ledger, {}, life->known};
    past.ledger.events.clear();
    past.acked.assign(promises.versions().begin(), promises.versions().end());
    const std::string second = fmt::format("second life of {:#x} after cut {}", seed, cut);
    const auto later = live(mix(seed, 2), mutant, vfs, &past);
    if (!later) {
        tally.add(life_failed(second, later.error()));
        return tally;
    }
    tally.add(crash(*later, promises.carried_into(later->ledger), states / 2, random, vfs, second));
    return tally;
}

/// That many states, over as many lives as they need; the result does not depend on the number of threads.
Tally run(std::uint64_t states, std::uint64_t seed, Mutant mutant) {
    const std::uint64_t lives = (states + states_per_life - 1) / states_per_life;
    std::vector<Tally> tallies(lives);
    std::atomic<std::uint64_t> next = 0;
    const auto work = [&](unsigned number) {
        SimVfs vfs(fmt::format("sim-{}", number));
        for (std::uint64_t life = next++; life < lives; life = next++) {
            const std::uint64_t here = std::min(states_per_life, states - life * states_per_life);
            tallies[life] = crash_twice(mix(seed, life), here, mutant, vfs);
        }
    };
    {
        std::vector<std::jthread> threads;
        for (unsigned i = 0; i < std::max(1U, std::thread::hardware_concurrency()); ++i) threads.emplace_back(work, i);
    }
    Tally total;
    for (const Tally& tally : tallies) total.add(tally);
    return total;
}

struct Options {
    std::uint64_t states = 10'000;
    std::uint64_t mutant_states = 2'000;
    std::uint64_t seed = 1;
    std::optional<Mutant> mutant;
    bool every_mutant = false;
};

constexpr const char* usage = "usage: crash_simulation [--all | --quick] [--states N] [--seed S] [--mutant NAME]\n";

std::optional<Options> parse(const std::vector<std::string>& arguments) {
    Options options;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        const std::string& flag = arguments[i];
        if (flag == "--all") {
            options.states = 120'000;
            options.every_mutant = true;
        } else if (flag == "--quick") {
            options.states = 8'000;
            options.mutant_states = 1'000;
            options.every_mutant = true;
        } else if (i + 1 < arguments.size() && (flag == "--states" || flag == "--seed")) {
            const auto number = parse_integer(arguments[++i]);
            if (!number || *number < 0) return std::nullopt;
            (flag == "--states" ? options.states : options.seed) = static_cast<std::uint64_t>(*number);
        } else if (i + 1 < arguments.size() && flag == "--mutant") {
            options.mutant = parse_mutant(arguments[++i]);
            if (!options.mutant) return std::nullopt;
        } else {
            return std::nullopt;
        }
    }
    return options;
}

/// Runs, and prints the figures. True when it went as it should.
bool report(std::uint64_t states, std::uint64_t seed, Mutant mutant) {
    const auto start = std::chrono::steady_clock::now();
    const Tally tally = run(states, seed, mutant);
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    const bool expected = mutant == Mutant::none ? tally.violations == 0 && tally.failed_lives == 0 : tally.violations > 0;
    if (mutant != Mutant::none) fmt::print("mutant {}: {}; ", to_string(mutant), expected ? "caught" : "NOT CAUGHT");
    fmt::print("states {}, violations {}, seed {} ({} also reopened the database; {} lives; {:.1f} s, {:.0f} states/s)\n", tally.states,
               tally.violations, seed, tally.with_database, tally.lives, seconds, static_cast<double>(tally.states) / seconds);
    if (tally.failed_lives > 0) fmt::print("  {} lives failed without a power cut\n", tally.failed_lives);
    const std::size_t shown = mutant == Mutant::none ? tally.examples.size() : std::min<std::size_t>(1, tally.examples.size());
    for (std::size_t i = 0; i < shown; ++i) fmt::print("  {}\n", tally.examples[i]);
    std::fflush(stdout);
    return expected;
}

}  // namespace

int simulate(const std::vector<std::string>& arguments) {
    const auto options = parse(arguments);
    if (!options) {
        fmt::print(stderr, usage);
        return 2;
    }
    bool good = true;
    if (options->mutant) {
        good = report(options->states, options->seed, *options->mutant);
    } else {
        good = report(options->states, options->seed, Mutant::none);
        if (options->every_mutant) {
            for (const Mutant mutant : all_mutants) good = report(options->mutant_states, options->seed, mutant) && good;
        }
    }
    return good ? 0 : 1;
}

}  // namespace assay::simulation

int main(int argc, char** argv) { return assay::simulation::simulate({argv + 1, argv + argc}); }
