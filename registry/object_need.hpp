#pragma once

#include <map>
#include <string>

namespace assay {

/// An object that loading a version makes, as far as its reader depends on it.
struct ObjectNeed {
    std::string made_by;  ///< "sklearn.tree._tree:Tree": its class, or the function that makes it
    std::string release = {};  ///< of the library that wrote it, as the object itself says; may be empty
    /// attribute → what it is, in words (artifact/value_word.hpp)
    std::map<std::string, std::string> state = {};
    friend auto operator<=>(const ObjectNeed&, const ObjectNeed&) = default;
};

}  // namespace assay
