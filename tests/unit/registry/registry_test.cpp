#include "registry/registry.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <thread>
#include <vector>

namespace assay::test {

TEST_CASE("version numbers rise per model, and jump to what the database says") {
    VersionNumbers numbers;
    CHECK(numbers.reserve("churn", 1) == 1);
    CHECK(numbers.reserve("churn", 1) == 2);
    CHECK(numbers.reserve("fraud", 1) == 1);
    CHECK(numbers.reserve("churn", 10) == 10);
    CHECK(numbers.reserve("churn", 5) == 11);  // a database that lags behind takes nothing back
}

TEST_CASE("a number that came to nothing is handed out again, unless a later one was") {
    VersionNumbers numbers;
    CHECK(numbers.reserve("churn", 1) == 1);
    numbers.give_back("churn", 1);
    CHECK(numbers.reserve("churn", 1) == 1);
    CHECK(numbers.reserve("churn", 1) == 2);
    numbers.give_back("churn", 1);
    CHECK(numbers.reserve("churn", 1) == 3);
    numbers.give_back("none", 1);
    CHECK(numbers.reserve("none", 1) == 1);
}

TEST_CASE("eight threads get every number once") {
    VersionNumbers numbers;
    std::vector<std::vector<std::int64_t>> taken(8);
    std::vector<std::thread> threads;
    for (auto& mine : taken) {
        threads.emplace_back([&numbers, &mine] {
            for (int i = 0; i < 500; ++i) mine.push_back(numbers.reserve("churn", 1));
        });
    }
    for (std::thread& thread : threads) thread.join();
    std::vector<std::int64_t> all;
    for (const auto& mine : taken) all.insert(all.end(), mine.begin(), mine.end());
    std::sort(all.begin(), all.end());
    REQUIRE(all.size() == 4000);
    for (std::size_t i = 0; i < all.size(); ++i) REQUIRE(all[i] == static_cast<std::int64_t>(i) + 1);
}

TEST_CASE("the built-in rules are in force without a copy of their own") {
    const RulesInForce rules(std::nullopt);
    CHECK(rules.get().get() == &default_rules());
    CHECK(rules.name() == default_rules().name);
}

TEST_CASE("who got the rules keeps them while others are put in force") {
    RuleSet first = default_rules();
    first.name = "first";
    RuleSet second = default_rules();
    second.name = "second";
    RulesInForce rules(first);
    const auto held = rules.get();
    rules.replace(second);
    CHECK(held->name == "first");
    CHECK(rules.get()->name == "second");
    CHECK(rules.name() == "second");
}

}  // namespace assay::test
