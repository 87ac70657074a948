#pragma once

#include "artifact/zip/zip_reader.hpp"

namespace assay {

/// A Keras 3 model (format "keras"): the release that wrote it, and every class and function that its config.json names, as imports that
/// are instantiated or values. `lambda-layer` where the config carries Python code. Source: Keras, src/saving/serialization_lib.py
/// (deserialize_keras_object).
[[nodiscard]] Result<void> inspect_keras(RandomSource& file, const ZipMember& config, const ZipMember& metadata, Inspection& inspection,
                                         Allowance& allowance);

}  // namespace assay
