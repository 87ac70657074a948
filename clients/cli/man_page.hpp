#pragma once

#include <string>
#include <string_view>

namespace assay {

/// A command's page as roff for man(1), such as assay-push(1). `markdown` is a page in the form of ours: a title, paragraphs, `## `
/// sections, lists, examples indented by four spaces, `code`. Its Synopsis comes first, as readers of manuals expect.
[[nodiscard]] std::string man_page_of_command(std::string_view command, std::string_view summary, std::string_view markdown);

/// assay(1): what there is, with the sections of the page of `assay help`.
[[nodiscard]] std::string man_page_of_program();

/// A page of a file format, such as assay.toml(5); its first paragraph tells what it is.
[[nodiscard]] std::string man_page_of_format(std::string_view name, std::string_view markdown);

}  // namespace assay
