#include "artifact/archive.hpp"

#include "artifact/byte_cursor.hpp"
#include "base/text.hpp"

#include <fmt/format.h>

namespace assay {

namespace {

constexpr std::string_view archive_magic = "ASSAYARC";
constexpr std::uint64_t max_values = 100'000;
constexpr std::uint64_t max_name = 1'000;
constexpr std::uint64_t max_extent = std::uint64_t{1} << 31U;

enum class Kind : std::uint8_t { number = 1, integer = 2, text = 3, texts = 4, vector = 5, matrix = 6 };

class ArchiveReader {
public:
    ArchiveReader(ByteCursor& cursor, Inspection& inspection) : cursor_(cursor), inspection_(inspection) {}

    void read() {
        if (cursor_.take(archive_magic.size()) != archive_magic) return wrong("it is none");
        if (cursor_.u32() != 1 && cursor_.ok())
            return note(inspection_, "unscannable", archive_magic.size(), "it is of no version of the format that is known here");
        if (cursor_.u8() != 1 || cursor_.u32() != 1) return wrong("its header is none that the library writes");
        inspection_.details["schema"] = printable(short_text(), max_shown_name);
        const std::uint64_t count = cursor_.u64();
        if (count > max_values) return wrong("it claims more values than an archive may have");
        std::string before;
        for (std::uint64_t i = 0; i < count && sound(); ++i) {
            if (i == 0 && cursor_.u32() != 1) return wrong("its values are of no version that is known");
            const std::string name = short_text();
            if (sound() && (name.empty() || (i > 0 && name <= before))) return wrong("its names do not ascend");
            value(name);
            before = name;
        }
        if (!sound()) return;
        if (!cursor_.at_end()) return wrong("bytes follow its last value");
        inspection_.details["values"] = count;
        inspection_.complete = true;
    }

private:
    [[nodiscard]] bool sound() const { return cursor_.ok() && inspection_.oddities.empty(); }

    void wrong(std::string_view what) {
        if (cursor_.ok() && inspection_.oddities.empty()) note(inspection_, "archive-layout", cursor_.offset(), what);
    }

    std::string short_text() {
        const std::uint64_t length = cursor_.u64();
        if (length > max_name) wrong("a name is longer than one may be");
        return sound() ? std::string(cursor_.take(static_cast<std::size_t>(length))) : std::string();
    }

    void numbers(const std::string& name, std::vector<std::uint64_t> shape) {
        std::uint64_t count = 1;
        for (const std::uint64_t extent : shape) {
            if (extent > max_extent || __builtin_mul_overflow(count, extent, &count) || count > (std::uint64_t{1} << 59U))
                return wrong("a vector or matrix is larger than one may be");
        }
        const std::uint64_t offset = cursor_.offset();
        cursor_.skip(count * sizeof(double));
        if (!cursor_.ok()) return;
        ++inspection_.array_count;
        inspection_.array_total += count * sizeof(double);
        if (inspection_.arrays.size() >= max_listed_facts) return;
        const bool matrix = shape.size() == 2;
        inspection_.arrays.push_back({printable(name, max_shown_name), "<f8", std::move(shape), matrix, offset, count * sizeof(double)});
    }

    void value(const std::string& name) {
        switch (static_cast<Kind>(cursor_.u8())) {
            case Kind::number:
            case Kind::integer: return cursor_.skip(8);
            case Kind::text: return cursor_.skip(cursor_.u64());
            case Kind::texts:
                for (std::uint64_t left = cursor_.u64(); left > 0 && cursor_.ok(); --left) cursor_.skip(cursor_.u64());
                return;
            case Kind::vector: return numbers(name, {cursor_.u64()});
            case Kind::matrix: {
                const std::uint64_t rows = cursor_.u64();
                return numbers(name, {rows, cursor_.u64()});
            }
        }
        wrong("a value is of no kind that there is");
    }

    ByteCursor& cursor_;
    Inspection& inspection_;
};

}  // namespace

bool begins_like_archive(std::string_view first_bytes) { return first_bytes.starts_with(archive_magic); }

Result<void> inspect_archive(const Content& content, Inspection& inspection) {
    inspection.format = "archive";
    inspection.details = Json::object();
    const std::unique_ptr<Source> source = content.open();
    ByteCursor cursor(*source);
    ArchiveReader(cursor, inspection).read();
    if (cursor.ok()) return {};
    if (const auto& error = cursor.source_error()) {
        if (error->kind != ErrorKind::invalid) return fail(*error);
        note(inspection, error->code, cursor.offset(), error->message);
    } else {
        note(inspection, "truncated", cursor.offset(), "the archive ends within a value");
    }
    return {};
}

}  // namespace assay
