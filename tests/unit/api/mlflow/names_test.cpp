#include "api/mlflow/names.hpp"

#include "tests/support/result.hpp"

#include <algorithm>

namespace assay::test {

namespace {

std::string repeated(std::string_view text, std::size_t times) {
    std::string all;
    for (std::size_t i = 0; i < times; ++i) all += text;
    return all;
}

}  // namespace

TEST_CASE("a key is made of words in any language, dashes, periods, spaces, colons and slashes") {
    for (const char* key : {"a", "train/loss.1-x y:z",
                            "gr\xC3\xB6\xC3\x9F"
                            "e",
                            "_", ".hidden", "1"}) {
        CAPTURE(key);
        must(mlflow::check_key(key, "key"));
    }
    for (const char* key : {"a#b", "a%b", "a\\b", "a\nb", "a;b", "a*"}) {
        CAPTURE(key);
        CHECK(error_of(mlflow::check_key(key, "key")).code == "INVALID_PARAMETER_VALUE");
    }
    CHECK(error_of(mlflow::check_key("a#b", "metrics[0].name")).message ==
          "Invalid value \"a#b\" for parameter 'metrics[0].name' supplied: Names may only contain alphanumerics, underscores (_), dashes "
          "(-), periods (.), spaces ( ), colon(:) and slashes (/).");
}

TEST_CASE("a key that is another one when it is normalised as a path is refused") {
    struct Row {
        const char* key;
        const char* normal;
    };
    for (const Row& row : {Row{"", "."},
                           {".", "."},
                           {"./a", "a"},
                           {"a/", "a"},
                           {"a//b", "a/b"},
                           {"a/../b", "b"},
                           {"a/..", "."},
                           {"..", ".."},
                           {"../a", "../a"},
                           {"/a", "/a"},
                           {"/../a", "/a"},
                           {"///a", "/a"},
                           {"..a", "..a"}}) {
        CAPTURE(row.key);
        CHECK_FALSE(mlflow::is_normal_path(row.key));
        const std::string message = error_of(mlflow::check_key(row.key, "key")).message;
        CAPTURE(message);
        CHECK(message.ends_with("This name would resolve to '" + std::string(row.normal) + "'"));
    }
    CHECK(mlflow::is_normal_path("a/b..c"));
}

TEST_CASE("lengths are of characters") {
    must(mlflow::check_length("key", 2, "\xC3\xA4\xC3\xB6"));
    CHECK(error_of(mlflow::check_length("key", 2, "abc")).message == "'key' exceeds the maximum length of 2 characters");
    CHECK(error_of(mlflow::check_length("key", 2, "\xC3\xA4\xC3\xB6\xC3\xBC")).code == "INVALID_PARAMETER_VALUE");
    CHECK(mlflow::cut("abc", 3) == "abc");
    CHECK(mlflow::cut("abc", 2) == "ab");
    CHECK(mlflow::cut("\xC3\xA4\xC3\xB6\xC3\xBC", 2) == "\xC3\xA4\xC3\xB6");
    CHECK(mlflow::cut("\xC3\xA4\xC3\xB6", 2) == "\xC3\xA4\xC3\xB6");
    CHECK(mlflow::cut("\xF0\x9F\x90\xA6"
                      "ab",
                      1) == "\xF0\x9F\x90\xA6");
    CHECK(mlflow::cut("abc", 0).empty());
}

TEST_CASE("the id of a run begins with a letter or digit and holds words and dashes") {
    for (const std::string& id : {std::string("0d1c"), std::string("a-b_c"), std::string(256, 'a')}) {
        CAPTURE(id);
        must(mlflow::check_run_id(id));
    }
    for (const std::string& id : {std::string(), std::string("-a"), std::string("_a"), std::string("a/b"), std::string("a.b"),
                                  std::string("a b"), std::string(257, 'a')}) {
        CAPTURE(id);
        CHECK(error_of(mlflow::check_run_id(id)).code == "INVALID_PARAMETER_VALUE");
    }
    CHECK(error_of(mlflow::check_run_id("a/b")).message == "Invalid value \"a/b\" for parameter 'run_id' supplied.");
}

TEST_CASE("the id of an experiment is an integer, and none is Default's") {
    CHECK(must(mlflow::experiment_id("")) == 0);
    CHECK(must(mlflow::experiment_id("7")) == 7);
    CHECK(must(mlflow::experiment_id(" 7 ")) == 7);
    for (const char* id : {"x", "1.5", "0x7", "7a", "99999999999999999999"}) {
        CAPTURE(id);
        CHECK(error_of(mlflow::experiment_id(id)).message ==
              "Invalid experiment ID '" + std::string(id) + "'. Experiment ID must be a valid integer.");
    }
}

TEST_CASE("the values of tags and params are cut, their keys are not") {
    const std::string umlaut = "\xC3\xBC";
    const TagRow tag = must(mlflow::run_tag({{"key", "k"}, {"value", repeated(umlaut, 8'001)}}, "tags[0]"));
    CHECK(tag.key == "k");
    CHECK(tag.value == repeated(umlaut, 8'000));
    CHECK(must(mlflow::run_param({{"key", "k"}, {"value", repeated(umlaut, 6'001)}}, "")).value == repeated(umlaut, 6'000));
    CHECK(must(mlflow::run_tag({{"key", "k"}}, "")).value.empty());

    const Json long_key = {{"key", std::string(251, 'k')}, {"value", "v"}};
    CHECK(error_of(mlflow::run_tag(long_key, "tags[0]")).message == "'tags[0].key' exceeds the maximum length of 250 characters");
    CHECK(error_of(mlflow::run_tag(long_key, "")).message == "'key' exceeds the maximum length of 250 characters");
    CHECK(error_of(mlflow::run_param(long_key, "")).message == "'Param key' exceeds the maximum length of 250 characters");
    (void)must(mlflow::run_tag({{"key", repeated(umlaut, 250)}, {"value", "v"}}, ""));
}

TEST_CASE("tags are shown as keys and values, and a made-up name is adjective, animal and number") {
    CHECK(mlflow::view(std::vector<TagRow>{{"a", "1"}, {"b", ""}}) ==
          Json::array({{{"key", "a"}, {"value", "1"}}, {{"key", "b"}, {"value", ""}}}));
    const std::string name = mlflow::random_name();
    CAPTURE(name);
    CHECK(std::ranges::count(name, '-') == 2);
    const std::string number = name.substr(name.rfind('-') + 1);
    CHECK_FALSE(number.empty());
    CHECK(number.find_first_not_of("0123456789") == std::string::npos);
}

}  // namespace assay::test
