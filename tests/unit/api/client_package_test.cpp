#include "api/client_package.hpp"

#include <doctest/doctest.h>

namespace assay::test {

namespace {

Request from(const std::string& host) {
    Request request;
    request.headers.set("Host", host);
    return request;
}

}  // namespace

TEST_CASE("the client is installed from the address by which the server was reached") {
    CHECK(client_requirement(from("models.lab:8081"), "mlflow") ==
          "assay[mlflow] @ http://models.lab:8081/python/assay-0.1.0-py3-none-any.whl");
    CHECK(client_requirement(from("[::1]:80"), "") == "assay @ http://[::1]:80/python/assay-0.1.0-py3-none-any.whl");
}

TEST_CASE("a Host that is none is not repeated") {
    CHECK(address_of(from("a' ; rm -rf <b>")) == "http://127.0.0.1:8080");
    CHECK(address_of(Request()) == "http://127.0.0.1:8080");
}

TEST_CASE("the client is a wheel named as pip wants it") {
    CHECK(client_package().name == "assay-0.1.0-py3-none-any.whl");
    CHECK(client_package().bytes.starts_with("PK\x03\x04"));
}

}  // namespace assay::test
