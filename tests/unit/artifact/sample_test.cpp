#include "artifact/sample.hpp"

#include "artifact/sample_json.hpp"
#include "tests/support/result.hpp"

#include <doctest/doctest.h>

#include <bit>
#include <cmath>
#include <limits>

namespace assay::test {

namespace {

Json table() {
    return must(parse_json(R"({"schema":"assay.sample/1","rows":2,
        "input":{"kind":"table","columns":[{"name":"bill","type":"float64","values":[39.1,"NaN"]},
                                           {"name":"island","type":"string","dtype":"str","values":["Dream",null]},
                                           {"name":"size","type":"string","dtype":"category","categories":["S","M"],"ordered":true,"values":["M",null]}]},
        "outputs":{"predict":{"type":"string","shape":[2],"values":["Adelie","Gentoo"]},
                   "predict_proba":{"type":"float64","shape":[2,3],"values":[[1.0,0.0,0.0],[0.25,0.0,0.75]]}},
        "tolerance":{"kind":"exact"}})"));
}

Json matrix(const char* input) {
    Json json = table();
    json["input"] = must(parse_json(input));
    return json;
}

Json with(const char* pointer, Json value) {
    Json json = table();
    json[Json::json_pointer(pointer)] = std::move(value);
    return json;
}

/// A table of one column beside the outputs.
Json column(const char* text) {
    Json json = table();
    json["input"]["columns"] = Json::array({must(parse_json(text))});
    return json;
}

/// The problems, "path: message" each; empty for a good sample.
std::vector<std::string> problems(const Json& json, SampleOutputs outputs = SampleOutputs::required, const SampleLimits& limits = {}) {
    const auto sample = read_sample(json, outputs, limits);
    std::vector<std::string> lines;
    if (sample) return lines;
    CHECK(sample.error().code == "invalid-sample");
    CHECK(sample.error().kind == ErrorKind::invalid);
    for (const FieldProblem& problem : sample.error().problems) lines.push_back(problem.field + ": " + problem.message);
    return lines;
}

/// The one problem of a sample; "" when it is good.
std::string problem(const Json& json, SampleOutputs outputs = SampleOutputs::required, const SampleLimits& limits = {}) {
    const auto lines = problems(json, outputs, limits);
    std::string all;
    for (const std::string& line : lines) all += (all.empty() ? "" : "\n") + line;
    return all;
}

Json without(const char* key) {
    Json json = table();
    json.erase(key);
    return json;
}

const SampleArray& only_column(const Sample& sample) { return std::get<SampleTable>(sample.input).columns.at(0).array; }

}  // namespace

TEST_CASE("a table is read with its types, its categories and what is missing") {
    const Sample sample = must(read_sample(table(), SampleOutputs::required));
    CHECK(sample.rows == 2);
    const auto& columns = std::get<SampleTable>(sample.input).columns;
    REQUIRE(columns.size() == 3);
    CHECK(columns[0].name == "bill");
    CHECK(columns[0].array.type() == SampleType::float64);
    CHECK(columns[0].array.shape == std::vector<std::size_t>{2});
    CHECK(std::get<std::vector<double>>(columns[0].array.values)[0] == 39.1);
    CHECK(std::isnan(std::get<std::vector<double>>(columns[0].array.values)[1]));
    CHECK(columns[0].array.missing.empty());
    CHECK(columns[1].dtype == "str");
    CHECK(columns[1].array.missing == std::vector<std::uint8_t>{0, 1});
    CHECK(columns[1].missing_as == MissingSpelling::nan);
    REQUIRE(columns[2].categories);
    CHECK(columns[2].categories->ordered);
    CHECK(std::get<std::vector<std::string>>(columns[2].categories->values) == std::vector<std::string>{"S", "M"});
    CHECK(sample.tolerance.exact);
}

TEST_CASE("outputs are read by method, row by row") {
    const Sample sample = must(read_sample(table(), SampleOutputs::required));
    REQUIRE(sample.outputs.size() == 2);
    const SampleArray& probabilities = sample.outputs.at("predict_proba");
    CHECK(probabilities.shape == std::vector<std::size_t>{2, 3});
    CHECK(std::get<std::vector<double>>(probabilities.values) == std::vector<double>{1, 0, 0, 0.25, 0, 0.75});
    CHECK(std::get<std::vector<std::string>>(sample.outputs.at("predict").values) == std::vector<std::string>{"Adelie", "Gentoo"});
}

TEST_CASE("a matrix is read in row-major order") {
    const Sample sample = must(read_sample(
        matrix(R"({"kind":"matrix","type":"int64","dtype":"int8","shape":[2,2],"values":[[1,-2],[3,4]]})"), SampleOutputs::required));
    const auto& input = std::get<SampleMatrix>(sample.input);
    CHECK(input.array.shape == std::vector<std::size_t>{2, 2});
    CHECK(std::get<std::vector<std::int64_t>>(input.array.values) == std::vector<std::int64_t>{1, -2, 3, 4});
    CHECK(input.dtype == "int8");
}

TEST_CASE("texts are read one per row") {
    const Sample sample = must(read_sample(matrix(R"({"kind":"text","values":["a","é"]})"), SampleOutputs::required));
    CHECK(std::get<SampleTexts>(sample.input).values == std::vector<std::string>{"a", "é"});
    CHECK(problem(matrix(R"({"kind":"text","values":["a"]})")) == "input.values: must be a list of 2 rows, not 1");
    CHECK(problem(matrix(R"({"kind":"text","values":["a",null]})")) == "input.values[1]: cannot be null");
    CHECK(problem(matrix(R"({"kind":"text","values":["a",1]})")) == "input.values[1]: must be a string, not an integer");
    CHECK(problem(matrix(R"({"kind":"text","values":["a","b"],"shape":[2]})")) == "input.shape: is not a known field");
}

TEST_CASE("records have numbers, booleans, texts, lists of texts and nulls by name") {
    const Sample sample = must(read_sample(matrix(R"({"kind":"records","values":[{"b":1,"a":"x","c":[],"d":null,"e":true,"f":1.0},{}]})"),
                                           SampleOutputs::required));
    const auto& records = std::get<SampleRecords>(sample.input).records;
    REQUIRE(records.size() == 2);
    REQUIRE(records[0].values.size() == 6);
    CHECK(records[0].values[0].first == "a");
    CHECK(std::get<std::int64_t>(records[0].values[1].second) == 1);
    CHECK(std::get<double>(records[0].values[5].second) == 1.0);
    CHECK(records[1].values.empty());
    const auto wrong = [](const std::string& values) { return problem(matrix((R"({"kind":"records","values":)" + values + "}").c_str())); };
    CHECK(wrong("[{}]") == "input.values: must be a list of 2 rows, not 1");
    CHECK(wrong("[{},1]") == "input.values[1]: must be an object, not an integer");
    CHECK(wrong(R"([{},{"a":[1]}])") == "input.values[1].a[0]: must be a string, not an integer");
    CHECK(wrong(R"([{},{"a":{}}])").starts_with("input.values[1].a: must be a number, a boolean, a text"));
    CHECK(wrong(R"([{},{"a":18446744073709551615}])") == "input.values[1].a: is an integer beyond 64 bits");
    CHECK(wrong(R"([{},{")" + std::string(1001, 'n') + R"(":1}])").ends_with("has a name of 1001 bytes, at most 1000 are accepted"));
}

TEST_CASE("records of more values than a sample has are refused") {
    SampleLimits limits;
    limits.max_values = 6;  // as many as the outputs have
    const auto told = [](const Result<Sample>& sample) { return sample ? std::string() : describe(sample.error()); };
    const auto read = [&](const char* values) {
        return read_sample(matrix((std::string(R"({"kind":"records","values":)") + values + "}").c_str()), SampleOutputs::optional, limits);
    };
    CHECK(told(read(R"([{"a":1,"b":2,"d":3,"e":4,"f":5},{"c":6}])")) == "");
    CHECK_FALSE(read(R"([{"a":1,"b":2,"d":3,"e":4,"f":5},{"c":["x"]}])").has_value());
}

TEST_CASE("doubles keep every bit, the sign of zero and the infinities") {
    const Sample sample =
        must(parse_sample(R"({"schema":"assay.sample/1","rows":6,"input":{"kind":"table","columns":[{"name":"x","type":"float64","values":
            [-0.0, 5e-324, 1.7976931348623157e308, 0.1, "Infinity", "-Infinity"]}]}})",
                          SampleOutputs::optional));
    const auto& values = std::get<std::vector<double>>(only_column(sample).values);
    CHECK(std::signbit(values[0]));
    CHECK(std::bit_cast<std::uint64_t>(values[1]) == 1);
    CHECK(values[2] == std::numeric_limits<double>::max());
    CHECK(values[3] == 0.1);
    CHECK(values[4] == std::numeric_limits<double>::infinity());
    CHECK(values[5] == -std::numeric_limits<double>::infinity());
}

