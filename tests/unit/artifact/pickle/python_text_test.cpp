#include "artifact/pickle/python_text.hpp"

#include "base/text.hpp"
#include "tests/support/artifacts.hpp"
#include "tests/support/pickle_bytes.hpp"

#include <doctest/doctest.h>

#include <string>

namespace assay::test {

namespace {

std::string text_of(std::string_view bytes, std::size_t max_bytes = 300) {
    const ReadPickle read(bytes);
    REQUIRE(read.fault() == "");
    return python_text(read.graph, read.root(), max_bytes);
}

}  // namespace

TEST_CASE("values are written as Python would") {
    CHECK(text_of(Pickle().none().stop()) == "None");
    CHECK(text_of(Pickle().boolean(true).boolean(false).tuple2().stop()) == "(True, False)");
    CHECK(text_of(Pickle().real(1).real(0.1).real(-1e300).tuple3().stop()) == "(1.0, 0.1, -1e+300)");
    CHECK(text_of("Fnan\n.") == "nan");
    CHECK(text_of("Finf\n.") == "inf");
    CHECK(text_of("F-inf\n.") == "-inf");
    CHECK(text_of(Pickle().text("a").tuple1().stop()) == "('a',)");
    CHECK(text_of(Pickle().bytes("a").python_2("b").tuple2().stop()) == "(b'a', 'b')");
    CHECK(text_of(Pickle().empty_dict().mark().text("a").integer(1).text("b").empty_list().set_items().stop()) == "{'a': 1, 'b': []}");
    CHECK(text_of(Pickle().global("posix", "system").text("id").tuple1().reduce().stop()) == "posix.system('id')");
    CHECK(text_of(Pickle().object("m", "C").stop()) == "m.C()");
    CHECK(text_of(Pickle().object("m", "C").empty_dict().build().stop()) == "m.C(…)");
    CHECK(text_of(Pickle().dtype("f8").stop()) == "dtype('<f8')");
    CHECK(text_of(Pickle().array("f8", {2, 1}, std::string(16, '\0')).stop()) == "array(float64, (2, 1))");
    CHECK(text_of(Pickle().joblib_array("f8", {2}, std::string(16, '\0')).stop()) == "array(float64, (2,))");
    CHECK(text_of(Pickle().global("numpy.core.multiarray", "scalar").dtype("f8").bytes(double_bytes({0.5})).tuple2().reduce().stop()) ==
          "0.5");
}

TEST_CASE("what a file says is made safe to print, and cut") {
    CHECK_FALSE(has_control_characters(text_of(Pickle().text("a\x1b[31m\nb\xed\xa0\x80").stop())));
    CHECK_FALSE(has_control_characters(text_of(Pickle().global("a\x1b", "b").stop())));
    CHECK(is_utf8(text_of(Pickle().bytes("\xff\xfe").stop())));
    const std::string cut = text_of(Pickle().text(std::string(1000, 'a')).stop(), 50);
    CHECK(cut.size() < 100);
    CHECK(cut.find("…") != std::string::npos);
    Pickle list;
    list.empty_list().mark();
    for (int i = 0; i < 200; ++i) list.integer(i);
    const std::string shown = text_of(list.appends().stop(), 10'000);
    CHECK(shown.find("49, …]") != std::string::npos);
    CHECK(shown.find("150") == std::string::npos);
}

TEST_CASE("what is nested or holds itself ends") {
    CHECK(text_of(Pickle().empty_list().put(0).get(0).append().stop()).size() < 400);
    CHECK(text_of(std::string(1000, ']') + std::string(999, 'a') + ".").size() < 400);
    // Ten lists of ten of ten …: a billion elements in 100 bytes.
    Pickle bomb = Pickle().empty_list();
    for (std::uint8_t level = 0; level < 9; ++level) {
        bomb.put(level).pop().empty_list().mark();
        for (int i = 0; i < 10; ++i) bomb.get(level);
        bomb.appends();
    }
    CHECK(text_of(bomb.stop()).size() < 1000);
}

}  // namespace assay::test
