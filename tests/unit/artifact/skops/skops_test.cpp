#include "artifact/skops/skops.hpp"

#include "tests/support/inspected.hpp"
#include "tests/support/npy_bytes.hpp"
#include "tests/support/zip_bytes.hpp"

#include <doctest/doctest.h>

namespace assay::test {

namespace {

using Codes = std::vector<std::string>;

const std::string numbers = npy_bytes("{'descr': '<i8', 'fortran_order': False, 'shape': (2,), }", le(7, 8) + le(9, 8));

Json node(const char* loader, const char* module, const char* cls, Json more = Json::object()) {
    Json json = {{"__class__", cls}, {"__module__", module}, {"__loader__", loader}, {"__id__", 1}};
    json.update(more);
    return json;
}
Json value(const char* text) { return node("JsonNode", "builtins", "str", {{"content", text}}); }
Json list(std::vector<Json> items) { return node("ListNode", "builtins", "list", {{"content", std::move(items)}}); }
Json tuple(std::vector<Json> items) { return node("TupleNode", "builtins", "tuple", {{"content", std::move(items)}}); }
Json dict(Json entries) {
    std::vector<Json> types(entries.size(), node("TypeNode", "builtins", "str"));
    return node("DictNode", "builtins", "dict", {{"content", std::move(entries)}, {"key_types", list(std::move(types))}});
}
Json object(const char* module, const char* cls, Json state) {
    return node("ObjectNode", module, cls, {{"content", dict(std::move(state))}});
}
Json array(const char* file) { return node("NdArrayNode", "numpy", "ndarray", {{"type", "numpy"}, {"file", file}}); }

Inspection skops(Json schema) {
    schema["protocol"] = 2;
    schema["_skops_version"] = "0.16.0";
    return inspected(zip_bytes({{.name = "1.npy", .data = numbers}, {.name = "schema.json", .data = to_text(schema)}}), "m.skops");
}

/// The calls that loading makes, "module.name(arguments) [states]".
Codes calls(const Inspection& inspection) {
    Codes all;
    for (const Call& call : inspection.calls) {
        std::string text = call.module + "." + call.name + call.text;
        for (const std::string& state : call.states) text += " " + state;
        all.push_back(text);
    }
    return all;
}

Codes values(const Inspection& inspection) {
    Codes all;
    for (const Import& import : inspection.imports) {
        if (import.use == "value") all.push_back(import.module + "." + import.name);
    }
    return all;
}

}  // namespace

TEST_CASE("a skops model shows its estimators, its arrays and the releases that wrote it") {
    const Json step =
        tuple({value("\"svc\""), object("sklearn.svm._classes", "SVC",
                                        {{"C", value("2.5")}, {"classes_", array("1.npy")}, {"_sklearn_version", value("\"1.5.2\"")}})});
    const Inspection inspection =
        skops(object("sklearn.pipeline", "Pipeline",
                     {{"steps", list(Json::array({step}))}, {"verbose", value("false")}, {"_sklearn_version", value("\"1.5.2\"")}}));
    CHECK(inspection.format == "skops");
    CHECK(inspection.complete);
    CHECK(inspection.oddities.empty());
    CHECK(inspection.tree["class"] == "sklearn.pipeline.Pipeline");
    CHECK(inspection.tree["params"]["verbose"] == false);
    const Json& child = inspection.tree["children"][0];
    CHECK(child["name"] == "svc");
    CHECK(child["path"] == "steps[0][1]");
    CHECK(child["release"] == "1.5.2");
    CHECK(child["params"]["C"] == 2.5);
    CHECK(inspection.classes == Json({7, 9}));
    REQUIRE(inspection.arrays.size() == 1);
    CHECK(inspection.arrays[0].path == "steps[0][1].classes_");
    REQUIRE(inspection.releases.size() == 2);
    CHECK(inspection.releases[0].evidence == "_sklearn_version of 2 objects");
    CHECK(inspection.releases[1].package == "skops");
    CHECK(calls(inspection) == Codes{"sklearn.pipeline.Pipeline() dict", "sklearn.svm._classes.SVC() dict"});
}

TEST_CASE("values and containers of Python's own are no calls") {
    CHECK(calls(skops(dict({{"a", list({value("1"), tuple({value("null")})})}, {"b", array("1.npy")}}))).empty());
}

TEST_CASE("a class in the place of a container is called with its contents") {
    CHECK(calls(skops(node("ListNode", "os", "system", {{"content", {value("1")}}}))) == Codes{"os.system(list)"});
    CHECK(calls(skops(node("DictNode", "my", "Dict", {{"content", Json::object()}, {"key_types", list(Json::array())}}))) ==
          Codes{"my.Dict()"});
    CHECK(calls(skops(node("NdArrayNode", "my", "Array", {{"type", "numpy"}, {"file", "1.npy"}}))) == Codes{"my.Array(array)"});
    CHECK(calls(skops(node("RandomStateNode", "my", "State", {{"content", dict(Json::object())}}))) == Codes{"my.State()"});
}

TEST_CASE("a description in a state is a text, and the template of a distribution is SciPy's own") {
    CHECK(codes(skops(object("my", "Thing", {{"__doc__", value("\"numbers\"")}}))).empty());
    CHECK(codes(skops(object("my", "Thing", {{"__doc__", node("FunctionNode", "numpy", "log1p")}}))) == Codes{"state-code"});
    CHECK(codes(skops(object("my", "Thing", {{"_parse_arg_template", value("\"import os\"")}}))) == Codes{"state-code"});
}

TEST_CASE("a constructor's parameters and a random state are the state of an old distribution") {
    const auto thing = [](const char* key) {
        const Json pair = tuple({dict({{key, value("1")}}), value("null")});
        return calls(skops(node("ObjectNode", "my", "Thing", {{"content", pair}})));
    };
    CHECK(thing("momtype") == Codes{"my.Thing() distribution"});
    CHECK(thing("_parse_arg_template") == Codes{"my.Thing() tuple"});
}

TEST_CASE("bytes may be of any format where the loader takes them for bytes, and nowhere else") {
    Json schema = node("BytesNode", "builtins", "bytes", {{"file", "1.bin"}});
    schema["protocol"] = 2;
    schema["_skops_version"] = "0.16.0";
    const auto oddities = [&](const char* other) {
        return codes(inspected(zip_bytes({{.name = "1.bin", .data = "\x7f\x01\x02\x03"},
                                          {.name = other, .data = "\x7f\x01\x02\x03"},
                                          {.name = "schema.json", .data = to_text(schema)}}),
                               "m.skops")
                         .parts.at(0));
    };
    CHECK(oddities("2.bin").empty());
    schema["file"] = "2.bin";
    CHECK(oddities("2.bin") == Codes{"unknown-format"});
}

TEST_CASE("the types of keys are called with the keys") {
    const Json types = list({node("TypeNode", "os", "system")});
    CHECK(calls(skops(node("DictNode", "builtins", "dict", {{"content", {{"id", value("1")}}}, {"key_types", types}}))) ==
          Codes{"os.system(str)"});
}

TEST_CASE("functions and types are values, also as protocol 0 wrote them") {
    CHECK(values(skops(list({node("FunctionNode", "numpy", "log1p"), node("TypeNode", "numpy", "float64")}))) ==
          Codes{"numpy.log1p", "numpy.float64"});
    CHECK(values(skops(node("FunctionNode", "numpy", "log1p", {{"content", {{"module_path", "os"}, {"function", "system"}}}}))) ==
          Codes{"numpy.log1p", "os.system"});
}

TEST_CASE("the content of a function is its name or nothing") {
    CHECK(codes(skops(node("FunctionNode", "numpy", "log1p", {{"content", "os.system"}}))) == Codes{"skops-node"});
}

TEST_CASE("methods and functions of operator are judged by what is fetched") {
    const Json owner = object("my", "Thing", Json::object());
    CHECK(values(skops(node("MethodNode", "my", "Thing", {{"content", {{"func", "run"}, {"obj", owner}}}}))) == Codes{"my.Thing.run"});
    const Inspection liar = skops(node("MethodNode", "builtins", "int", {{"content", {{"func", "run"}, {"obj", owner}}}}));
    CHECK(codes(liar) == Codes{"skops-node"});
    CHECK(values(liar) == Codes{"builtins.int.run", "my.Thing.run"});
    const Json attrs = {{"attrs", tuple({value("\"a\"")})}};
    CHECK(calls(skops(node("OperatorFuncNode", "operator", "attrgetter", attrs))) == Codes{"operator.attrgetter(str=a)"});
    CHECK(codes(skops(node("OperatorFuncNode", "builtins", "call", attrs))) == Codes{"skops-node"});
}

TEST_CASE("a bit generator's name is called, wherever it comes from") {
    const auto generator = [](const char* name) {
        return node("RandomGeneratorNode", "numpy.random._generator", "Generator",
                    {{"content", {{"bit_generator", dict({{"bit_generator", value(name)}})}, {"seed_seq", dict(Json::object())}}}});
    };
    CHECK(calls(skops(generator("\"PCG64\""))).empty());
    CHECK(calls(skops(generator("\"seed\""))) == Codes{"numpy.random.seed(random)"});
    CHECK(codes(skops(generator("1"))) == Codes{"skops-node"});
}

TEST_CASE("what is made by its arguments shows their kinds") {
    const Json reduce = {{"__reduce__", {{"args", tuple({value("4"), array("1.npy"), value("1")})}}},
                         {"content", dict({{"x", value("1")}})}};
    CHECK(calls(skops(node("TreeNode", "sklearn.tree._tree", "Tree", reduce))) == Codes{"sklearn.tree._tree.Tree(int, array, int) dict"});
    CHECK(calls(skops(node("TreeNode", "os", "Tree", reduce))).size() == 2);
    CHECK(calls(skops(node("LossNode", "my", "Loss", reduce))) == Codes{"my.Loss(int, array, int) dict"});
    CHECK(calls(skops(node("ConstructorFromReduceNode", "os", "system", {{"content", tuple({value("\"id\"")})}}))) ==
          Codes{"os.system(str=id)"});
}

TEST_CASE("nodes that no skops writes are told") {
    CHECK(codes(skops(node("EvalNode", "builtins", "eval"))) == Codes{"unknown-loader"});
    CHECK(codes(skops(node("NdArrayNode", "numpy", "ndarray", {{"type", "numpy"}, {"file", "2.npy"}}))) == Codes{"skops-member"});
    CHECK(codes(skops(node("NdArrayNode", "numpy", "ndarray", {{"type", "pickle"}}))) == Codes{"skops-node"});
    Json trusting = list(Json::array());
    trusting["trusted"] = {"os.system"};
    CHECK(codes(skops(trusting)) == Codes{"trusts-itself"});
    const Json method = {{"predict", node("FunctionNode", "os", "system")}};
    CHECK(codes(skops(object("sklearn.svm._classes", "SVC", method))) == Codes{"state-code"});
    CHECK(codes(skops(node("CachedNode", "builtins", "dict", {{"__id__", 7}}))) == Codes{"skops-node"});
    CHECK(codes(skops(list({value("1"), node("CachedNode", "builtins", "str")}))).empty());  // both have the id 1
    Json newer = list(Json::array());
    newer["protocol"] = 3;
    newer["_skops_version"] = "9";
    CHECK(codes(inspected(zip_bytes({{.name = "schema.json", .data = to_text(newer)}}))) == Codes{"unscannable"});
}

TEST_CASE("an object's state is a plain dict: one of another kind hides its attributes") {
    const Json plain = dict({{"x", value("1")}});
    const auto made = [](const Json& content) {
        return calls(skops(node("ObjectNode", "sklearn.svm._classes", "SVC", {{"content", content}})));
    };
    CHECK(made(plain) == Codes{"sklearn.svm._classes.SVC() dict"});
    const Json other =
        node("DefaultDictNode", "collections", "defaultdict", {{"content", {{"main", plain}, {"default_factory", value("null")}}}});
    CHECK(made(other) == Codes{"sklearn.svm._classes.SVC() mapping"});
}

TEST_CASE("training data is found by class and attribute") {
    const Inspection inspection = skops(object("sklearn.neighbors._classification", "KNeighborsClassifier", {{"_fit_X", array("1.npy")}}));
    REQUIRE(inspection.training_data.size() == 1);
    CHECK(inspection.training_data[0].level == "rows");
    CHECK(inspection.training_data[0].path == "_fit_X");
    CHECK(inspection.training_data[0].rows == 2);
}

TEST_CASE("a zip that merely has a schema.json is a zip") {
    CHECK(inspected(zip_bytes({{.name = "schema.json", .data = "{}"}})).format == "zip");
    CHECK(codes(inspected(zip_bytes({{.name = "schema.json", .data = "{"}}))) == Codes{"invalid-json"});
    CHECK(codes(inspected(zip_bytes({{.name = "schema.json", .data = "{}"}}), "model.skops")) == Codes{"skops-node"});
}

}  // namespace assay::test