TEST_CASE("a float32 is the float nearest to its decimal, and what rounds beyond the largest is refused") {
    const Sample sample =
        must(read_sample(column(R"({"name":"x","type":"float32","values":[0.1,3.4028235e+38]})"), SampleOutputs::required));
    CHECK(std::get<std::vector<float>>(only_column(sample).values) == std::vector<float>{0.1F, std::numeric_limits<float>::max()});
    CHECK(problem(column(R"({"name":"x","type":"float32","values":[0.1,3.5e38]})")) ==
          "input.columns[0].values[1]: 3.5e+38 does not fit float32");
}

TEST_CASE("integers keep 64 bits and never pass through a double") {
    const Sample sample = must(
        read_sample(column(R"({"name":"x","type":"int64","values":[-9223372036854775808,9007199254740993]})"), SampleOutputs::required));
    CHECK(std::get<std::vector<std::int64_t>>(only_column(sample).values) == std::vector<std::int64_t>{INT64_MIN, 9007199254740993});
    CHECK(problem(column(R"({"name":"x","type":"int64","values":[1.0,9223372036854775808]})")) ==
          "input.columns[0].values[0]: must be an integer, not a number\n"
          "input.columns[0].values[1]: 9223372036854775808 does not fit 64 bits with a sign");
}

