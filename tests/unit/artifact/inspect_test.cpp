#include "artifact/inspect.hpp"

#include "tests/support/artifacts.hpp"
#include "tests/support/pickle_bytes.hpp"
#include "tests/support/zip_bytes.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <string>
#include <vector>

namespace assay::test {

namespace {

std::string format_of(std::string_view bytes, const std::string& name = "file") { return inspect_bytes(bytes, name).format; }

/// A gzip stream of blocks that are not compressed (RFC 1951, 3.2.4), with a checksum that does not hold.
std::string gzip_of(const std::vector<std::string>& blocks) {
    std::string bytes("\x1f\x8b\x08\0\0\0\0\0\x02\x0b", 10);
    for (std::size_t i = 0; i < blocks.size(); ++i) {
        const std::size_t size = blocks[i].size();
        bytes += i + 1 == blocks.size() ? '\1' : '\0';
        bytes += le(size, 2) + le(~size & 0xffffU, 2) + blocks[i];
    }
    return bytes + std::string(8, 'x');
}

}  // namespace

TEST_CASE("texts are texts, however much their first letters are opcodes") {
    CHECK(format_of("catboost\nnumpy\nscikit-learn==1.5\n", "requirements.txt") == "text");
    CHECK(format_of("Name,Island\nA,Dream\n") == "text");
    CHECK(format_of("  {\"rows\": 1}\n") == "json");
    CHECK(format_of("\xef\xbb\xbfpenguin \xc3\xa9\n") == "text");
    CHECK(verdict_of("(hello world)\n", "notes.txt") == "data");
}

TEST_CASE("files of no and of one byte have a verdict") {
    CHECK(format_of("") == "empty");
    CHECK(verdict_of("", "notes.txt") == "data");
    CHECK(verdict_of("", "model.pkl") == "malformed");
    CHECK(verdict_of("x", "one.txt") == "data");
    CHECK(verdict_of("\x01", "one") == "needs-trust");
}

TEST_CASE("what no reader reads is unknown, says what it looks like, and is never safe") {
    const Inspection program = inspect_bytes(std::string("\x7f") + "ELF" + std::string(60, '\0'), "model.bin");
    CHECK(program.format == "unknown");
    CHECK(oddity_of(program, "unknown-format").detail.find("ELF") != std::string::npos);
    CHECK(to_string(judge(program).verdict) == "needs-trust");
}

TEST_CASE("a pickle that breaks off after a call is a pickle: the call would have run") {
    CHECK(verdict_of("cposix\nsystem\n(Vid\ntR\x01\x02", "notes.txt") == "malformed");
    const SafetyVerdict verdict = judge(inspect_bytes("cposix\nsystem\n(Vid\ntR\x01\x02", "notes.txt"));
    CHECK(reason_codes(verdict).find("known-gadget") != std::string::npos);
}

TEST_CASE("a pickle behind the head of a picture is pointed at") {
    const Pickle evil = Pickle().proto(4).global("posix", "system").text("id").tuple1().reduce().stop();
    const Inspection found = inspect_bytes("\x89PNG\r\n\x1a\n" + std::string(40, '\0') + evil.str(), "logo.png");
    CHECK(found.format == "unknown");
    const Oddity oddity = oddity_of(found, "embedded-pickle");
    CHECK(oddity.offset == 48);
    CHECK(oddity.name == "posix.system");
}

TEST_CASE("a payload in a stream whose checksum does not hold, or behind which more bytes follow, is named") {
    const std::string payload = "cposix\nsystem\n(Vid\ntR.";
    const std::string damaged = gzip_of({payload});
    for (const std::string& bytes : {damaged, damaged + gzip_of({"more"})}) {
        const SafetyVerdict verdict = judge(inspect_bytes(bytes, "model.pkl.gz"));
        CHECK(verdict.verdict == Safety::malformed);
        CHECK(reason_codes(verdict).find("known-gadget") != std::string::npos);
    }
}

TEST_CASE("a damaged text is no text, and no failure either") {
    const std::string half(50'000, 'a');
    CHECK(verdict_of(gzip_of({half, half}), "notes.txt.gz") == "malformed");
}

TEST_CASE("a file that is also the head of a tar is two files in one, whatever else it is") {
    // One long bytes object, whose first 512 bytes have the sum that they state.
    std::string head(
        "\x80\x03"
        "B" +
        le(600, 4));
    head.resize(148, '\0');
    head += std::string(8, ' ');
    head.resize(512, '\0');
    long sum = 0;
    for (const char c : head) sum += static_cast<unsigned char>(c);
    const std::string octal = fmt::format("{:06o}", sum);
    head.replace(148, 6, octal);
    const std::string file = head + std::string(7 + 600 - 512, '\0') + ".";
    CHECK(verdict_of(file, "model.pt") == "malformed");
    std::string other = file;
    other[148] = '7';
    CHECK(verdict_of(other, "model.pt") == "data");
}

TEST_CASE("a pickle that refers to what only its program has needs trust") {
    CHECK(verdict_of("\x80\x02K\1Q.", "model.pkl") == "needs-trust");
    CHECK(verdict_of("\x80\x02Pweights\n.", "model.pkl") == "needs-trust");
}

TEST_CASE("a compressed file is what is in it, and its offsets are those of the contents") {
    const Inspection plain = inspect_artifact("1.9.1-pipeline.joblib");
    for (const char* ending : {"z", "gz", "bz2", "lzma", "xz", "lz4"}) {
        CAPTURE(ending);
        const Inspection packed = inspect_artifact(std::string("1.9.1-pipeline.") + ending);
        CHECK(packed.complete);
        CHECK(packed.format == "joblib");
        CHECK(packed.unpacked == plain.unpacked);
        REQUIRE(packed.arrays.size() == plain.arrays.size());
        CHECK(packed.arrays.back().offset == plain.arrays.back().offset);
        CHECK(to_text(packed.tree) == to_text(plain.tree));
    }
}

TEST_CASE("real files cut at any byte have a verdict that is not safe, and an offset within the file") {
    for (const char* name : {"1.9.1-tree.joblib", "1.9.1-protocol5.pkl", "1.9.1-pipeline.z"}) {
        const std::string whole = artifact_bytes(name);
        for (std::size_t length = 2; length < whole.size(); ++length) {
            const Inspection cut = inspect_bytes(whole.substr(0, length), name);
            const SafetyVerdict verdict = judge(cut);
            CAPTURE(name);
            CAPTURE(length);
            REQUIRE(verdict.verdict >= Safety::needs_trust);
            REQUIRE(!verdict.reasons.empty());
            REQUIRE(verdict.reasons.front().offset <= std::max(cut.unpacked, cut.bytes));
        }
    }
}

TEST_CASE("a flipped bit gives a verdict, and the same one again") {
    for (const char* name : {"1.9.1-tree.joblib", "1.2.2-forest.joblib", "1.9.1-pipeline.lz4"}) {
        std::string bytes = artifact_bytes(name);
        for (std::size_t at = 0; at < bytes.size(); at += 13) {
            bytes[at] = static_cast<char>(static_cast<unsigned char>(bytes[at]) ^ (1U << (at % 8)));
            const std::string first = to_text(to_json(judge(inspect_bytes(bytes, name))));
            REQUIRE(first == to_text(to_json(judge(inspect_bytes(bytes, name)))));
            bytes[at] = static_cast<char>(static_cast<unsigned char>(bytes[at]) ^ (1U << (at % 8)));
        }
    }
}

TEST_CASE("lists that are too long for a report are cut, and their lengths stand beside them") {
    Inspection inspection;
    for (int i = 0; i < 5; ++i) inspection.functions.push_back("f" + std::to_string(i));
    const Json json = to_json(inspection, 3);
    CHECK(json["functions"].size() == 3);
    CHECK(json["cut"]["functions"] == 5);
    CHECK(json["schema"] == "assay.inspection/1");
}

TEST_CASE("a pickle of protocol 0 is never taken for a text because a reader gave up") {
    const std::string payload = "cos\nsystem\n(S'echo x'\ntR.";
    std::vector<std::string> fronts = {"I1_000\n0", "I0x10\n0",  "I 1 \n0",   "I+1\n0",
                                       "I1\r\n0",   "L0x10L\n0", "L1_6L\n0",  "Np1_1\n0",
                                       "F 1.5 \n0", "F1_0.5\n0", "S'a'b'\n0", "I" + std::string(5000, '9') + "\n0"};
    for (const std::string& front : fronts) {
        for (const char* name : {"model.pkl", "model.sav", "notes.txt"}) {
            CAPTURE(front);
            CAPTURE(name);
            const SafetyVerdict verdict = judge(inspect_bytes(front + payload, name));
            CHECK(verdict.verdict >= Safety::dangerous);
            CHECK(std::any_of(verdict.reasons.begin(), verdict.reasons.end(),
                              [](const SafetyReason& reason) { return reason.name == "os.system"; }));
        }
    }
    // Where this reader stops at a limit, another goes on.
    for (const std::string& front :
         std::vector<std::string>{std::string(10'005, '('), "I" + std::string(70'000, '1') + "\n0", "Np99999999999999999999\n0"}) {
        CAPTURE(front.substr(0, 20));
        CHECK(verdict_of(front + payload, "notes.txt") == "malformed");
    }
}

TEST_CASE("a text of one long line is data, whatever letter it begins with") {
    for (const char first : std::string("ILFcgpiPSV(0a}")) {
        std::string text(1, first);
        for (int i = 0; i < 20'000; ++i) text += "word ";
        CAPTURE(first);
        CHECK(verdict_of(text, "notes.bin") == "data");
    }
}

TEST_CASE("what changes something shared is a pickle without a call, too") {
    for (const char* bytes : {"csys\npath\nV/tmp/evil\na.", "csys\nmodules\n(Vjson\ncos\nsystem\nu!!!",
                              "csklearn.base\nBaseEstimator\n(N(Vpredict\ncos\nsystem\ndtb."}) {
        CAPTURE(bytes);
        CHECK(verdict_of(bytes, "model.sav") != "data");
        CHECK(verdict_of(bytes, "notes.txt") != "data");
    }
}

TEST_CASE("texts are data, whatever letter they begin with") {
    for (const char* text :
         {"Iris data\n", "I 1 am\n", "Lorem ipsum\n", "From: a\n", "Some words\n", "country,population\nFrance,68\n", "(c) 2024\n",
          "Version 1\n", "0 1 2\n", "2024-01-01\n", "cloudpickle\nscikit-learn\n", "page\n", "}\n", "N/A\n", ".\n.\n"}) {
        CAPTURE(text);
        CHECK(verdict_of(text, "notes.txt") == "data");
    }
}

}  // namespace assay::test
