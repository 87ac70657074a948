#include "artifact/pickle/uses.hpp"

#include "base/text.hpp"
#include "tests/support/artifacts.hpp"
#include "tests/support/pickle_bytes.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace assay::test {

namespace {

PickleUses uses(const Pickle& pickle, const InspectLimits& limits = {}) {
    const ReadPickle read(pickle, limits);
    REQUIRE(read.fault() == "");
    return uses_of(read.graph, {read.root()});
}

/// "call posix.system, value m.f"
std::string imports(const PickleUses& found) {
    std::vector<std::string> lines;
    for (const ImportRecord& record : found.imports) {
        const char* const use = record.use == ImportUse::call          ? "call "
                                : record.use == ImportUse::instantiate ? "instantiate "
                                : record.use == ImportUse::argument    ? "argument "
                                                                       : "value ";
        lines.push_back(use + record.module + "." + record.name);
    }
    return join(lines, ", ");
}

/// "posix.system(str=id) state dict"
std::string calls(const PickleUses& found) {
    std::vector<std::string> lines;
    for (const CallRecord& record : found.calls) {
        std::string line = record.module + "." + record.name;
        line += record.folded ? " folded" : "(" + join(record.arguments, ", ") + ")";
        if (record.of_call) line += " of a call";
        for (const std::string& state : record.states) line += " state " + state;
        if (record.count > 1) line += " x" + std::to_string(record.count);
        lines.push_back(line);
    }
    return join(lines, "; ");
}

std::string states(const PickleUses& found) {
    std::vector<std::string> lines;
    for (const StateRecord& record : found.states) lines.push_back(record.key + "=" + record.holds + " (" + record.name + ")");
    return join(lines, "; ");
}

std::string shape(const Pickle& pickle) {
    const ReadPickle read(Pickle(pickle).stop());
    REQUIRE(read.fault() == "");
    return shape_of(read.graph, read.root());
}

/// An object of m.C whose state is the dict {key: value}.
Pickle object_with(std::string_view key, const Pickle& value) {
    return Pickle().object("m", "C").empty_dict().text(key).raw(value).set_item().build().stop();
}

}  // namespace

TEST_CASE("a name is called, instantiated, given to a call, or kept as a value") {
    CHECK(imports(uses(Pickle().global("posix", "system").text("id").tuple1().reduce().stop())) == "call posix.system");
    CHECK(imports(uses(Pickle().object("m", "C").stop())) == "instantiate m.C");
    CHECK(imports(uses(Pickle().global("m", "f").stop())) == "value m.f");
    CHECK(imports(uses(Pickle().global("m", "f").global("m", "g").tuple1().reduce().stop())) == "call m.f, argument m.g");
    CHECK(imports(uses(Pickle().global("m", "f").empty_list().global("m", "g").append().tuple1().reduce().stop())) ==
          "call m.f, value m.g");
    CHECK(imports(uses(object_with("a", Pickle().global("m", "g")))) == "instantiate m.C, value m.g");
    CHECK(imports(uses(Pickle().global("m", "f").pop().none().stop())) == "value m.f");  // dropped: imported all the same
    CHECK(imports(uses(Pickle().global("m", "D").empty_tuple().reduce().text("k").global("m", "g").set_item().stop())) ==
          "call m.D, value m.g");
}

TEST_CASE("a tuple of arguments that is kept elsewhere too holds values") {
    const Pickle kept = Pickle().global("m", "f").global("m", "g").tuple1().put(0).reduce().get(0).tuple2().stop();
    CHECK(imports(uses(kept)) == "call m.f, value m.g");
}

TEST_CASE("what functools.partial is given is called later, so it is a value") {
    const Pickle partial = Pickle()
                               .global("functools", "partial")
                               .global("m", "g")
                               .put(1)
                               .tuple1()
                               .reduce()
                               .mark()
                               .get(1)
                               .empty_tuple()
                               .empty_dict()
                               .none()
                               .tuple()
                               .build()
                               .stop();
    CHECK(imports(uses(partial)) == "call functools.partial, value m.g");
}

TEST_CASE("old names are reported as they are spelled") {
    const PickleUses found = uses(Pickle().proto(2).global("__builtin__", "eval").text("1").tuple1().reduce().stop());
    REQUIRE(found.imports.size() == 1);
    CHECK(found.imports[0].module == "builtins");
    CHECK(found.imports[0].spelled == "__builtin__.eval");
}