TEST_CASE("booleans are true and false, not numbers and not texts") {
    const Sample sample = must(read_sample(column(R"({"name":"x","type":"bool","values":[true,false]})"), SampleOutputs::required));
    CHECK(std::get<std::vector<std::uint8_t>>(only_column(sample).values) == std::vector<std::uint8_t>{1, 0});
    CHECK(problem(column(R"({"name":"x","type":"bool","values":[1,"true"]})")) ==
          "input.columns[0].values[0]: must be true or false, not an integer\n"
          "input.columns[0].values[1]: must be true or false, not the text 'true'");
}

TEST_CASE("NaN and the infinities are texts in float columns only") {
    CHECK(problem(column(R"({"name":"x","type":"int64","values":["NaN",1]})")) ==
          "input.columns[0].values[0]: must be an integer, not the text 'NaN'");
    CHECK(problem(column(R"({"name":"x","type":"float64","values":["nan","inf"]})")) ==
          "input.columns[0].values[0]: must be a number, \"NaN\", \"Infinity\" or \"-Infinity\", not the text 'nan'\n"
          "input.columns[0].values[1]: must be a number, \"NaN\", \"Infinity\" or \"-Infinity\", not the text 'inf'");
    const Sample texts = must(read_sample(column(R"({"name":"x","type":"string","values":["NaN","a"]})"), SampleOutputs::required));
    CHECK(std::get<std::vector<std::string>>(only_column(texts).values)[0] == "NaN");
}

TEST_CASE("a missing value has one spelling in a column") {
    CHECK(problem(column(R"({"name":"x","type":"float64","values":[1,null]})")) ==
          "input.columns[0].values[1]: cannot be null: a missing number is \"NaN\" here");
    CHECK(problem(column(R"({"name":"x","type":"float32","dtype":"float16","values":[1,null]})")) ==
          "input.columns[0].values[1]: cannot be null: a missing number is \"NaN\" here");
    CHECK(problem(column(R"({"name":"x","type":"int64","values":[1,null]})")) == "input.columns[0].values[1]: cannot be null");
    CHECK(problem(column(R"({"name":"x","type":"bool","values":[true,null]})")) == "input.columns[0].values[1]: cannot be null");
    CHECK(problem(column(R"({"name":"x","type":"float64","dtype":"object","values":["NaN",null]})")) ==
          "input.columns[0].values[0]: must be null, not \"NaN\": a missing value has one spelling in a column");
    for (const char* good :
         {R"({"name":"x","type":"float64","dtype":"object","missing":"none","values":[1.5,null]})",
          R"({"name":"x","type":"int64","dtype":"Int64","missing":"pd.NA","values":[1,null]})",
          R"({"name":"x","type":"bool","dtype":"boolean","missing":"pd.NA","values":[true,null]})",
          R"({"name":"x","type":"string","values":["a",null]})", R"({"name":"x","type":"string","missing":"nan","values":["a",null]})"}) {
        CHECK_MESSAGE(problem(column(good)).empty(), good);
    }
}

