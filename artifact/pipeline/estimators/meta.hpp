#pragma once

#include "artifact/pipeline/state_reader.hpp"

#include <memory>
#include <vector>

// What estimators of estimators have in common.

namespace assay::pipeline {

using Steps = std::vector<std::unique_ptr<Step>>;

/// An attribute that is a list of fitted estimators, of which there must be one.
[[nodiscard]] Steps read_steps(StateReader& state, std::string_view key);
/// The same of a value that was found.
[[nodiscard]] Steps read_steps(StateReader& state, const Fitted& list, std::string_view key);
/// The attribute that is one fitted estimator, under the name that it has had since 1.2, or the one before.
[[nodiscard]] std::unique_ptr<Step> read_step(StateReader& state, std::string_view key, std::string_view old_key = {});

[[nodiscard]] bool all_have(const Steps& steps, Method method);
[[nodiscard]] bool all_exact(const Steps& steps, Method method);
/// Of the widest of them: they are asked one after the other.
[[nodiscard]] std::size_t widest_of(const Steps& steps);

/// `classes_` of a fitted classifier: its own, or those of what it asks; absent where it has none.
[[nodiscard]] std::optional<Fitted> classes_within(const Fitted& estimator);
/// An attribute that is a LabelEncoder: its classes.
[[nodiscard]] SampleValues read_label_encoder(StateReader& state, std::string_view key);

/// Labels, or numbers, as doubles; absent for texts.
[[nodiscard]] std::optional<std::vector<double>> doubles_of(const SampleArray& answer);
/// What was predicted as places below `count`: of an estimator that was fitted on them instead of labels. Absent when it is something else.
[[nodiscard]] std::optional<std::vector<std::size_t>> codes_of(const SampleArray& answer, std::size_t count);
/// Where each label stands among classes of its type; `count_of(classes)` where it does not, absent when they are of another type.
[[nodiscard]] std::optional<std::vector<std::size_t>> places_of(const SampleArray& answer, const SampleValues& classes);

/// What scikit-learn's check_array makes of rows when it leaves their type alone: an array, whose columns have no names.
[[nodiscard]] Data as_array(Data rows);

}  // namespace assay::pipeline