TEST_CASE("calls of one shape are one record, with the offset of the first") {
    Pickle pickle;
    pickle.empty_list().mark();
    for (int i = 0; i < 3; ++i) pickle.global("m", "f").integer(i).tuple1().reduce();
    pickle.global("m", "f").text("a").tuple1().reduce();
    const PickleUses found = uses(pickle.appends().stop());
    CHECK(calls(found) == "m.f(int) x3; m.f(str=a)");
    CHECK(found.calls[0].offset == 13);
    CHECK(found.imports[0].count == 4);
}

TEST_CASE("what a call gets is described by its kind") {
    CHECK(shape(Pickle().none()) == "none");
    CHECK(shape(Pickle().boolean(true)) == "bool");
    CHECK(shape(Pickle().integer(1)) == "int");
    CHECK(shape(Pickle().long1("123456789")) == "int");
    CHECK(shape(Pickle().real(1)) == "float");
    CHECK(shape(Pickle().text("latin1")) == "str=latin1");
    CHECK(shape(Pickle().python_2("latin1")) == "str=latin1");
    CHECK(shape(Pickle().text(std::string(41, 'a'))) == "str");
    CHECK(shape(Pickle().text("a\nb")) == "str");
    CHECK(shape(Pickle().bytes("a")) == "bytes");
    CHECK(shape(Pickle().byte_array("a")) == "bytes");
    CHECK(shape(Pickle().dtype("f8")) == "dtype");
    CHECK(shape(Pickle().array("f8", {1}, std::string(8, '\0'))) == "array");
    CHECK(shape(Pickle().joblib_array("f8", {1}, std::string(8, '\0'))) == "array");
    CHECK(shape(Pickle().global("m", "f")) == "global=m:f");
    CHECK(shape(Pickle().object("m", "C")) == "object=m:C");
    CHECK(shape(Pickle().global("m", "f").empty_tuple().reduce()) == "call=m:f");
    CHECK(shape(Pickle().global("collections", "OrderedDict").empty_tuple().reduce()) == "container");
    CHECK(shape(Pickle().empty_list()) == "literal list");
    CHECK(shape(Pickle().integer(1).text("a").tuple2()) == "literal tuple");
    CHECK(shape(Pickle().empty_set()) == "literal set");
    CHECK(shape(Pickle().global("m", "f").tuple1()) == "tuple");
    CHECK(shape(Pickle().empty_dict().text("a").object("m", "C").set_item()) == "dict");
    CHECK(shape(Pickle().global("numpy.core", "_ufunc_reconstruct").text("numpy").text("log").tuple2().reduce()) == "global=numpy:log");
}

TEST_CASE("states are described, and what is appended and set") {
    CHECK(calls(uses(Pickle().object("m", "C").empty_dict().build().stop())) == "m.C() state literal dict");
    CHECK(calls(uses(object_with("a", Pickle().global("m", "g")))) == "m.C() state dict");
    CHECK(calls(uses(Pickle().object("m", "C").none().empty_dict().tuple2().build().stop())) == "m.C() state slots");
    CHECK(calls(uses(Pickle().object("m", "C").integer(1).build().stop())) == "m.C() state int");
    CHECK(calls(uses(Pickle().object("m", "C").text("x").build().stop())) == "m.C() state str");
    CHECK(calls(uses(Pickle().object("m", "C").integer(1).append().none().none().set_item().stop())) == "m.C() state items state pairs");
    CHECK(calls(uses(Pickle().object("m", "C").empty_dict().build().empty_dict().build().stop())) ==
          "m.C() state literal dict state literal dict");
    CHECK(calls(uses(Pickle().global("m", "C").empty_tuple().empty_dict().new_object_ex().stop())) == "m.C(keywords literal dict)");
}

TEST_CASE("objects of protocol 0 are instances of their class, and no call of copyreg's alone") {
    const PickleUses found = uses(
        Pickle().global("copy_reg", "_reconstructor").global("m", "C").global("__builtin__", "object").none().tuple3().reduce().stop());
    CHECK(calls(found) == "m.C(); copyreg._reconstructor folded");
    CHECK(imports(found).find("instantiate m.C") != std::string::npos);
}

TEST_CASE("what is called may be the result of a call") {
    const PickleUses found =
        uses(Pickle().global("m", "f").text("a").tuple1().reduce().text("b").tuple1().reduce().empty_tuple().reduce().stop());
    CHECK(calls(found) == "m.f(str=a); m.f(str=b) of a call; m.f() of a call");
    const PickleUses no_name = uses(Pickle().integer(1).empty_tuple().reduce().stop());
    CHECK(calls(no_name) == ".() of a call");
    // cloudpickle's way to name a type.
    const PickleUses cloud = uses(
        Pickle().global("cloudpickle.cloudpickle", "_builtin_type").text("CodeType").tuple1().reduce().integer(1).tuple1().reduce().stop());
    CHECK(calls(cloud) == "cloudpickle.cloudpickle._builtin_type(str=CodeType); cloudpickle.cloudpickle._builtin_type(int)");
}