TEST_CASE("'missing' is nan, none or pd.NA, and only where null may stand") {
    const Sample sample = must(read_sample(column(R"({"name":"x","type":"string","dtype":"object","missing":"pd.NA","values":["a",null]})"),
                                           SampleOutputs::required));
    CHECK(std::get<SampleTable>(sample.input).columns[0].missing_as == MissingSpelling::pandas_na);
    CHECK(problem(column(R"({"name":"x","type":"string","missing":"NA","values":["a",null]})")) == "input.columns[0].missing: is 'NA'");
    CHECK(problem(column(R"({"name":"x","type":"float64","missing":"none","values":[1,2]})")) ==
          "input.columns[0].missing: is 'none', but what is missing here is always NaN");
    CHECK(problem(column(R"({"name":"x","type":"string","dtype":"category","categories":["a"],"missing":"pd.NA","values":["a",null]})")) ==
          "input.columns[0].missing: is 'pd.NA', but what is missing here is always NaN");
}

TEST_CASE("a dtype must be able to hold the values of its type") {
    CHECK(problem(column(R"({"name":"x","type":"int64","dtype":"int8","values":[-128,128]})")) ==
          "input.columns[0].values[1]: 128 does not fit int8");
    CHECK(problem(column(R"({"name":"x","type":"int64","dtype":"uint64","values":[0,-1]})")) ==
          "input.columns[0].values[1]: -1 does not fit uint64");
    CHECK(problem(column(R"({"name":"x","type":"float32","dtype":"float16","values":[65504,0.1]})")) ==
          "input.columns[0].values[1]: 0.1 does not fit float16");
    CHECK(problem(column(R"({"name":"x","type":"float32","dtype":"float16","values":[5.9604645e-08,0.099975586]})")).empty());
    CHECK(problem(column(R"({"name":"x","type":"float32","dtype":"float16","values":[65536,2.9802322e-08]})")).find("values[1]") !=
          std::string::npos);
    CHECK(problem(column(R"({"name":"x","type":"float64","dtype":"int8","values":[1,2]})")) ==
          "input.columns[0].dtype: is int8, whose values are kept as int64, not as float64");
    CHECK(problem(column(R"({"name":"x","type":"int64","dtype":"str","values":[1,2]})")) ==
          "input.columns[0].dtype: is str, whose values are kept as string, not as int64");
    CHECK(problem(column(R"({"name":"x","type":"int64","dtype":"a\nb","values":[1,2]})")) ==
          "input.columns[0].dtype: holds a control character");
    CHECK(problem(column(R"({"name":"x","type":"int64","dtype":8,"values":[1,2]})")) ==
          "input.columns[0].dtype: must be a string, not an integer");
}

TEST_CASE("categories differ and name every value") {
    const char* head = R"({"name":"x","type":"int64","dtype":"category","ordered":false,)";
    CHECK(problem(column((std::string(head) + R"("categories":[3,1],"values":[1,null]})").c_str())).empty());
    CHECK(problem(column((std::string(head) + R"("categories":[],"values":[null,null]})").c_str())).empty());
    CHECK(problem(column((std::string(head) + R"("categories":[3,1],"values":[1,2]})").c_str())) ==
          "input.columns[0].values[1]: is none of the categories");
    CHECK(problem(column((std::string(head) + R"("categories":[1,1],"values":[1,1]})").c_str())) ==
          "input.columns[0].categories: names a category twice");
    CHECK(problem(column((std::string(head) + R"("categories":[1,null],"values":[1,1]})").c_str())) ==
          "input.columns[0].categories[1]: cannot be null");
    CHECK(problem(column((std::string(head) + R"("values":[1,1]})").c_str())) == "input.columns[0].categories: is required and missing");
    CHECK(problem(column(R"({"name":"x","type":"int64","categories":[1],"ordered":true,"values":[1,1]})")) ==
          "input.columns[0].categories: says something only of a column whose dtype is category\n"
          "input.columns[0].ordered: says something only of a column whose dtype is category");
}

