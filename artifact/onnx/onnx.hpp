#pragma once

#include "artifact/content.hpp"

namespace assay {

/// Whether the bytes begin as an ONNX model does: its IR version, then a field that such a model has.
[[nodiscard]] bool begins_like_onnx(std::string_view first_bytes);

/// Reads an ONNX model (format "onnx") without holding its tensors: releases, inputs and outputs, operators with their counts,
/// initializers as arrays. `external-file` for a tensor whose bytes are in another file, `custom-operator` for an operator of a domain
/// that needs code of its own, `onnx-wire` for what is no such message, `onnx-tensor` for a tensor that is not of its shape. Source: ONNX,
/// onnx/onnx.proto (IR version 13).
[[nodiscard]] Result<void> inspect_onnx(const Content& content, Inspection& inspection, const InspectLimits& limits);

}  // namespace assay
