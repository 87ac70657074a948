#pragma once

#include "api/http_server.hpp"
#include "api/http_server_body.hpp"
#include "api/http_server_head.hpp"
#include "api/http_server_hosts.hpp"

namespace assay {

/// Turns a request that passed the gate into a Response: who may ask, which route, which body, then the handler. Knows nothing of
/// sending. Safe for concurrent use.
class Exchange {
public:
    Exchange(const Router& router, const ServerOptions& options);

    /// Reads target and method of a head; finds the route.
    [[nodiscard]] std::unique_ptr<PendingRequest> begin(RequestHead head, const ClientConnection& connection) const;

    /// Never throws for what a handler does: an exception becomes a 500. Notes the code of an error of its own in the record.
    [[nodiscard]] Response answer(const ClientConnection& connection, const PendingRequest& pending, RequestBody& body,
                                  RequestRecord& record) const;

    /// An error in the words of the part of the API that the request is for.
    [[nodiscard]] Response tell(const Error& error, const PendingRequest& pending) const;

private:
    [[nodiscard]] Result<Response> try_answer(const ClientConnection& connection, const PendingRequest& pending, RequestBody& body) const;
    [[nodiscard]] Result<Response> describe_options(const PendingRequest& pending) const;
    [[nodiscard]] Result<Request> make_request(const ClientConnection& connection, const PendingRequest& pending, RequestBody& body) const;

    const Router& router_;
    HostGuard guard_;
};

/// 16 hex digits that tell a request from others in a log; no secret.
[[nodiscard]] std::string new_request_id();
/// The client's id if it is 1–128 of A-Za-z0-9._-, else a new one.
[[nodiscard]] std::string request_id(const RequestHead& head);

}  // namespace assay
