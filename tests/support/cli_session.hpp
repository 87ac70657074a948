#pragma once

#include "clients/cli/command_line.hpp"

#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

namespace assay::test {

/// A server that knows its answers by heart: "GET /v1/models" → 200 and a body. What it does not know is a 404 problem.
class HeartServer {
public:
    void answer(const std::string& request, std::string body, int status = 200) { answers_[request] = {status, {}, std::move(body)}; }
    /// "GET /v1/models", in the order they came.
    [[nodiscard]] const std::vector<std::string>& requests() const { return requests_; }
    /// The body that came with the last such request; empty when there was none.
    [[nodiscard]] const std::string& body_of(const std::string& request) { return bodies_[request]; }
    /// A client of this server, which outlives it. A streamed body arrives in pieces of seven bytes.
    [[nodiscard]] std::unique_ptr<HttpClient> client();

private:
    class Client;
    std::map<std::string, HttpResponse> answers_;
    std::map<std::string, std::string> bodies_;
    std::vector<std::string> requests_;
};

/// The command line as a person or a script meets it, with the server above behind every URL.
struct CliSession {
    HeartServer server;
    std::istringstream in;
    std::ostringstream out, err;
    bool terminal = false;  ///< all three streams are one
    std::string directory = "/";
    std::map<std::string, std::string, std::less<>> variables;

    /// Runs a line; `out` and `err` then hold what it wrote, and only that.
    int run(const std::vector<std::string>& arguments);
    /// A context of its own for what commands are made of; lives as long as the session.
    [[nodiscard]] CommandContext& context();

private:
    [[nodiscard]] CommandContext::Variables lookup() const;
    std::unique_ptr<Output> output_;
    std::unique_ptr<CommandContext> context_;
};

}  // namespace assay::test
