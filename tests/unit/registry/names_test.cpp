#include "registry/names.hpp"

#include "registry/reference.hpp"
#include "registry/versions.hpp"
#include "tests/support/result.hpp"

#include <string>

namespace assay::test {

namespace {

std::string repeated(const std::string& text, int times) {
    std::string all;
    for (int i = 0; i < times; ++i) all += text;
    return all;
}

}  // namespace

TEST_CASE("whatever MLflow accepts is the name of a model") {
    for (const std::string& name :
         {std::string("churn"), std::string("my model"), std::string("a:b"), std::string(".."), std::string("."), std::string("-"),
          std::string("a.b"), std::string("a\\b"), std::string("%2F"), std::string("\xf0\x9f\x90\xa7 penguins"), std::string("latest"),
          std::string("12"), std::string("caf\xc3\xa9"), repeated("x", 256), repeated("\xc3\xa9", 256)}) {
        CHECK_MESSAGE(must(model_name(name)) == name, name);
    }
}

TEST_CASE("a name with '@', '/', a control character or broken UTF-8, an empty and a too long one are refused") {
    for (const std::string& name :
         {std::string(), std::string("a@b"), std::string("a/b"), std::string("/"), std::string("a\nb"), std::string("a\0b", 3),
          std::string("a\x7f"), std::string("a\xc2\x85"), std::string("\xff"), std::string("\xed\xa0\x80"), repeated("x", 257)}) {
        const Error error = error_of(model_name(name));
        CHECK(error.kind == ErrorKind::invalid);
        CHECK(error.code == "invalid-name");
        CHECK(!error.because.empty());
    }
}

TEST_CASE("two spellings of one name are one name") {
    CHECK(must(model_name("cafe\xcc\x81")) == must(model_name("caf\xc3\xa9")));
    CHECK(must(model_name(repeated("e\xcc\x81", 256))).size() == 512);  // 256 characters after normalisation
}

TEST_CASE("letters and digits of any script, '_' and '-' make an alias") {
    for (const std::string& alias : {std::string("production"), std::string("a"), std::string("2x"), std::string("v1b"), std::string("_"),
                                     std::string("-"), std::string("v"), std::string("blue-green_2"), std::string("\xc3\xa9t\xc3\xa9"),
                                     std::string("\xe7\x94\x9f\xe4\xba\xa7"), repeated("a", 255)}) {
        CHECK_MESSAGE(must(alias_name(alias)) == alias, alias);
    }
}

TEST_CASE("an alias that would be read as a version, or holds anything else, is refused") {
    for (const std::string& alias :
         {std::string(), std::string("latest"), std::string("LATEST"), std::string("Latest"), std::string("v1"), std::string("V12"),
          std::string("12"), std::string("007"), std::string("a b"), std::string("a.b"), std::string("a/b"), std::string("@a"),
          std::string("a:b"), std::string("\xf0\x9f\x90\xa7"), std::string("a\n"), std::string("\xff"), repeated("a", 256)}) {
        const Error error = error_of(alias_name(alias));
        CHECK_MESSAGE(error.code == "invalid-alias", alias);
        CHECK(!error.because.empty());
    }
}

TEST_CASE("the key of a tag has 1 to 250 bytes") {
    CHECK(must(tag_key("mlflow.note/content: x")) == "mlflow.note/content: x");
    CHECK(must(tag_key(std::string(250, 'k'))).size() == 250);
    for (const std::string& key : {std::string(), std::string(251, 'k'), std::string("a\nb"), std::string("\xff")})
        CHECK(error_of(tag_key(key)).code == "invalid-tag");
}

TEST_CASE("a version number is written without sign or leading zeros and fits 63 bits") {
    CHECK(must(version_number("9223372036854775807")) == INT64_MAX);
    for (const char* text :
         {"0", "-1", "+1", "01", "9223372036854775808", "99999999999999999999", "1.0", " 1", "1 ", "0x1", "", "\xd9\xa3"}) {
        CHECK_MESSAGE(error_of(version_number(text)).code == "invalid-version", text);
        CHECK_MESSAGE(error_of(VersionRef::parse(text)).code == "invalid-reference", text);
    }
}

TEST_CASE("a version of a model is a number, an alias, the latest or a digest") {
    CHECK(std::get<VersionRef::Number>(must(VersionRef::parse("3")).which).value == 3);
    CHECK(std::get<VersionRef::Alias>(must(VersionRef::parse("@production")).which).name == "production");
    for (const char* text : {"@latest", "@LATEST"}) CHECK(std::holds_alternative<VersionRef::Latest>(must(VersionRef::parse(text)).which));
    CHECK(std::holds_alternative<Digest>(must(VersionRef::parse("sha256:" + std::string(64, 'a'))).which));
    for (const std::string& text : {std::string("production"), std::string("latest"), std::string("@v1"), std::string("@12"),
                                    std::string("@"), std::string("sha256:00"), "sha256:" + std::string(64, 'A')}) {
        const Error error = error_of(VersionRef::parse(text));
        CHECK_MESSAGE(error.code == "invalid-reference", text);
        CHECK(!error.because.empty());
    }
}

TEST_CASE("latest is understood in any case wherever a reference is read") {
    for (const char* text : {"churn@latest", "churn@LATEST", "models:/churn/latest", "models:/churn/Latest", "churn"}) {
        CHECK_MESSAGE(must(Reference::parse(text)).to_string() == "churn@latest", text);
    }
}

TEST_CASE("the id of a run is 32 hexadecimal digits") {
    CHECK(is_run_id(std::string(32, 'a')));
    for (const std::string& text : {std::string(31, 'a'), std::string(33, 'a'), std::string(32, 'g'), std::string(32, 'A'), std::string()})
        CHECK_FALSE(is_run_id(text));
}

}  // namespace assay::test
