#include "artifact/value_word.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <string>

namespace assay::test {

TEST_CASE("numbers that mean something are told, others only by their kind") {
    CHECK(integer_word(-1) == "-1");
    CHECK(integer_word(3) == "3");
    CHECK(integer_word(4) == "int");
    CHECK(integer_word(-2) == "int");
    CHECK(real_word(0.5) == "float");
    CHECK(real_word(std::nan("")) == "nan");
    CHECK(real_word(-std::numeric_limits<double>::infinity()) == "-inf");
}

TEST_CASE("a short printable text is told, and how many things there are as far as two") {
    CHECK(text_word("log_loss") == "'log_loss'");
    CHECK(text_word(std::string(41, 'a')) == "str");
    CHECK(text_word("a\nb") == "str");
    CHECK(text_word("\xff") == "str");
    CHECK(sequence_word("list", 2) == "list [2]");
    CHECK(sequence_word("list", 3) == "list [n]");
}

TEST_CASE("an array is told by its dtype, a structure by its fields, and its extents as far as two") {
    CHECK(array_word("<f8", {7, 1, 2}) == "array <f8 [n,1,2]");
    CHECK(array_word("<f8", {}) == "array <f8 []");
    DType nodes{.kind = 'V',
                .byte_order = '|',
                .itemsize = 16,
                .unit = {},
                .has_objects = false,
                .fields = {{"left", "<i8", 0}, {"value", "<f8", 8}}};
    CHECK(dtype_word(nodes) == "|V16{left:<i8@0,value:<f8@8}");
}

}  // namespace assay::test
