#pragma once

#include "base/result.hpp"

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace assay::test {

/// A client that sends exactly the bytes it is told and reads answers strictly. Every wait ends after a generous time-out with a
/// doctest failure, so that a server that hangs fails its test.
class HttpProbe {
public:
    struct Answer {
        int status = 0;
        std::vector<std::pair<std::string, std::string>> headers;
        std::string body;
        [[nodiscard]] std::optional<std::string> header(std::string_view name) const;
    };

    explicit HttpProbe(int port, const std::string& address = "127.0.0.1");
    ~HttpProbe();
    HttpProbe(HttpProbe&& other) noexcept;
    HttpProbe(const HttpProbe&) = delete;
    HttpProbe& operator=(const HttpProbe&) = delete;

    /// False when the server has closed its end before everything was taken.
    bool send(std::string_view bytes);
    /// A request with a Host header and, when there is a body, its Content-Length.
    bool request(std::string_view method, std::string_view target, std::string_view headers = "", std::string_view body = "");
    /// The next answer; `head_only` for one to HEAD. A test failure when there is none.
    [[nodiscard]] Answer answer(bool head_only = false);
    /// request() and answer().
    [[nodiscard]] Answer ask(std::string_view method, std::string_view target, std::string_view headers = "", std::string_view body = "");
    /// Sends raw bytes and reads one answer.
    [[nodiscard]] Answer ask_raw(std::string_view bytes);
    /// Everything until the server closes; false in `.second` when it ended with a reset.
    [[nodiscard]] std::pair<std::string, bool> rest();
    /// The server closes (or resets) without another byte.
    [[nodiscard]] bool is_closed();
    /// Bytes have arrived that nobody has read.
    [[nodiscard]] bool has_input() const;
    /// Waits until one of the two has bytes to read; true when it is this one.
    [[nodiscard]] bool wait_for_input(const HttpProbe& other) const;
    /// Sends no more.
    void finish_sending();

private:
    bool fill();  ///< false at the end of the stream

    int fd_ = -1;
    std::string input_;
    bool reset_ = false;
};

}  // namespace assay::test
