#pragma once

#include "artifact/pipeline/state_reader.hpp"

namespace assay::pipeline {

/// A transformer that keeps some columns, in their order, as they are (sklearn/feature_selection/_base.py, SelectorMixin).
class Selector : public Step {
public:
    [[nodiscard]] bool is_exact(Method /*method*/) const override { return true; }
    [[nodiscard]] bool has(Method method) const override { return method == Method::transform; }
    [[nodiscard]] Result<Data> transform(Data rows) const override { return selected(std::move(rows)); }

    std::vector<std::size_t> kept;
    bool allows_missing = false;    ///< NaN and infinite numbers
    bool missing_depends = false;   ///< on what the estimator within allows: nothing is said of such rows
    bool float_when_none = false;   ///< nothing of any type is a float64 in releases before 1.1

protected:
    [[nodiscard]] Result<Data> selected(Data rows) const;
};

/// Which columns a selector keeps: those that are true in `mask`. They are as many as it was fitted with, by `attribute`.
void read_mask(StateReader& state, Selector& made, const std::vector<bool>& mask, std::string_view attribute);

}  // namespace assay::pipeline
