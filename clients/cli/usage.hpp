#pragma once

#include "base/error.hpp"

namespace CLI {
class App;
class ParseError;
}  // namespace CLI

namespace assay {

/// What the parser of `app` (the whole command line, after its parse() threw `error`) did not like, as one of our errors: `invalid`, code
/// "usage". The fixes are the word that was probably meant, the forms of the command and where it is explained.
[[nodiscard]] Error misuse_of(const CLI::App& app, const CLI::ParseError& error);

}  // namespace assay
