#pragma once

#include "base/json.hpp"

#include <string>
#include <string_view>

// JSON as text, for what is answered as it is stored: reading it into a Json and writing that again would cost more than all the rest.

namespace assay {

/// The text of a member's value in the text of an object, compact as to_text() and canonical_json() write it. Empty when there is no such
/// member, or when the text ends before its object does. For texts of our own: no more is checked than it takes to find the value.
[[nodiscard]] std::string_view member_text(std::string_view object, std::string_view key);

/// An object's text, written member by member. Nothing looks for a key that comes twice.
class ObjectText {
public:
    ObjectText& add(std::string_view key, const Json& value) { return add_text(key, to_text(value)); }
    /// A value that is a JSON text already.
    ObjectText& add_text(std::string_view key, std::string_view json);
    [[nodiscard]] std::string text() const { return text_.empty() ? "{}" : text_ + '}'; }

private:
    std::string text_;
};

}  // namespace assay
