#include "api/http_server_head.hpp"

#include "api/router.hpp"

namespace assay {

Request request_of(const RequestHead& head) {
    Request request;
    request.target = head.target;
    request.method = parse_method(head.method).value_or(Method::get);
    for (const auto& [name, value] : head.fields) request.headers.add(name, value);
    request.content_length = head.content_length;
    return request;
}

}  // namespace assay
