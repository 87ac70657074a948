#include "clients/cpp/archive.hpp"

#include "base/text.hpp"
#include "clients/cpp/local_file.hpp"

#include <fmt/format.h>

#include <array>

namespace assay {

namespace {

constexpr std::array<std::string_view, 4> type_names = {"a number", "an integer", "a text", "a list of texts"};

std::string type_in_words(const Archive::Value& value) {
    const auto* numbers = std::get_if<ArchiveNumbers>(&value);
    if (numbers == nullptr) return std::string(type_names[value.index()]);
    return numbers->kind == ArchiveNumbers::Kind::vector ? fmt::format("a vector of {}", numbers->rows)
                                                         : fmt::format("a matrix of {} x {}", numbers->rows, numbers->columns);
}

std::string in_quotes(std::string_view name) { return "'" + printable(name, 100) + "'"; }

}  // namespace

ArchiveReader::ArchiveReader(const Archive& archive, std::string_view schema) : archive_(archive) {
    if (archive.schema() != schema) problem(fmt::format("it is a {}, not a {}", in_quotes(archive.schema()), in_quotes(schema)));
}

void ArchiveReader::problem(std::string because) {
    if (problem_.empty()) problem_ = std::move(because);
}

template <class T>
const T* ArchiveReader::find(std::string_view name, std::string_view wanted) {
    const auto it = archive_.values().find(name);
    if (it == archive_.values().end()) {
        problem(fmt::format("it has no {}", in_quotes(name)));
        return nullptr;
    }
    asked_.insert(it->first);
    const T* value = std::get_if<T>(&it->second);
    if (value == nullptr) problem(fmt::format("{} is {}, not {}", in_quotes(name), type_in_words(it->second), wanted));
    return value;
}

double ArchiveReader::number(std::string_view name) {
    const auto* value = find<double>(name, "a number");
    return value == nullptr ? 0 : *value;
}

std::int64_t ArchiveReader::integer(std::string_view name) {
    const auto* value = find<std::int64_t>(name, "an integer");
    return value == nullptr ? 0 : *value;
}

std::string ArchiveReader::text(std::string_view name) {
    const auto* value = find<std::string>(name, "a text");
    return value == nullptr ? std::string() : *value;
}

std::vector<std::string> ArchiveReader::texts(std::string_view name) {
    const auto* value = find<std::vector<std::string>>(name, "a list of texts");
    return value == nullptr ? std::vector<std::string>() : *value;
}

ArchiveNumbers ArchiveReader::numbers(std::string_view name, ArchiveNumbers::Kind kind, std::optional<std::size_t> rows,
                                      std::optional<std::size_t> columns) {
    const bool is_vector = kind == ArchiveNumbers::Kind::vector;
    ArchiveNumbers nothing{kind, 0, is_vector ? std::size_t{1} : std::size_t{0}, nullptr};
    const std::string_view wanted = is_vector ? "a vector" : "a matrix";
    const auto* value = find<ArchiveNumbers>(name, wanted);
    if (value == nullptr) return nothing;
    if (value->kind != kind) {
        problem(fmt::format("{} is {}, not {}", in_quotes(name), type_in_words(*value), wanted));
        return nothing;
    }
    if (value->rows != rows.value_or(value->rows) || value->columns != columns.value_or(value->columns)) {
        const ArchiveNumbers shape{kind, rows.value_or(value->rows), columns.value_or(value->columns), nullptr};
        problem(fmt::format("{} is {}, not {}", in_quotes(name), type_in_words(*value), type_in_words(shape)));
        return nothing;
    }
    return *value;
}

Result<void> ArchiveReader::finish() const {
    std::string because = problem_;
    if (because.empty()) {
        for (const auto& [name, value] : archive_.values()) {
            if (asked_.contains(name)) continue;
            because = fmt::format("nothing here knows its {}: a later program has written it", in_quotes(name));
            break;
        }
    }
    if (because.empty()) return {};
    return fail(Error(ErrorKind::invalid, "invalid-archive", "this archive is not a model that this program knows")
                    .with_because(std::move(because)));
}

Result<void> write_archive(const std::string& path, const Archive& archive, NonFinite non_finite) {
    TRY_ASSIGN(const std::string bytes, to_bytes(archive, non_finite));
    return write_text_file(path, bytes);
}

}  // namespace assay
