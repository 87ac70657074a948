#include "tests/support/cli_session.hpp"

#include "tests/support/result.hpp"

namespace assay::test {

class HeartServer::Client final : public HttpClient {
public:
    explicit Client(HeartServer& server) : server_(server) {}

    Result<HttpResponse> send(const HttpRequest& request) override {
        const std::string line = request.method + " " + request.target;
        server_.requests_.push_back(line);
        server_.bodies_[line] = request.body;
        const auto known = server_.answers_.find(line);
        if (known == server_.answers_.end())
            return HttpResponse{404, {}, R"({"title":"not-found","code":"not-known","detail":"the server does not know )" + line + "\"}"};
        HttpResponse response = known->second;
        if (!request.receive || response.status >= 300) return response;
        if (request.begin) TRY(request.begin(response));
        constexpr std::size_t piece = 7;
        for (std::size_t at = 0; at < response.body.size(); at += piece)
            TRY(request.receive(std::string_view(response.body).substr(at, piece)));
        response.body.clear();
        return response;
    }

private:
    HeartServer& server_;
};

std::unique_ptr<HttpClient> HeartServer::client() { return std::make_unique<Client>(*this); }

CommandContext::Variables CliSession::lookup() const {
    return [this](std::string_view name) -> std::optional<std::string> {
        const auto it = variables.find(name);
        return it == variables.end() ? std::nullopt : std::optional(it->second);
    };
}

int CliSession::run(const std::vector<std::string>& arguments) {
    out.str("");
    err.str("");
    return run_command_line(arguments,
                            {.in = in,
                             .out = out,
                             .err = err,
                             .in_is_terminal = terminal,
                             .out_is_terminal = terminal,
                             .err_is_terminal = terminal,
                             .width = 80,
                             .variables = lookup(),
                             .connect = [this](std::string_view) -> Result<std::unique_ptr<HttpClient>> { return server.client(); },
                             .directory = directory,
                             .user = "ada",
                             .host = "lab"});
}

CommandContext& CliSession::context() {
    output_ = std::make_unique<Output>(out, err, Output::Options{.out_is_terminal = terminal, .err_is_terminal = terminal});
    context_ = std::make_unique<CommandContext>(
        Config{"http://server", "ada@lab", directory + "/cache"}, *output_, lookup(),
        [this](std::string_view) -> Result<std::unique_ptr<HttpClient>> { return server.client(); }, in, terminal);
    return *context_;
}

}  // namespace assay::test
