#include "artifact/pipeline/from_archive.hpp"
#include "artifact/convert.hpp"
#include "artifact/pipeline/archive_names.hpp"
#include "artifact/pipeline/estimators.hpp"
#include "artifact/pipeline/pipeline.hpp"
#include "artifact/pipeline/to_archive.hpp"
#include "base/crypto.hpp"
#include "tests/support/golden.hpp"
#include "tests/support/inspected.hpp"
#include "tests/support/models.hpp"
#include "tests/support/result.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <cstring>

// Archives of pipelines: what is made of a model, and what a stranger may send.

namespace assay::test {

namespace {

using pipeline::archive_of;
using pipeline::read_archive;

std::string archived(std::string_view bytes) {
    MemoryBytes memory(bytes);
    return must(archive_of(memory));
}

std::string why_refused(std::string bytes) {
    const auto read = read_archive(std::move(bytes));
    if (read) return "read";
    CHECK(read.error().code == "invalid-archive");
    CHECK_FALSE(read.error().fixes.empty());
    return read.error().because;
}

bool tells(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

/// An archive by hand, behind the header: little-endian numbers.
struct ByHand {
    std::string bytes = std::string("ASSAYPIP\x01\0\0\0\x01", 13) + std::string(32, 'd');
    ByHand& u8(std::uint8_t value) { return number(value, 1); }
    ByHand& u16(std::uint16_t value) { return number(value, 2); }
    ByHand& u32(std::uint32_t value) { return number(value, 4); }
    ByHand& u64(std::uint64_t value) { return number(value, 8); }
    ByHand& texts(const std::vector<std::string>& all) {
        u32(static_cast<std::uint32_t>(all.size()));
        for (const std::string& text : all) {
            u32(static_cast<std::uint32_t>(text.size()));
            bytes += text;
        }
        return *this;
    }
    ByHand& number(std::uint64_t value, std::size_t width) {
        for (std::size_t i = 0; i < width; ++i) bytes += static_cast<char>(value >> (8 * i));
        return *this;
    }
};

constexpr std::uint8_t none = 0, text = 5, list = 6, dict = 9, array = 10, objects = 11, object = 12, name = 13, partial = 14;

}  // namespace

TEST_CASE("every class that is re-created has a number in archives") {
    for (const std::string_view cls : pipeline::decoded_classes()) {
        CAPTURE(cls);
        CHECK(pipeline::archive_number(cls).has_value());
    }
}

TEST_CASE("numbers and names of archives are each other's") {
    std::uint16_t number = 0;
    for (; !pipeline::archive_name(number).empty(); ++number) {
        CAPTURE(number);
        CHECK(pipeline::archive_number(pipeline::archive_name(number)) == number);
    }
    CHECK(number > 300);
    CHECK_FALSE(pipeline::archive_number("posix.system"));
}

TEST_CASE("the bytes of an archive are those that every release writes") {
    const std::string bytes = archived(model_bytes("1.9.1-standard-scaler.joblib"));
    std::string lines;
    for (std::size_t i = 0; i < bytes.size(); ++i)
        lines += fmt::format("{:02x}{}", static_cast<unsigned char>(bytes[i]), i % 32 == 31 || i + 1 == bytes.size() ? "\n" : "");
    check_golden("pipeline-archive.hex", lines);
}

TEST_CASE("the archive of a model says which file it is a copy of, and so does the archive of that archive") {
    const std::string model = model_bytes("1.9.1-pipeline.joblib");
    const std::string once = archived(model);
    CHECK(must(read_archive(once)).made_from == sha256(model));
    CHECK(archived(once) == once);
}

TEST_CASE("an archive holds what predictions depend on, and nothing of how the model was trained") {
    const Inspection inspection = inspected(archived(model_bytes("1.9.1-grid-search.joblib")), "model.assay");
    CHECK(inspection.format == "pipeline");
    CHECK(inspection.complete);
    CHECK(inspection.imports.empty());
    CHECK(inspection.oddities.empty());
    CHECK(inspection.tree["class"] == "sklearn.model_selection._search.GridSearchCV");
    CHECK(inspection.tree["release"] == "1.9.1");
    const std::string tree = inspection.tree.dump();
    CHECK_FALSE(tells(tree, "cv_results_"));
    CHECK_FALSE(tells(tree, "param_grid"));
    CHECK(tells(tree, "coef_"));
    REQUIRE(inspection.tree["children"].size() == 1);
    CHECK(inspection.tree["children"][0]["children"].size() == 2);
    CHECK(inspection.details["made_from"] == sha256(model_bytes("1.9.1-grid-search.joblib")).to_string());
}

TEST_CASE("a forest's archive is smaller than its joblib file, uncompressed") {
    const std::string packed = model_bytes("1.9.1-random-forest.pkl");
    CHECK(archived(packed).size() < packed.size());
}

TEST_CASE("an archive that is cut anywhere is refused, and never read as another one") {
    const std::string whole = archived(model_bytes("1.9.1-one-hot.joblib"));
    for (std::size_t size = 0; size < whole.size(); ++size) {
        const auto read = read_archive(whole.substr(0, size));
        REQUIRE_FALSE(read.has_value());
        REQUIRE(read.error().code == "invalid-archive");
    }
    CHECK(tells(why_refused(whole + "x"), "it goes on for 1 byte after its end"));
}

TEST_CASE("whatever byte of an archive is changed, it is refused or answers rows, and nothing else happens") {
    const std::string whole = archived(model_bytes("1.9.1-random-forest.joblib"));
    const Sample sample = must(parse_sample(model_bytes("1.9.1-random-forest.sample.json"), SampleOutputs::required));
    std::size_t refused = 0;
    for (std::size_t at = 0; at < whole.size(); ++at) {
        std::string changed = whole;
        changed[at] = static_cast<char>(changed[at] ^ (1 << (at % 8)));
        MemoryBytes memory(changed);
        const auto read = Pipeline::decode(memory);
        if (!read) {
            ++refused;
            REQUIRE_FALSE(read.error().because.empty());
        } else {
            (void)read->predict(sample);
        }
    }
    CHECK(refused > 100);
}

TEST_CASE("an archive of a later format is told apart from a damaged one") {
    std::string bytes = archived(model_bytes("1.9.1-standard-scaler.joblib"));
    bytes[8] = 2;
    const auto read = read_archive(bytes);
    REQUIRE_FALSE(read.has_value());
    CHECK(read.error().code == "unknown-archive-version");
    CHECK(read.error().because == "at byte 8: it has format version 2, and 1 is known here");
    MemoryBytes memory(bytes);
    CHECK(Pipeline::decode(memory).error().code == "unknown-archive-version");
    CHECK(inspected(bytes, "model.assay").oddities.at(0).code == "unscannable");
}

TEST_CASE("sizes that the bytes cannot hold are refused before memory is taken") {
    CHECK(tells(why_refused(ByHand().u32(0xffffffff).bytes), "4294967295 texts are announced"));
    CHECK(tells(why_refused(ByHand().u32(1).u32(0xfffffff0).bytes + "text"), "4294967280 bytes of a text are announced"));
    CHECK(tells(why_refused(ByHand().texts({}).u32(0xffffffff).bytes), "4294967295 values are announced"));
    CHECK(tells(why_refused(ByHand().texts({}).u32(1).u8(list).u32(0x40000000).bytes), "1073741824 values are announced"));
    CHECK(tells(why_refused(ByHand().texts({}).u32(1).u8(dict).u32(0x80000000).bytes), "2147483648 entries are announced"));
    const auto huge = ByHand().texts({"<f8"}).u32(1).u8(array).u32(0).u8(0).u8(0).u8(2).u64(1U << 31U).u64(1U << 31U).bytes;
    CHECK(tells(why_refused(huge), "an array of the shape (2147483648, 2147483648) is announced"));
    const auto wrapping = ByHand().texts({"<f8"}).u32(1).u8(array).u32(0).u8(0).u8(0).u8(1).u64((std::uint64_t{1} << 61U) + 1).bytes;
    CHECK(tells(why_refused(wrapping), "is announced"));
    const auto nothing = ByHand().texts({"|V0"}).u32(1).u8(array).u32(0).u8(0).u8(0).u8(1).u64(std::uint64_t{1} << 40U).bytes;
    CHECK_FALSE(why_refused(nothing) == "read");
    CHECK(tells(why_refused(ByHand().texts({}).u32(1).u8(objects).u8(9).bytes), "an array has 9 dimensions"));
}

TEST_CASE("values name only values before them, and texts and names that there are") {
    CHECK(tells(why_refused(ByHand().texts({}).u32(1).u8(list).u32(1).u32(0).bytes), "value 0 names value 0"));
    CHECK(tells(why_refused(ByHand().texts({}).u32(1).u8(partial).u32(7).u32(0).u32(0).bytes), "value 0 names value 7"));
    CHECK(tells(why_refused(ByHand().texts({"a"}).u32(1).u8(text).u32(1).bytes), "text 1 is named, and there are 1"));
    CHECK(tells(why_refused(ByHand().texts({}).u32(1).u8(name).u16(0xffff).bytes), "there is no class or function of number 65535"));
    CHECK(tells(why_refused(ByHand().texts({}).u32(1).u8(99).bytes), "there is no kind 99 of values"));
    CHECK(tells(why_refused(ByHand().texts({}).u32(0).bytes), "it holds no value"));
}

TEST_CASE("texts are Unicode and stand once, keys stand once, and a state is a dict") {
    CHECK(tells(why_refused(ByHand().texts({"\xff"}).u32(1).u8(none).bytes), "a text is not UTF-8"));
    CHECK(tells(why_refused(ByHand().texts({"a", "a"}).u32(1).u8(none).bytes), "a text is there twice"));
    const auto twice = ByHand().texts({"a"}).u32(3).u8(text).u32(0).u8(none).u8(dict).u32(2).u32(0).u32(1).u32(0).u32(1).bytes;
    CHECK(tells(why_refused(twice), "a dict has a key twice"));
    const auto stateless = ByHand().texts({}).u32(2).u8(none).u8(object).u16(0).u8(1).u32(0).u32(0).bytes;
    CHECK(tells(why_refused(stateless), "the state of an object is no dict"));
}

TEST_CASE("an array is of numbers or texts, and the fields of a structure lie within it") {
    const auto of_type = [](const std::string& type) {
        return why_refused(ByHand().texts({type}).u32(1).u8(array).u32(0).u8(0).u8(0).u8(1).u64(0).bytes);
    };
    CHECK(of_type("<f8") == "read");
    CHECK(tells(of_type("|O"), "there are no arrays of '|O'"));
    CHECK(tells(of_type("float"), "there are no arrays of 'float'"));
    const auto beyond = ByHand().texts({"|V4", "left", "<i4"}).u32(1).u8(array).u32(0).u8(1).u32(1).u32(2).u32(1).u8(0).u8(1).u64(0).bytes;
    CHECK(tells(why_refused(beyond), "an array has no field 'left'"));
}

TEST_CASE("a model that is not re-created is not archived, and the step is named") {
    MemoryBytes memory("\x80\x02}q\x00.");
    const auto made = archive_of(memory);
    REQUIRE_FALSE(made.has_value());
    CHECK(made.error().code == "not-decodable");
}

TEST_CASE("formats of copies are found by their names") {
    REQUIRE(find_copy_format("assay") != nullptr);
    CHECK(find_copy_format("assay")->ending == ".assay");
    CHECK(find_copy_format("pickle") == nullptr);
}

}  // namespace assay::test
