#include "artifact/pickle/look.hpp"

#include "artifact/pickle/python_text.hpp"
#include "tests/support/artifacts.hpp"
#include "tests/support/pickle_bytes.hpp"

#include <doctest/doctest.h>

#include <string>

namespace assay::test {

namespace {

std::string class_name_of(std::string_view bytes) {
    const ReadPickle read(bytes);
    REQUIRE(read.fault() == "");
    return class_name(read.graph, read.root());
}

std::string shown(const ReadPickle& read, ValueId id) { return id == no_value ? "nothing" : python_text(read.graph, id); }

}  // namespace

TEST_CASE("a text is a str, or a Python 2 str of ASCII, that is kept whole") {
    const auto text_of = [](std::string_view bytes, const InspectLimits& limits = {}) {
        const ReadPickle read(bytes, limits);
        const auto text = text_value(read.graph, read.root());
        return text ? std::string(*text) : "nothing";
    };
    CHECK(text_of(Pickle().text("abc").stop()) == "abc");
    CHECK(text_of(Pickle().python_2("abc").stop()) == "abc");
    CHECK(text_of(Pickle().python_2("\xff").stop()) == "nothing");
    CHECK(text_of(Pickle().bytes("abc").stop()) == "nothing");
    CHECK(text_of(Pickle().integer(1).stop()) == "nothing");
    InspectLimits limits;
    limits.max_kept_text = 2;
    CHECK(text_of(Pickle().text("abc").stop(), limits) == "nothing");
    const ReadPickle read(Pickle().integer(-3).stop());
    CHECK_FALSE(text_value(read.graph, no_value));
    CHECK(integer_value(read.graph, read.root()) == -3);
    CHECK_FALSE(integer_value(read.graph, no_value));
}

TEST_CASE("a global is asked for by its whole name") {
    const ReadPickle read(Pickle().global("a.b", "c").stop());
    CHECK(is_global(read.graph, read.root(), "a.b", "c"));
    CHECK_FALSE(is_global(read.graph, read.root(), "a", "b.c"));
    CHECK(is_one_of(read.graph, read.root(), {"x.y", "a.b.c"}));
    CHECK_FALSE(is_one_of(read.graph, read.root(), {"a.b.d", "b.c", "xa.b.c"}));
    CHECK_FALSE(is_one_of(read.graph, no_value, {"a.b.c"}));
}

TEST_CASE("an object has a class, however its protocol makes it") {
    CHECK(class_name_of(Pickle().object("m", "C").stop()) == "m.C");
    CHECK(class_name_of("(im\nC\n.") == "m.C");
    const auto reconstructed = [](const Pickle& base_and_state) {
        return class_name_of(Pickle().global("copy_reg", "_reconstructor").global("m", "C").raw(base_and_state).tuple3().reduce().stop());
    };
    CHECK(reconstructed(Pickle().global("__builtin__", "object").none()) == "m.C");
    CHECK(reconstructed(Pickle().global("__builtin__", "dict").empty_dict()) == "m.C");
    CHECK(reconstructed(Pickle().global("__builtin__", "list").empty_list()) == "m.C");
    CHECK(reconstructed(Pickle().global("__builtin__", "object").integer(1)) == "");
    CHECK(reconstructed(Pickle().global("posix", "system").none()) == "");
    CHECK(reconstructed(Pickle().global("__builtin__", "dict").text("no dict")) == "");
    CHECK(class_name_of(Pickle().global("copy_reg", "__newobj__").global("m", "C").tuple1().reduce().stop()) == "m.C");
    CHECK(class_name_of(Pickle().global("copy_reg", "__newobj__").global("m", "C").integer(1).tuple2().reduce().stop()) == "");
    CHECK(class_name_of(Pickle().global("m", "C").empty_tuple().reduce().stop()) == "");
    CHECK(class_name_of(Pickle().global("m", "C").stop()) == "");
    CHECK(class_name_of(Pickle().none().empty_tuple().new_object().stop()) == "");  // a class that is no global
}

TEST_CASE("an attribute is looked up in the state, and the last of a name counts") {
    const ReadPickle read(Pickle()
                              .object("m", "C")
                              .empty_dict()
                              .mark()
                              .text("a")
                              .integer(1)
                              .text("a")
                              .integer(2)
                              .integer(3)
                              .integer(4)
                              .set_items()
                              .build()
                              .stop());
    CHECK(shown(read, attribute(read.graph, read.root(), "a")) == "2");
    CHECK(shown(read, attribute(read.graph, read.root(), "b")) == "nothing");
    CHECK(shown(read, attribute(read.graph, no_value, "a")) == "nothing");
    CHECK(shown(read, dict_value(read.graph, read.root(), "a")) == "nothing");
    CHECK(callable_name(read.graph, read.root()) == "m.C");

    const ReadPickle slots(Pickle().object("m", "C").empty_dict().text("a").integer(1).set_item().empty_dict().tuple2().build().stop());
    CHECK(shown(slots, attribute(slots.graph, slots.root(), "a")) == "1");
    const ReadPickle other(Pickle().object("m", "C").integer(1).build().stop());
    CHECK(state_dict(other.graph, other.root()) == no_value);
}

TEST_CASE("arguments are those of the tuple") {
    const ReadPickle read(Pickle().global("m", "f").integer(1).integer(2).tuple2().reduce().stop());
    CHECK(arguments_of(read.graph, read.root()).size() == 2);
    CHECK(arguments_of(read.graph, read.root(), 1).size() == 1);
}

}  // namespace assay::test
