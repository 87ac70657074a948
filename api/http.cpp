#include "api/http.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace assay {

std::string_view to_string(Method method) {
    switch (method) {
        case Method::get: return "GET";
        case Method::head: return "HEAD";
        case Method::put: return "PUT";
        case Method::post: return "POST";
        case Method::patch: return "PATCH";
        case Method::del: return "DELETE";
    }
    return "GET";
}

void Headers::remove(std::string_view name) {
    std::erase_if(fields_, [&](const auto& field) { return equals_ignoring_case(field.first, name); });
}

void Headers::set(std::string name, std::string value) {
    remove(name);
    add(std::move(name), std::move(value));
}

void Headers::add(std::string name, std::string value) { fields_.emplace_back(std::move(name), std::move(value)); }

std::optional<std::string> Headers::find(std::string_view name) const {
    const auto it = std::ranges::find_if(fields_, [&](const auto& field) { return equals_ignoring_case(field.first, name); });
    if (it == fields_.end()) return std::nullopt;
    return it->second;
}

}  // namespace assay