TEST_CASE("columns have differing names and one value per row") {
    CHECK(problem(with("/input/columns/1/name", "bill")) == "input.columns[1].name: is 'bill', as that of another column");
    CHECK(problem(with("/input/columns/0/values", Json::array({1.5}))) == "input.columns[0].values: must be a list of 2 rows, not 1");
    CHECK(problem(with("/input/columns/0/values", Json::array({1.5, 2, 3}))) == "input.columns[0].values: must be a list of 2 rows, not 3");
    CHECK(problem(with("/input/columns/0/values", "x")) == "input.columns[0].values: must be an array, not a string");
    CHECK(problem(with("/input/columns/0", 1)).find("input.columns[0]: must be an object, not an integer") == 0);
    CHECK(problem(with("/input/columns", Json::array())) == "input.columns: is empty: a table has at least one column");
    CHECK(problem(with("/input/columns/0/type", "float")) == "input.columns[0].type: is 'float'");
    CHECK(problem(with("/input/columns/0/colour", "red")) == "input.columns[0].colour: is not a known field");
}

TEST_CASE("the shape of a matrix agrees with the rows and with the values") {
    CHECK(problem(matrix(R"({"kind":"matrix","type":"float64","shape":[3,1],"values":[[1],[2],[3]]})")) ==
          "input.shape[0]: is 3, but the sample has 2 rows");
    CHECK(problem(matrix(R"({"kind":"matrix","type":"float64","shape":[2,2],"values":[[1,2],[3]]})")) ==
          "input.values[1]: must be a list of 2 values, not 1");
    CHECK(problem(matrix(R"({"kind":"matrix","type":"float64","shape":[2,1],"values":[1,2]})")) ==
          "input.values[0]: must be a list of 1 values, not an integer\ninput.values[1]: must be a list of 1 values, not an integer");
    CHECK(problem(matrix(R"({"kind":"matrix","type":"float64","shape":[2],"values":[1,2]})")) ==
          "input.shape: has 1 dimensions: a matrix has rows and columns");
    CHECK(problem(matrix(R"({"kind":"matrix","type":"float64","shape":[2,0],"values":[[],[]]})")) ==
          "input.shape: has no columns: a matrix has at least one");
    CHECK(problem(matrix(R"({"kind":"matrix","type":"float64","shape":[2,-1],"values":[[],[]]})")) ==
          "input.shape[1]: must be an integer from 0 to 1000000");
    CHECK(problem(matrix(R"({"kind":"matrix","type":"float64","dtype":"Int64","shape":[2,1],"values":[[1],[2]]})")) ==
          "input.dtype: is 'Int64'");
    CHECK(problem(matrix(R"({"kind":"matrix","type":"string","dtype":"object","missing":"none","shape":[2,1],"values":[["a"],[null]]})"))
              .empty());
    CHECK(problem(matrix(R"({"kind":"matrix","type":"float64","shape":[2,1],"values":[[1],[null]]})")) ==
          "input.values[1][0]: cannot be null: a missing number is \"NaN\" here");
}

TEST_CASE("the input is a table, a matrix or texts") {
    CHECK(problem(matrix(R"({"kind":"image"})")) == "input.kind: is 'image'");
    CHECK(problem(matrix(R"({"values":[]})")) == "input.kind: is required and missing");
    CHECK(problem(with("/input", 3)) == "input: must be an object, not an integer");
    CHECK(problem(without("input")) == "input: is required and missing");
}

