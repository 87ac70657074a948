#include "artifact/numpy/npy_header.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace assay {

namespace {

constexpr std::string_view magic = "\x93NUMPY";
constexpr int max_depth = 8;              // of dtypes within dtypes
constexpr std::size_t max_fields = 2000;  // of a dtype, those within included
constexpr std::size_t max_axes = 64;      // NumPy 2 has as many

/// The few literals of Python that a header is made of. Every method returns nothing where the text is something else.
class Literals {
public:
    explicit Literals(std::string_view text) : rest_(text) {}

    [[nodiscard]] bool at_end() {
        skip_space();
        return rest_.empty();
    }
    [[nodiscard]] bool take(char wanted) {
        if (!peek(wanted)) return false;
        rest_.remove_prefix(1);
        return true;
    }
    [[nodiscard]] bool peek(char wanted) {
        skip_space();
        return !rest_.empty() && rest_.front() == wanted;
    }

    [[nodiscard]] std::optional<std::string> string() {
        skip_space();
        if (rest_.empty() || (rest_.front() != '\'' && rest_.front() != '"')) return std::nullopt;
        const char quote = rest_.front();
        std::string text;
        for (std::size_t i = 1; i < rest_.size(); ++i) {
            if (rest_[i] == quote) {
                rest_.remove_prefix(i + 1);
                return text;
            }
            if (rest_[i] == '\\') {
                // Only what repr() needs: a name with anything stranger is refused.
                if (++i == rest_.size() || (rest_[i] != '\\' && rest_[i] != '\'' && rest_[i] != '"')) return std::nullopt;
            }
            text += rest_[i];
        }
        return std::nullopt;
    }

    [[nodiscard]] std::optional<bool> boolean() {
        skip_space();
        for (const auto& [word, value] : {std::pair<std::string_view, bool>{"True", true}, {"False", false}}) {
            if (!rest_.starts_with(word)) continue;
            rest_.remove_prefix(word.size());
            return value;
        }
        return std::nullopt;
    }

    [[nodiscard]] std::optional<std::uint64_t> integer() {
        skip_space();
        const std::size_t length = std::min(rest_.find_first_not_of("0123456789"), rest_.size());
        const auto value = parse_integer(rest_.substr(0, length));
        if (!value) return std::nullopt;
        rest_.remove_prefix(length);
        if (rest_.starts_with('L')) rest_.remove_prefix(1);  // as Python 2 wrote it
        return static_cast<std::uint64_t>(*value);
    }

    /// "(3, 2)", "(3,)", "()".
    [[nodiscard]] std::optional<std::vector<std::uint64_t>> shape() {
        if (!take('(')) return std::nullopt;
        std::vector<std::uint64_t> extents;
        while (!take(')')) {
            const auto extent = integer();
            if (!extent || extents.size() == max_axes) return std::nullopt;
            extents.push_back(*extent);
            if (take(',')) continue;
            if (extents.size() == 1 || !take(')')) return std::nullopt;  // "(3)" is no tuple
            break;
        }
        return extents;
    }

    [[nodiscard]] std::optional<DType> descr(int depth = 0) {
        if (!peek('[')) {
            const auto text = string();
            return text ? parse_dtype(*text) : std::nullopt;
        }
        if (depth == max_depth || !take('[')) return std::nullopt;
        DType whole;
        while (!take(']')) {
            if (++fields_ > max_fields || !field(whole, depth)) return std::nullopt;
            if (!take(',') && !peek(']')) return std::nullopt;
        }
        return whole;
    }

private:
    void skip_space() {
        while (rest_.starts_with(' ')) rest_.remove_prefix(1);
    }

    /// "('name', '<f8')", "(('title', 'name'), '<f8')", "('name', '<f8', (2, 3))"; added to the dtype at its end.
    [[nodiscard]] bool field(DType& whole, int depth) {
        if (!take('(')) return false;
        std::optional<std::string> name;
        if (take('(')) {
            const auto title = string();
            if (!title || !take(',')) return false;
            name = string();
            if (!name || !take(')')) return false;
        } else {
            name = string();
        }
        if (!name || !take(',')) return false;
        const auto type = descr(depth + 1);
        if (!type) return false;
        std::uint64_t bytes = type->itemsize;
        if (take(',') && !peek(')')) {
            const auto extents = shape();
            const auto product = extents ? array_bytes(*extents, type->itemsize) : std::nullopt;
            if (!product) return false;
            bytes = *product;
        }
        whole.has_objects = whole.has_objects || type->has_objects;
        if (!name->empty()) whole.fields.push_back({*name, type->str(), whole.itemsize});  // without a name: padding
        if (__builtin_add_overflow(whole.itemsize, bytes, &whole.itemsize)) return false;
        return take(')');
    }

    std::string_view rest_;
    std::size_t fields_ = 0;
};

/// The three entries of the dict, each once, in any order.
bool read_dict(std::string_view text, NpyHeader& header) {
    Literals literals(text);
    bool descr = false;
    bool order = false;
    bool shape = false;
    if (!literals.take('{')) return false;
    while (!literals.take('}')) {
        const auto key = literals.string();
        if (!key || !literals.take(':')) return false;
        if (*key == "descr" && !descr) {
            const auto dtype = literals.descr();
            descr = dtype.has_value();
            if (descr) header.dtype = *dtype;
        } else if (*key == "fortran_order" && !order) {
            const auto fortran = literals.boolean();
            order = fortran.has_value();
            header.fortran = fortran.value_or(false);
        } else if (*key == "shape" && !shape) {
            const auto extents = literals.shape();
            shape = extents.has_value();
            if (shape) header.shape = *extents;
        } else {
            return false;
        }
        if (!literals.take(',') && !literals.peek('}')) return false;
    }
    return descr && order && shape && literals.at_end();
}

}  // namespace

bool begins_like_npy(std::string_view first_bytes) { return first_bytes.starts_with(magic); }

std::variant<NpyHeader, NpyFault> read_npy_header(ByteCursor& cursor, const InspectLimits& limits) {
    NpyHeader header;
    if (cursor.take(magic.size()) != magic) return NpyFault{"npy-header", 0, "it does not begin as a .npy file does"};
    header.version = cursor.u8();
    const int minor = cursor.u8();
    if (cursor.ok() && (header.version < 1 || header.version > 3 || minor != 0))
        return NpyFault{"npy-header", 6, fmt::format("version {}.{} of the format is none that NumPy writes", header.version, minor)};
    const std::uint64_t length = header.version == 1 ? cursor.u16() : cursor.u32();
    const std::uint64_t at = cursor.offset();
    if (length > std::min<std::uint64_t>(limits.max_npy_header, ByteCursor::buffer_bytes))
        return NpyFault{"limit-header", at, fmt::format("a header of {} bytes is larger than any real file's", length)};
    std::string_view text = cursor.take(static_cast<std::size_t>(length));
    if (!cursor.ok()) return NpyFault{"truncated", at, "the file ends within the header of the array"};
    if (text.ends_with('\n')) text.remove_suffix(1);
    if ((header.version == 3 && !is_utf8(text)) || !read_dict(text, header))
        return NpyFault{"npy-header", at, "the header is not the dict of descr, fortran_order and shape that NumPy writes"};
    header.data_offset = cursor.offset();
    return header;
}

std::optional<DType> parse_descr(std::string_view text) {
    Literals literals(text);
    auto dtype = literals.descr();
    return dtype && literals.at_end() ? dtype : std::nullopt;
}

}  // namespace assay
