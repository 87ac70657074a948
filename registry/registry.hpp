#pragma once

#include "base/clock.hpp"
#include "registry/policy.hpp"
#include "registry/rules.hpp"
#include "registry/safety_lists.hpp"
#include "storage/blobs/blob_store.hpp"
#include "storage/blobs/upload_sessions.hpp"
#include "storage/manifests/manifest_store.hpp"
#include "storage/sql/database.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

namespace assay {

/// Hands out version numbers, so that a manifest can be made durable before its transaction begins. Numbers are never
/// handed out twice in a process; across restarts models.next_version and the manifests' files see to it. Safe for
/// concurrent use.
class VersionNumbers {
public:
    /// The next number of `model`, at least `at_least` (what the database says is next).
    [[nodiscard]] std::int64_t reserve(const std::string& model, std::int64_t at_least);
    /// Takes a number back that came to nothing, if no later one was handed out meanwhile.
    void give_back(const std::string& model, std::int64_t number);

private:
    std::mutex mutex_;
    std::map<std::string, std::int64_t> next_;
};

/// The rules by which the gate judges: the built-in ones until others are imported. Safe for concurrent use.
class RulesInForce {
public:
    /// Absent: the built-in ones, of which there is one copy, read when it is first asked for.
    explicit RulesInForce(std::optional<RuleSet> rules) {
        if (rules) rules_ = std::make_shared<const RuleSet>(*std::move(rules));
    }
    [[nodiscard]] std::shared_ptr<const RuleSet> get() const;
    [[nodiscard]] std::string name() const;  ///< without a wait for the built-in ones
    void replace(RuleSet rules);

private:
    mutable std::mutex mutex_;
    std::shared_ptr<const RuleSet> rules_;  ///< null: the built-in ones
};

/// What every verb of the registry works on. No logic: the verbs are free functions, one pair of files each.
/// Everything referred to must outlive it.
struct Registry {
    Database& database;
    BlobStore& blobs;
    ManifestStore& manifests;
    UploadSessions& uploads;
    Clock& clock;
    Policy policy;
    RulesInForce rules;
    SafetyLists safety_lists;
    VersionNumbers numbers;

    [[nodiscard]] std::string now() const { return clock.now().to_string(); }
    /// Since 1970 UTC.
    [[nodiscard]] std::int64_t now_milliseconds() const { return milliseconds_of(clock.now()); }
};

}  // namespace assay
