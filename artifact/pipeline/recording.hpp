#pragma once

#include "artifact/pipeline/fitted.hpp"

#include <unordered_map>

namespace assay::pipeline {

/// Passes questions on to a source, and keeps which of its values were asked for what: that is what re-creating a model needs of it.
/// A value has the same id whenever it is asked for.
class Recording final : public FittedSource {
public:
    /// `source` outlives it.
    explicit Recording(const FittedSource& source) : source_(source) {}

    enum class Asked : std::uint8_t { nothing, kind, content };
    [[nodiscard]] Asked asked(FittedId id) const {
        const auto found = asked_.find(id);
        return found == asked_.end() ? Asked::nothing : found->second;
    }

    /// The fields of a structure that were read one by one; empty: it was read as a whole.
    [[nodiscard]] const std::set<std::string, std::less<>>& fields_asked(FittedId id) const { return fields_[id]; }

    [[nodiscard]] FittedId root() const override { return source_.root(); }
    [[nodiscard]] FittedKind kind(FittedId id) const override {
        asked_.try_emplace(id, Asked::kind);
        return source_.kind(id);
    }
    [[nodiscard]] bool boolean(FittedId id) const override { return opened(id).boolean(id); }
    [[nodiscard]] std::int64_t integer(FittedId id) const override { return opened(id).integer(id); }
    [[nodiscard]] double real(FittedId id) const override { return opened(id).real(id); }
    [[nodiscard]] std::string_view bytes(FittedId id) const override { return opened(id).bytes(id); }
    [[nodiscard]] std::string_view text(FittedId id) const override { return opened(id).text(id); }
    [[nodiscard]] std::vector<FittedId> items(FittedId id) const override { return opened(id).items(id); }
    [[nodiscard]] std::vector<std::pair<FittedId, FittedId>> entries(FittedId id) const override { return opened(id).entries(id); }
    [[nodiscard]] FittedArray array(FittedId id) const override {
        FittedArray found = opened(id).array(id);
        if (!found.dtype.fields.empty()) found.fields_asked = &fields_[id];
        return found;
    }
    [[nodiscard]] FittedObject object(FittedId id) const override { return opened(id).object(id); }
    [[nodiscard]] std::string name(FittedId id) const override { return opened(id).name(id); }
    [[nodiscard]] std::string describe(FittedId id) const override { return source_.describe(id); }

private:
    const FittedSource& opened(FittedId id) const {
        asked_[id] = Asked::content;
        return source_;
    }

    const FittedSource& source_;
    mutable std::unordered_map<FittedId, Asked> asked_;
    mutable std::unordered_map<FittedId, std::set<std::string, std::less<>>> fields_;
};

}  // namespace assay::pipeline
