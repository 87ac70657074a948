# Called by cmake/Embed.cmake at build time; see there.
string(REPLACE "|" ";" files "${FILES}")
list(SORT files COMPARE FILE_BASENAME)
set(arrays "")
set(table "")
set(index 0)
foreach(file IN LISTS files)
  get_filename_component(name "${file}" NAME)
  file(READ "${file}" hex HEX)
  # One literal, of escapes alone: g++ reads it ten times as fast as a list of characters.
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "\\\\x\\1" bytes "${hex}")
  string(APPEND arrays "constexpr char file_${index}[] = \"${bytes}\";\n")
  string(APPEND table "    {\"${name}\", {file_${index}, sizeof file_${index} - 1}},\n")
  math(EXPR index "${index} + 1")
endforeach()
file(WRITE "${HEADER}" "#pragma once
#include \"base/embedded_file.hpp\"
#include <span>
namespace assay {
std::span<const EmbeddedFile> ${NAME}();
}
")
file(WRITE "${SOURCE}" "#include \"embedded/${NAME}.hpp\"
namespace assay {
namespace {
${arrays}
constexpr EmbeddedFile files[] = {
${table}    {},  // so that an empty list is an array too
};
}
std::span<const EmbeddedFile> ${NAME}() { return {files, ${index}}; }
}
")
