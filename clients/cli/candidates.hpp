#pragma once

#include "base/json.hpp"

#include <functional>
#include <string>
#include <vector>

namespace assay {

class Arguments;

/// Which paths of this machine may stand where the cursor is, besides words. The shell lists them: it knows how.
enum class Paths { none, files, folders };

[[nodiscard]] std::string_view to_string(Paths paths);

struct Candidate {
    std::string word;  ///< all of it, not only what is missing; one that ends in '=', '/', '@' or ':' is not complete yet
    std::string help;  ///< one line; may be empty
};

struct Candidates {
    std::vector<Candidate> words;
    Paths paths = Paths::none;
};

/// GET of the server's JSON at a target, or null: there is no server, it is slow, it says no.
using AskServer = std::function<Json(const std::string& target)>;

/// What the last of `words` may become, on a line that is `assay WORDS…`: commands, options, fixed choices, and the server's models,
/// aliases and versions. `whole` is the whole command line as it is declared; it tells by the name of each value (FILE, REF,
/// json|pip|conda) what it is. At most 1,000 names of models and 100 versions are offered.
[[nodiscard]] Candidates candidates_for(const Arguments& whole, const std::vector<std::string>& words, const AskServer& ask);

}  // namespace assay
