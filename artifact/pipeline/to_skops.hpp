#pragma once

#include "base/result.hpp"
#include "base/stream.hpp"

#include <string>

namespace assay::pipeline {

/// A copy of a model file as skops writes it (protocol 2): the whole state, attribute by attribute, so that skops.io.load gives the
/// estimator that joblib.load gives. The same file gives the same bytes on every machine. Nothing of the file is run. `invalid`: code
/// "not-decodable" when the file cannot be read, "not-convertible" for what skops has no node for, with the attribute. Source: skops,
/// skops/io/_general.py, _numpy.py, _scipy.py, _sklearn.py.
[[nodiscard]] Result<std::string> skops_of(RandomSource& file);

}  // namespace assay::pipeline
