#pragma once

#include "artifact/zip/zip_reader.hpp"

namespace assay {

/// Whether Keras would take a zip of these members and this name for a model: a config.json beside its weights or metadata.
[[nodiscard]] bool is_keras(const std::vector<ZipMember>& members, std::string_view name);

/// A Keras 3 model (format "keras"): the release that wrote it, and every class and function that its config.json names, as imports that
/// are instantiated or values. `lambda-layer` where the config carries Python code. Source: Keras, src/saving/serialization_lib.py
/// (deserialize_keras_object). `metadata` may be absent: Keras does not need it.
[[nodiscard]] Result<void> inspect_keras(RandomSource& file, const ZipMember& config, const ZipMember* metadata, Inspection& inspection,
                                         Allowance& allowance);

}  // namespace assay
