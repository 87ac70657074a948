#include "artifact/pickle/inspect_pickle.hpp"

#include "tests/support/artifacts.hpp"
#include "tests/support/pickle_bytes.hpp"

#include <doctest/doctest.h>

#include <string>

namespace assay::test {

TEST_CASE("pickles one after the other are all read, and bytes that are none behind them are refused") {
    const Pickle one = Pickle().proto(4).integer(1).stop();
    const Pickle evil = Pickle().proto(4).global("posix", "system").text("id").tuple1().reduce().stop();
    const Inspection both = inspect_bytes(one.str() + evil.str());
    CHECK(both.streams == 2);
    CHECK(both.complete);
    CHECK(imports_of(both) == "call posix.system");
    CHECK(oddity_of(inspect_bytes(one.str() + "junk"), "trailing-bytes").offset == one.size());
}

TEST_CASE("what PyTorch wrote before 1.6 is five pickles and the bytes of storages") {
    const Pickle magic = Pickle().proto(2).long1("\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19").stop();
    const Pickle number = Pickle().proto(2).integer(1001).stop();
    const Pickle object = Pickle().proto(2).empty_dict().text("weight").global("torch", "FloatStorage").set_item().stop();
    const std::string storages("\x01\x00\x00\x00\xff\xff", 6);
    const Inspection found = inspect_bytes(magic.str() + number.str() + number.str() + object.str() + number.str() + storages, "model.pt");
    CHECK(found.format == "pytorch");
    CHECK(found.complete);
    CHECK(found.oddities.empty());
    CHECK(to_string(judge(found).verdict) == "needs-trust");
    // Another number at the front, or bytes before the fifth pickle, and they are what they are: bytes behind a pickle.
    CHECK(verdict_of(number.str() + number.str() + number.str() + object.str() + number.str() + storages) == "malformed");
    CHECK(verdict_of(magic.str() + number.str() + storages) == "malformed");
}

TEST_CASE("a call is reported with its arguments, where it stands, and its offset") {
    const Pickle evil =
        Pickle().proto(4).empty_dict().text("weights").global("posix", "system").text("echo hello").tuple1().reduce().set_item().stop();
    const Inspection found = inspect_bytes(evil);
    REQUIRE(found.calls.size() == 1);
    CHECK(found.calls[0].text == "('echo hello',)");
    CHECK(found.calls[0].path == "['weights']");
    CHECK(evil.str()[found.calls[0].offset] == 'R');
}

TEST_CASE("bytes that are a pickle of their own are a note with the names in it, also when they are compressed") {
    const Pickle evil = Pickle().proto(4).global("posix", "system").text("id").tuple1().reduce().stop();
    const Inspection found = inspect_bytes(Pickle().proto(4).bytes(evil).stop());
    CHECK(oddity_of(found, "embedded-pickle").name == "posix.system");
    CHECK(to_string(judge(found).verdict) == "data");
}

TEST_CASE("an array without padding whose bytes are opcodes is read differently by pickle.load, and its payload is named") {
    // joblib takes 8 bytes for the array; pickle.load takes the same bytes for opcodes.
    const Pickle polyglot = Pickle().proto(3).wrapper("u1", {24}, false).raw("0cposix\nsystem\n(Vid\ntR.\n").stop();
    const Inspection found = inspect_bytes(polyglot);
    CHECK(oddity_of(found, "readers-disagree").name == "posix.system");
    CHECK(to_string(judge(found).verdict) == "malformed");
    CHECK(reason_codes(judge(found)).find("known-gadget") != std::string::npos);
}

TEST_CASE("pickle.load reads an array's bytes as opcodes of any kind, with the memo of the whole file") {
    // PROTO in the middle stops no Python.
    const std::string payload = Pickle().proto(4).global("posix", "system").text("id").tuple1().reduce().stop().str();
    const int size = static_cast<int>(payload.size());
    const Inspection found = inspect_bytes(Pickle().proto(3).wrapper("u1", {size}, false).raw(payload).stop());
    CHECK(oddity_of(found, "readers-disagree").name == "posix.system");
    // To joblib the inner pickle says pathlib.PosixPath; with the outer memo it says posix.system.
    Pickle outer = Pickle().proto(4).text("posix").memoize().pop().text("system").memoize().pop().wrapper("O", {1});
    const Pickle inner = Pickle().proto(4).text("pathlib").memoize().pop().text("PosixPath").memoize().pop();
    outer.raw(Pickle(inner).get(0).get(1).stack_global().text("id").tuple1().reduce().stop()).stop();
    CHECK(oddity_of(inspect_bytes(outer), "readers-disagree").name == "posix.system");
}

TEST_CASE("a call that only pickle.load makes is judged, also of a name that joblib.load calls in another way") {
    const auto get = [](std::string_view name) {
        return Pickle().global("builtins", "getattr").global("builtins", "str").text(name).tuple2().reduce().str();
    };
    const std::string hidden = get("__class__") + ".";
    const int size = static_cast<int>(hidden.size());
    const Pickle file = Pickle().proto(3).raw(get("lower")).wrapper("u1", {size}, false).raw(hidden).tuple2().stop();
    CHECK(verdict_of(file) == "dangerous");
    CHECK(verdict_of(Pickle().proto(3).raw(get("lower")).wrapper("u1", {2}, false).raw("\x01\x02").tuple2().stop()) == "model");
}

TEST_CASE("an array of objects that joblib writes is no other pickle to pickle.load, whatever stands in the file's memo") {
    // joblib 1.5 and later: the inner pickle says numpy by its own fourth memo entry, which pickle.load takes from the file's.
    const auto file = [](std::string_view fourth) {
        Pickle outer = Pickle().proto(4);
        for (const std::string_view text : {std::string_view("a"), std::string_view("b"), std::string_view("c"), fourth})
            outer.text(text).memoize().pop();
        Pickle inner = Pickle().proto(4).text("numpy._core.multiarray").memoize().text("_reconstruct").memoize().stack_global().memoize();
        inner.text("numpy").memoize().text("ndarray").memoize().stack_global().shape({0}).bytes("b").tuple3().reduce();
        inner.mark().integer(1).shape({1}).get(3).text("dtype").stack_global().text("O8").boolean(false).boolean(true).tuple3().reduce();
        inner.mark().integer(3).text("|").none().none().none().integer(-1).integer(-1).integer(63).tuple().build();
        inner.boolean(false).empty_list().text("x").append().tuple().build().stop();
        return outer.wrapper("O", {1}).raw(inner).stop();
    };
    CHECK(verdict_of(file("steps"), "m.joblib") == "model");
    CHECK(verdict_of(file("sklearn.pipeline"), "m.joblib") == "model");
    CHECK(verdict_of(file("numpy"), "m.joblib") == "model");
    // Where there is such a name, reading goes on.
    CHECK(verdict_of(file("scipy.io._netcdf"), "m.joblib") == "malformed");
}

TEST_CASE("a wrapper that has no array is malformed: joblib looks for one wherever it is built") {
    CHECK(verdict_of(Pickle().proto(4).object("joblib.numpy_pickle", "NumpyArrayWrapper").stop(), "m.joblib") == "malformed");
}

TEST_CASE("memo indices are to base 10, and no library writes them with a zero in front") {
    const Inspection found = inspect_bytes("\x80\x02Vposix\np8\n0Vpathlib\np010\n0Vsystem\np9\n0g8\ng9\n\x93Vid\n\x85R.");
    CHECK(oddities_of(found).starts_with("number-text@"));
    CHECK(imports_of(found).find("call posix.system") != std::string::npos);
}

TEST_CASE("functions that cloudpickle embeds are named") {
    const Inspection found = inspect_artifact("1.9.1-function.pkl");
    CHECK(found.format == "cloudpickle");
    CHECK(found.functions.size() == 1);
}

TEST_CASE("bombs end at their limits: objects, marks, lengths") {
    InspectLimits limits;
    limits.max_values = 1'000;
    CHECK(oddities_of(inspect_bytes("\x80\x04" + std::string(5'000, ']'), "model.pkl", limits)).starts_with("limit-values@"));
    CHECK(oddities_of(inspect_bytes("\x80\x04" + std::string(100'000, '('))).starts_with("limit-depth@"));
    const std::string huge = std::string("\x80\x04\x8e") + std::string(7, '\xff') + "\x7f";
    CHECK(oddities_of(inspect_bytes(huge)).starts_with("truncated@"));
    CHECK(oddities_of(inspect_bytes(std::string("\x80\x04\x8b") + "\xff\xff\xff\x7f")).starts_with("limit-number@"));
}

TEST_CASE("a list 100,000 deep is read, walked and judged") {
    std::string deep = "\x80\x04" + std::string(100'000, ']') + std::string(99'999, 'a') + ".";
    CHECK(inspect_bytes(deep).complete);
}

}  // namespace assay::test
