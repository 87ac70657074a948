#pragma once

#include "artifact/content.hpp"

namespace assay {

/// Whether the bytes begin as XML whose root is PMML.
[[nodiscard]] bool begins_like_pmml(std::string_view first_bytes);

/// Reads a PMML document (format "pmml"): which program wrote it, the model and its function, fields, target, and how many rows it brings
/// to verify itself by. `xml-doctype` for a document type (entities), `invalid-xml`, `custom-operator` for functions that are a class of
/// the program that evaluates it. Source: PMML 4.4.1, dmg.org.
[[nodiscard]] Result<void> inspect_pmml(const Content& content, Inspection& inspection, const InspectLimits& limits);

}  // namespace assay
