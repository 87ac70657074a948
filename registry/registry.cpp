#include "registry/registry.hpp"

#include <algorithm>

namespace assay {

std::int64_t VersionNumbers::reserve(const std::string& model, std::int64_t at_least) {
    const std::lock_guard lock(mutex_);
    std::int64_t& next = next_[model];
    next = std::max(next, at_least);
    return next++;
}

void VersionNumbers::give_back(const std::string& model, std::int64_t number) {
    const std::lock_guard lock(mutex_);
    std::int64_t& next = next_[model];
    if (next == number + 1) next = number;
}

std::shared_ptr<const RuleSet> RulesInForce::get() const {
    {
        const std::lock_guard lock(mutex_);
        if (rules_) return rules_;
    }
    return {std::shared_ptr<const RuleSet>(), &default_rules()};
}

std::string RulesInForce::name() const {
    const std::lock_guard lock(mutex_);
    return rules_ ? rules_->name : std::string(default_rules_name);
}

void RulesInForce::replace(RuleSet rules) {
    auto fresh = std::make_shared<const RuleSet>(std::move(rules));
    const std::lock_guard lock(mutex_);
    rules_ = std::move(fresh);
}

}  // namespace assay