TEST_CASE("a function in the place of a method is named, data in its place is not") {
    CHECK(states(uses(object_with("predict", Pickle().global("posix", "system")))) == "predict=posix.system (posix.system)");
    CHECK(states(uses(object_with("transform", Pickle().global("m", "f").empty_tuple().reduce()))) == "transform=m.f() (m.f)");
    CHECK(states(uses(object_with("score", Pickle().real(0.5)))) == "");
    CHECK(states(uses(object_with("fit", Pickle().object("sklearn.utils._metadata_requests", "MethodMetadataRequest")))) == "");
    CHECK(states(uses(object_with("func", Pickle().global("numpy", "log")))) == "");
    CHECK(states(uses(object_with("__class__", Pickle().global("m", "D")))) == "__class__=m.D (m.D)");
    CHECK(states(uses(object_with("__reduce__", Pickle().integer(1)))) == "__reduce__=1 (m.C)");
    CHECK(states(uses(object_with("__doc__", Pickle().text("says what it is")))) == "");
    CHECK(states(uses(Pickle().object("m", "C").empty_dict().integer(1).integer(2).set_item().build().stop())) == "=1: 2 (m.C)");
    // In slots too.
    CHECK(states(uses(Pickle().object("m", "C").none().empty_dict().text("predict").global("m", "f").set_item().tuple2().build().stop())) ==
          "predict=m.f (m.f)");
    CHECK(states(uses(object_with("_parse_arg_template", Pickle().text("import os")))) == "_parse_arg_template='import os' (m.C)");
    CHECK(states(uses(object_with("_parse_arg_template", Pickle().global("m", "f")))) == "_parse_arg_template=m.f (m.C)");
}

TEST_CASE("of a long row of arguments each kind is shown once, and a row that is cut says so") {
    const auto row = [](int count, const InspectLimits& limits) {
        Pickle pickle = Pickle().global("m", "f").mark();
        for (int i = 0; i < count; ++i) pickle.text("text " + std::to_string(i));
        return uses(pickle.global("m", "C").tuple().reduce().stop(), limits).calls.at(0).arguments;
    };
    CHECK(row(40, {}).back() == "global=m:C");
    InspectLimits limits;
    limits.max_distinct = 35;
    CHECK(row(40, limits).back() == "more arguments");
}

TEST_CASE("a constructor's parameters and a random state are the state of an old distribution, other pairs are not") {
    const auto state = [](std::string_view key, const Pickle& second) {
        return calls(uses(Pickle().object("m", "C").empty_dict().text(key).integer(0).set_item().raw(second).tuple2().build().stop()));
    };
    CHECK(state("momtype", Pickle().none()) == "m.C() state distribution");
    CHECK(state("_parse_arg_template", Pickle().none()) == "m.C() state literal tuple");
    CHECK(state("momtype", Pickle().object("m", "D")).find("distribution") == std::string::npos);
}

TEST_CASE("a method that cloudpickle makes is a call of types.MethodType; its other types are called through cloudpickle") {
    const auto made = [](std::string_view type) {
        return Pickle().global("cloudpickle.cloudpickle", "_builtin_type").text(type).tuple1().reduce();
    };
    CHECK(calls(uses(made("MethodType").global("m", "f").none().tuple2().reduce().stop())) == "types.MethodType(global=m:f, none)");
    CHECK(calls(uses(made("CodeType").integer(0).tuple1().reduce().stop())) ==
          "cloudpickle.cloudpickle._builtin_type(str=CodeType); cloudpickle.cloudpickle._builtin_type(int)");
}

TEST_CASE("more different names than any file has are cut, and said to be") {
    InspectLimits limits;
    limits.max_distinct = 3;
    Pickle pickle;
    pickle.empty_list().mark();
    for (int i = 0; i < 10; ++i) pickle.global("m", "f" + std::to_string(i)).empty_tuple().reduce();
    const PickleUses found = uses(pickle.appends().stop(), limits);
    CHECK(found.imports.size() == 3);
    CHECK(found.calls.size() == 3);
    CHECK(found.truncated);
}

}  // namespace assay::test