TEST_CASE("outputs name methods that are known, with the rows as their first dimension") {
    CHECK(problem(with("/outputs/fit", table()["outputs"]["predict"])) == "outputs.fit: is not a method whose outputs a sample keeps");
    CHECK(problem(with("/outputs/predict/shape", {3})) == "outputs.predict.shape[0]: is 3, but the sample has 2 rows");
    CHECK(problem(with("/outputs/predict/shape", Json::array())) == "outputs.predict.shape: has 0 dimensions; 1 to 8 are possible");
    CHECK(problem(with("/outputs/predict_proba/values/1", {0.25, 0.75})) ==
          "outputs.predict_proba.values[1]: must be a list of 3 values, not 2");
    CHECK(problem(with("/outputs/predict_proba/values/1/2", "high")).find("outputs.predict_proba.values[1][2]: must be a number") == 0);
    CHECK(problem(with("/outputs/predict/values/0", nullptr)) == "outputs.predict.values[0]: cannot be null");
    CHECK(problem(with("/outputs/predict/type", "object")) == "outputs.predict.type: is 'object'");
    CHECK(problem(with("/outputs/predict/dtype", "str")) == "outputs.predict.dtype: is not a known field");
    CHECK(problem(with("/outputs/predict", Json::object())) ==
          "outputs.predict.type: is required and missing\noutputs.predict.shape: is required and missing\noutputs.predict.values: is "
          "required and missing");
}

TEST_CASE("a version's sample has outputs; the input of a prediction may be without") {
    const std::string missing = "outputs: is required and missing: a version keeps a sample for what the model answered";
    CHECK(problem(without("outputs")) == missing);
    CHECK(problem(with("/outputs", Json::object())) == missing);
    CHECK(problem(with("/outputs", nullptr)) == missing);
    CHECK(problem(with("/outputs", 1)) == "outputs: must be an object, not an integer");
    CHECK(problem(without("outputs"), SampleOutputs::optional).empty());
    CHECK(must(read_sample(without("outputs"), SampleOutputs::optional)).outputs.empty());
}

TEST_CASE("a tolerance is exact, or close by finite bounds that are not negative") {
    const Sample close = must(read_sample(with("/tolerance", {{"kind", "close"}, {"abs", 1e-12}, {"rel", 1}}), SampleOutputs::required));
    CHECK(!close.tolerance.exact);
    CHECK(close.tolerance.abs == 1e-12);
    CHECK(close.tolerance.rel == 1);
    CHECK(must(read_sample(without("tolerance"), SampleOutputs::required)).tolerance.exact);
    CHECK(problem(with("/tolerance", {{"kind", "near"}})) == "tolerance.kind: is 'near'");
    CHECK(problem(with("/tolerance", {{"kind", "close"}, {"abs", -1}})) == "tolerance.abs: is -1: a finite number, 0 or more, is needed");
    CHECK(problem(with("/tolerance", {{"kind", "close"}, {"rel", "NaN"}})) == "tolerance.rel: must be a number, not a string");
    CHECK(problem(with("/tolerance", {{"kind", "exact"}, {"abs", 1}})) == "tolerance.abs: is not a known field");
    CHECK(problem(with("/tolerance", Json::object())) == "tolerance.kind: is required and missing");
}

TEST_CASE("schema, rows and unknown members of a sample are checked") {
    CHECK(problem(with("/schema", "assay.sample/2")) == "schema: is 'assay.sample/2', not 'assay.sample/1'");
    CHECK(problem(without("schema")) == "schema: is required and missing");
    CHECK(problem(with("/rows", 0)) == "rows: is 0: a sample has at least one row");
    CHECK(problem(with("/rows", -1)) == "rows: is -1: a sample has at least one row");
    CHECK(problem(with("/rows", 2.0)) == "rows: must be an integer, not a number");
    CHECK(problem(with("/author", "me")) == "author: is not a known field");
    CHECK(problem(Json::array()) == "(sample): must be an object, not an array");
}

TEST_CASE("every problem of a sample is reported at once, with its path") {
    Json json = table();
    json["schema"] = 1;
    json["input"]["columns"][0]["values"][0] = "x";
    json["input"]["columns"][1]["missing"] = "gone";
    json["outputs"]["predict"]["values"][1] = 7;
    json["outputs"]["transform"] = Json::array();
    json["tolerance"]["kind"] = 1;
    json["extra"] = 1;
    std::vector<std::string> fields;
    for (const std::string& line : problems(json)) fields.push_back(line.substr(0, line.find(':')));
    for (const char* field : {"schema", "input.columns[0].values[0]", "input.columns[1].missing", "outputs.predict.values[1]",
                              "outputs.transform", "tolerance.kind", "extra"}) {
        CHECK_MESSAGE(std::ranges::find(fields, field) != fields.end(), field);
    }
}

