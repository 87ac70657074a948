#pragma once

#include "clients/cli/output.hpp"

#include <string>
#include <string_view>

namespace assay {

/// A manual page for a reader: on a terminal headings and code stand out and the marks of Markdown are gone; anywhere else
/// it is the page as it is written.
[[nodiscard]] std::string rendered_page(std::string_view markdown, const Output& output);

}  // namespace assay
