#include "registry/safety.hpp"

#include "tests/support/artifacts.hpp"
#include "tests/support/pickle_bytes.hpp"

#include <doctest/doctest.h>

#include <string>

namespace assay::test {

namespace {

SafetyVerdict verdict_on(const Pickle& pickle, const std::set<std::string, std::less<>>& trusted = {}) {
    return judge(inspect_bytes(pickle), trusted);
}

std::string first_code(const SafetyVerdict& verdict) { return verdict.reasons.empty() ? "" : verdict.reasons.front().code; }

Pickle scaler() { return Pickle().proto(4).object("sklearn.preprocessing._data", "StandardScaler"); }

}  // namespace

TEST_CASE("every fixture that a release of scikit-learn has written is a model, but for the one that carries a function") {
    for (const char* name : {"0.20.4-pipeline.joblib", "0.20.4-tree.joblib", "0.24.2-encoder.joblib", "1.0.2-pipeline.joblib",
                             "1.2.2-forest.joblib", "1.3.2-protocol0.pkl", "1.5.2-encoder.joblib", "1.6.1-boosting.joblib",
                             "1.7.2-search.joblib", "1.9.1-neighbours.joblib", "1.9.1-pipeline.lz4", "1.9.1-protocol5.pkl"}) {
        CAPTURE(name);
        const SafetyVerdict verdict = judge(inspect_artifact(name));
        CHECK(to_string(verdict.verdict) == "model");
        CHECK(verdict.reasons.empty());
    }
    const SafetyVerdict function = judge(inspect_artifact("1.9.1-function.pkl"));
    CHECK(to_string(function.verdict) == "needs-trust");
    CHECK(reason_codes(function).find("embedded-code") != std::string::npos);
}

TEST_CASE("plain values are data") { CHECK(verdict_of(Pickle().proto(4).empty_dict().text("a").integer(1).set_item().stop()) == "data"); }

TEST_CASE("a payload is named with its arguments, its offset and its place") {
    const Pickle pickle =
        scaler().empty_dict().text("mean_").global("posix", "system").text("echo hello").tuple1().reduce().set_item().build().stop();
    const SafetyVerdict verdict = verdict_on(pickle);
    CHECK(to_string(verdict.verdict) == "dangerous");
    REQUIRE(!verdict.reasons.empty());
    CHECK(verdict.reasons[0].name == "posix.system");
    CHECK(verdict.reasons[0].arguments == "('echo hello',)");
    CHECK(verdict.reasons[0].path == "mean_");
    CHECK(pickle.str()[verdict.reasons[0].offset] == 'R');
}

TEST_CASE("a class that cloudpickle sends along waits to be trusted; without its maker, type stays dangerous") {
    const auto argument = [](const char* module, const char* name) {
        return verdict_on(Pickle().proto(4).global(module, name).global("builtins", "type").text("Clip").tuple2().reduce().stop());
    };
    const SafetyVerdict sent = argument("cloudpickle.cloudpickle", "_make_skeleton_class");
    CHECK(to_string(sent.verdict) == "needs-trust");
    CHECK(reason_codes(sent).find("embedded-code") != std::string::npos);
    const auto with_property = [](const char* maker) {
        return verdict_of(Pickle()
                              .proto(4)
                              .global("cloudpickle.cloudpickle", maker)
                              .global("builtins", "type")
                              .text("Clip")
                              .tuple2()
                              .reduce()
                              .global("builtins", "property")
                              .text("get")
                              .tuple1()
                              .reduce()
                              .tuple2()
                              .stop());
    };
    CHECK(with_property("_make_skeleton_class") == "needs-trust");
    CHECK(with_property("_make_function") == "dangerous");
    CHECK(to_string(argument("churn_lib", "make").verdict) == "dangerous");
    CHECK(verdict_of(Pickle()
                         .proto(4)
                         .global("cloudpickle.cloudpickle", "_make_skeleton_class")
                         .pop()
                         .global("builtins", "type")
                         .text("Clip")
                         .tuple1()
                         .reduce()
                         .stop()) == "dangerous");
}

TEST_CASE("a name in no list needs trust, unless it is trusted") {
    const Pickle pickle = Pickle().proto(4).object("churn_lib", "Ratio").stop();
    CHECK(first_code(verdict_on(pickle)) == "unknown-global");
    CHECK(to_string(verdict_on(pickle).verdict) == "needs-trust");
    CHECK(to_string(verdict_on(pickle, {"churn_lib.Ratio"}).verdict) == "model");
}

TEST_CASE("a listed name is allowed as what it is listed as, and as nothing else") {
    CHECK(first_code(verdict_on(Pickle().proto(4).global("sklearn.pipeline", "Pipeline").empty_tuple().reduce().stop())) == "wrong-kind");
    CHECK(first_code(verdict_on(Pickle().proto(4).object("numpy", "log1p").stop())) == "wrong-kind");
    CHECK(first_code(verdict_on(Pickle().proto(4).global("builtins", "bytearray").integer(1 << 30).tuple1().reduce().stop())) ==
          "call-shape");
    CHECK(first_code(verdict_on(Pickle().proto(4).global("_codecs", "encode").text("x").text("bz2").tuple2().reduce().stop())) ==
          "call-shape");
}

TEST_CASE("an object is given one dict, and nothing is put into one that holds nothing") {
    CHECK(to_string(verdict_on(scaler().empty_dict().build().stop()).verdict) == "model");
    CHECK(first_code(verdict_on(scaler().empty_dict().build().empty_dict().build().stop())) == "call-shape");
    CHECK(first_code(verdict_on(scaler().integer(1).build().stop())) == "call-shape");
    CHECK(first_code(verdict_on(scaler().text("k").integer(1).set_item().stop())) == "call-shape");
    CHECK(first_code(verdict_on(Pickle().proto(4).global("sklearn.pipeline", "Pipeline").empty_dict().build().stop())) == "build-target");
}

TEST_CASE("a function in the place of a method, and an attribute of Python's own, are dangerous") {
    CHECK(first_code(verdict_on(scaler().empty_dict().text("predict").global("numpy", "log1p").set_item().build().stop())) == "state-code");
    CHECK(first_code(verdict_on(scaler().empty_dict().text("__class__").text("x").set_item().build().stop())) == "state-code");
    CHECK(to_string(verdict_on(scaler().empty_dict().text("predict").boolean(true).set_item().build().stop()).verdict) == "model");
}

TEST_CASE("a distribution of SciPy's is a model, another text or a pair in its place is dangerous") {
    const auto distribution = [] { return Pickle().proto(4).object("scipy.stats._continuous_distns", "norm_gen"); };
    const Pickle pair = Pickle().empty_dict().text("momtype").integer(1).set_item().none().tuple2();
    CHECK(to_string(verdict_on(distribution().raw(pair).build().stop()).verdict) == "model");
    const Pickle other = Pickle().empty_dict().text("momtypes").integer(1).set_item().none().tuple2();
    CHECK(first_code(verdict_on(distribution().raw(other).build().stop())) == "call-shape");
    CHECK(first_code(verdict_on(distribution().empty_dict().text("_parse_arg_template").text("import os").set_item().build().stop())) ==
          "state-code");
}

TEST_CASE("getattr gives a distribution its own method, any object one that needs trust, and nothing else") {
    const auto get = [](std::string_view name) {
        const Pickle owner = Pickle().object("scipy.stats._discrete_distns", "geom_gen");
        return verdict_on(Pickle().proto(4).global("builtins", "getattr").raw(owner).text(name).tuple2().reduce().stop());
    };
    CHECK(to_string(get("_entropy").verdict) == "model");
    CHECK(first_code(get("__class__")) == "known-gadget");
    CHECK(first_code(get("rvs")) == "bound-method");
    CHECK(to_string(get("rvs").verdict) == "needs-trust");
}

TEST_CASE("a method of str is a tokenizer, and only those that are listed") {
    const auto method = [](std::string_view name) {
        return verdict_on(Pickle().proto(4).global("builtins", "getattr").global("builtins", "str").text(name).tuple2().reduce().stop());
    };
    CHECK(to_string(method("split").verdict) == "model");
    CHECK(to_string(method("__class__").verdict) == "dangerous");
}

TEST_CASE("a long row of states or arguments hides nothing") {
    Pickle states = Pickle().proto(4).global("collections", "OrderedDict").empty_tuple().reduce();
    for (int i = 0; i < 9; ++i) states.empty_dict().build();
    const Pickle slots = Pickle().none().empty_dict().text("__class__").global("m", "C").set_item().tuple2();
    CHECK(to_string(verdict_on(states.raw(slots).build().stop()).verdict) == "dangerous");
    Pickle row = Pickle().proto(4).global("operator", "itemgetter").mark();
    for (int i = 0; i < 40; ++i) row.integer(i);
    CHECK(to_string(verdict_on(row.global("os", "system").tuple().reduce().stop()).verdict) == "dangerous");
}

TEST_CASE("what unpickling calls on an object is not taken from its state") {
    const Pickle pickle = Pickle().proto(4).global("collections", "OrderedDict").empty_tuple().reduce();
    const Pickle state = Pickle().empty_dict().text("extend").global("numpy", "log1p").set_item();
    CHECK(first_code(verdict_on(Pickle(pickle).raw(state).build().mark().integer(1).appends().stop())) == "state-code");
}

TEST_CASE("what fills a Bunch is found as its attributes: none of them is a method or Python's own") {
    const auto bunch = [](std::string_view key, const Pickle& value) {
        return verdict_on(Pickle().proto(4).object("sklearn.utils", "Bunch").text(key).raw(value).set_item().stop());
    };
    CHECK(to_string(bunch("scaler", Pickle().object("sklearn.preprocessing._data", "StandardScaler")).verdict) == "model");
    CHECK(first_code(bunch("extend", Pickle().global("builtins", "sum"))) == "state-code");
    CHECK(first_code(bunch("append", Pickle().object("numpy", "vectorize"))) == "state-code");
    CHECK(first_code(bunch("__array__", Pickle().text("x"))) == "state-code");
    const Pickle filled = Pickle().proto(4).object("sklearn.utils", "Bunch").mark().integer(1).appends().stop();
    CHECK(first_code(verdict_on(filled)) == "call-shape");
}

TEST_CASE("a partial calls the function that it names, not one from its state") {
    const auto partial = [](std::string_view module, std::string_view name) {
        const Pickle state = Pickle().mark().global(module, name).empty_tuple().empty_dict().none().tuple();
        return verdict_on(
            Pickle().proto(4).global("functools", "partial").global("numpy", "log1p").tuple1().reduce().raw(state).build().stop());
    };
    CHECK(to_string(partial("numpy", "log1p").verdict) == "model");
    CHECK(to_string(partial("numpy", "exp").verdict) == "dangerous");
}

TEST_CASE("a class that a call gave is no class, and what a call gave is no state") {
    const Pickle bunch =
        Pickle().object("sklearn.utils", "Bunch").text("_entropy").global("scipy.stats._continuous_distns", "norm_gen").set_item();
    const Pickle hidden = Pickle().global("builtins", "getattr").raw(bunch).text("_entropy").tuple2().reduce();
    const Pickle made =
        Pickle().proto(4).global("copyreg", "_reconstructor").raw(hidden).global("builtins", "object").none().tuple3().reduce();
    CHECK(to_string(verdict_on(Pickle(made).stop()).verdict) == "dangerous");
    const Pickle spline = Pickle().proto(4).object("scipy.interpolate._bsplines", "BSpline");
    CHECK(to_string(verdict_on(Pickle(spline).empty_dict().build().stop()).verdict) == "model");
    CHECK(first_code(verdict_on(Pickle(spline).raw(hidden).build().stop())) == "call-shape");
    CHECK(first_code(verdict_on(Pickle(spline).empty_dict().build().empty_dict().build().stop())) == "call-shape");
}

TEST_CASE("Python's own names are found anywhere in a state, in dicts of other kinds and rows of pairs too") {
    const auto slots = [](const Pickle& state) {
        const Pickle spline = Pickle().proto(4).object("scipy.interpolate._bsplines", "BSpline");
        return first_code(verdict_on(Pickle(spline).none().raw(state).tuple2().build().stop()));
    };
    const Pickle entry = Pickle().text("__class__").global("scipy.stats._continuous_distns", "norm_gen");
    CHECK(slots(Pickle().global("collections", "OrderedDict").empty_tuple().reduce().raw(entry).set_item()) == "state-code");
    CHECK(slots(Pickle().empty_list().raw(entry).tuple2().append()) == "state-code");
    CHECK(slots(Pickle().empty_list().text("mean").integer(1).tuple2().append()) == "");
}

TEST_CASE("getattr and a bound method are of SciPy's distributions alone, and get no state") {
    const auto get = [](const Pickle& owner, bool state) {
        Pickle pickle = Pickle().proto(4).global("builtins", "getattr").raw(owner).text("_entropy").tuple2().reduce();
        if (state) pickle.empty_dict().build();
        return first_code(verdict_on(pickle.stop()));
    };
    const Pickle geom = Pickle().object("scipy.stats._discrete_distns", "geom_gen");
    CHECK(get(geom, false) == "");
    CHECK(get(geom, true) == "known-gadget");
    CHECK(get(Pickle().object("sklearn.utils", "Bunch"), false) == "known-gadget");
}

TEST_CASE("a partial of a class, and one of max with a key, is dangerous") {
    const auto partial = [](std::string_view module, std::string_view name, const Pickle& arguments, const Pickle& keywords) {
        const Pickle state = Pickle().mark().global(module, name).raw(arguments).raw(keywords).none().tuple();
        return first_code(
            verdict_on(Pickle().proto(4).global("functools", "partial").global(module, name).tuple1().reduce().raw(state).build().stop()));
    };
    CHECK(partial("numpy", "clip", Pickle().empty_tuple(), Pickle().empty_dict()) == "");
    CHECK(partial("lightgbm.basic", "Booster", Pickle().empty_tuple(), Pickle().empty_dict()) == "wrong-kind");
    CHECK(partial("builtins", "max", Pickle().text("/a/path").tuple1(), Pickle().empty_dict()) == "call-shape");
}

TEST_CASE("a time zone that is a file is told") {
    CHECK(first_code(verdict_on(Pickle().proto(4).text("datetime64[ns, dateutil//a/path]").stop())) == "opens-files");
    CHECK(first_code(verdict_on(Pickle().proto(4).text("datetime64[ns, UTC]").stop())) == "");
}

TEST_CASE("a method is chosen by its name only where the libraries choose it so") {
    const auto chosen = [](std::string_view key, const Pickle& value) {
        return verdict_on(scaler().empty_dict().text(key).raw(value).set_item().build().stop());
    };
    CHECK(to_string(chosen("_response_method", Pickle().text("predict_proba")).verdict) == "model");
    CHECK(first_code(chosen("_response_method", Pickle().text("eval"))) == "state-code");
    CHECK(to_string(chosen("stack_method_", Pickle().empty_list().text("predict").append()).verdict) == "model");
    CHECK(first_code(chosen("stack_method_", Pickle().empty_list().text("to_pickle").append())) == "state-code");
    CHECK(to_string(chosen("importance_getter", Pickle().text("named_steps.model.coef_")).verdict) == "model");
    CHECK(first_code(chosen("importance_getter", Pickle().text("to_pickle.__globals__"))) == "state-code");
    const auto vectorizer = [](const Pickle& input) {
        const Pickle made = Pickle().proto(4).object("sklearn.feature_extraction.text", "CountVectorizer");
        return verdict_on(Pickle(made).empty_dict().text("input").raw(input).set_item().build().stop());
    };
    CHECK(first_code(vectorizer(Pickle().text("filename"))) == "opens-files");
    CHECK(first_code(vectorizer(Pickle().integer(1))) == "opens-files");  // a text of NumPy's equals the plain one
    CHECK(to_string(vectorizer(Pickle().text("content")).verdict) == "model");
}

TEST_CASE("a compiled pattern is made of a text and flags") {
    const auto compiled = [](const Pickle& pattern) {
        return verdict_on(Pickle().proto(4).global("re", "_compile").raw(pattern).integer(32).tuple2().reduce().stop());
    };
    CHECK(to_string(compiled(Pickle().text("a+")).verdict) == "model");
    CHECK(first_code(compiled(Pickle().object("m", "C"))) == "call-shape");
}

TEST_CASE("what numpy.vectorize wraps is judged itself") {
    const auto wrapped = [](std::string_view module, std::string_view name) {
        const Pickle vectorize = Pickle().proto(4).object("numpy", "vectorize");
        return verdict_on(Pickle(vectorize).empty_dict().text("pyfunc").global(module, name).set_item().build().stop());
    };
    CHECK(to_string(wrapped("numpy", "log1p").verdict) == "model");
    CHECK(to_string(wrapped("os", "system").verdict) == "dangerous");
}

TEST_CASE("what a call gave is not called") {
    const Pickle pickle = Pickle().proto(4).dtype("f8").empty_tuple().reduce().stop();
    CHECK(first_code(verdict_on(pickle)) == "call-target");
}

TEST_CASE("the worst reason makes the verdict and stands first") {
    const Pickle pickle =
        Pickle().proto(4).mark().object("churn_lib", "Ratio").global("posix", "system").text("id").tuple1().reduce().tuple().stop();
    const SafetyVerdict verdict = verdict_on(pickle);
    CHECK(to_string(verdict.verdict) == "dangerous");
    CHECK(verdict.reasons.front().name == "posix.system");
    CHECK(verdict.reasons.back().name == "churn_lib.Ratio");
    const Json json = to_json(verdict);
    CHECK(json["verdict"] == "dangerous");
    CHECK(json["reasons"][0]["code"] == "known-gadget");
}

TEST_CASE("verdicts are read back from their names") {
    for (const Safety verdict : {Safety::data, Safety::model, Safety::needs_trust, Safety::dangerous, Safety::malformed})
        CHECK(parse_safety(to_string(verdict)) == verdict);
    CHECK(!parse_safety("safe"));
}

TEST_CASE("an oddity that nobody has decided about is malformed") {
    Inspection inspection;
    inspection.complete = true;
    inspection.oddities.push_back({"something-new", 3, "never seen"});
    CHECK(judge(inspection).verdict == Safety::malformed);
}

}  // namespace assay::test