TEST_CASE("more problems than a person reads are not listed one by one") {
    Json json = table();
    json["rows"] = 1000;
    json["outputs"] = {{"predict", {{"type", "bool"}, {"shape", {1000}}, {"values", std::vector<int>(1000, 7)}}}};
    const auto lines = problems(json);
    CHECK(lines.size() == 51);
    CHECK(lines.back() == "(more): there are more problems than these");
}

TEST_CASE("a sample beyond a limit is refused with the limit named") {
    CHECK(problem(with("/rows", 1001)) == "rows: is 1001, at most 1000 are accepted");
    SampleLimits limits;
    limits.max_columns = 2;
    CHECK(problem(table(), SampleOutputs::required, limits).find("input.columns: has 3 columns; at most 2") == 0);
    limits = {};
    limits.max_values = 5;
    CHECK(problem(table(), SampleOutputs::required, limits).find("outputs.predict_proba.shape: has more than 5 values") !=
          std::string::npos);
    CHECK(problem(table(), SampleOutputs::required, limits).find("input.columns: has 3 columns; at most 100000, and 5 values") == 0);
    limits = {};
    limits.max_text_bytes = 5;
    CHECK(problem(table(), SampleOutputs::required, limits) ==
          "outputs.predict.values[0]: has 6 bytes, at most 5 are accepted\noutputs.predict.values[1]: has 6 bytes, at most 5 are accepted");
    limits = {};
    limits.max_name_bytes = 5;
    CHECK(problem(table(), SampleOutputs::required, limits).find("input.columns[1].name: has 6 bytes, at most 5 are accepted") == 0);
    limits = {};
    const std::string text = to_text(table());
    limits.max_bytes = text.size() - 1;
    CHECK(error_of(parse_sample(text, SampleOutputs::required, limits)).kind == ErrorKind::too_large);
    limits = {};
    limits.max_all_values = 10;
    CHECK(error_of(parse_sample(text, SampleOutputs::required, limits)).code == "sample-too-large");
    CHECK(parse_sample(text, SampleOutputs::required).has_value());
}

TEST_CASE("a shape whose product leaves 64 bits is refused, not wrapped around") {
    Json json = table();
    json["outputs"]["predict"]["shape"] = {2, 1'000'000, 1'000'000, 1'000'000, 1'000'000};
    CHECK(problem(json) == "outputs.predict.shape: has more than 1000000 values");
    json["outputs"]["predict"]["shape"] = {2, UINT64_MAX};
    CHECK(problem(json) == "outputs.predict.shape[1]: must be an integer from 0 to 1000000");
}

TEST_CASE("text that is not strict JSON is refused with a hint at the literals of JavaScript") {
    const Error error = error_of(parse_sample(R"({"schema":"assay.sample/1","rows":NaN})", SampleOutputs::required));
    CHECK(error.code == "invalid-json");
    REQUIRE(!error.fixes.empty());
    CHECK(error.fixes.front().find("\"NaN\"") != std::string::npos);
    CHECK(error_of(parse_sample(R"({"rows":1,"rows":2})", SampleOutputs::required)).code == "invalid-json");
    CHECK(error_of(parse_sample("", SampleOutputs::required)).code == "invalid-json");
    CHECK(error_of(parse_sample(std::string(100, '['), SampleOutputs::required)).code == "invalid-json");
}

TEST_CASE("a sample written as JSON reads back as the same sample") {
    for (const Json& json :
         {table(), without("outputs"), matrix(R"({"kind":"text","values":["a","é"]})"),
          matrix(R"({"kind":"matrix","type":"float32","shape":[2,2],"values":[[0.1,"NaN"],[-0.0,"-Infinity"]]})"),
          matrix(R"({"kind":"matrix","type":"string","dtype":"object","missing":"none","shape":[2,1],"values":[["a"],[null]]})"),
          with("/tolerance", {{"kind", "close"}, {"abs", 1e-12}, {"rel", 1e-9}})}) {
        const Json again = to_json(must(read_sample(json, SampleOutputs::optional)));
        CHECK(to_text(again) == to_text(json));
    }
}

}  // namespace assay::test
