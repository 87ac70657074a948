#pragma once

#include "artifact/pickle/machine.hpp"

namespace assay {

/// Whether a value is made as joblib's wrapper of an array.
[[nodiscard]] bool is_array_wrapper(const PickleGraph& graph, ValueId object);

/// Reads what joblib writes behind a `NumpyArrayWrapper`: padding and raw bytes, or a pickle of its own for an array of objects. The
/// arrays' bytes are passed over, not kept. Source: joblib, joblib/numpy_pickle.py (NumpyArrayWrapper.write_array, read_array).
class ArrayWrapperHook final : public BuildHook {
public:
    /// `nesting`: how many pickles this one is within.
    ArrayWrapperHook(ByteCursor& cursor, PickleGraph& graph, std::size_t nesting = 0) : cursor_(cursor), graph_(graph), nesting_(nesting) {}
    [[nodiscard]] std::variant<ValueId, FormatFault> after_build(ValueId object, bool frame_ended) override;

    [[nodiscard]] std::size_t wrappers() const { return wrappers_; }
    [[nodiscard]] std::size_t raw() const { return raw_; }  ///< of them, those whose bytes lie in the file: arrays of numbers
    [[nodiscard]] std::size_t aligned() const { return aligned_; }  ///< of those, the ones with an alignment byte (joblib ≥ 1.2)
    [[nodiscard]] int nested_protocol() const { return nested_protocol_; }  ///< of arrays of objects; -1 when there are none
    /// What no library writes, in pickles of arrays of objects.
    [[nodiscard]] const std::vector<FormatFault>& notes() const { return notes_; }
    [[nodiscard]] bool nested_python_2() const { return nested_python_2_; }

private:
    [[nodiscard]] std::variant<ValueId, FormatFault> read_objects(PickleArray array);
    [[nodiscard]] std::optional<FormatFault> pass_padding(std::int64_t alignment);

    ByteCursor& cursor_;
    PickleGraph& graph_;
    std::size_t nesting_;
    std::size_t wrappers_ = 0;
    std::size_t raw_ = 0;
    std::size_t aligned_ = 0;
    int nested_protocol_ = -1;
    bool nested_python_2_ = false;
    std::vector<FormatFault> notes_;
};

}  // namespace assay
