#include "storage/sql/script.hpp"

#include "base/text.hpp"

namespace assay {
namespace {

bool is_word(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '$'; }
bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f'; }

/// Walks a script token by token, as far as needed to tell a semicolon that ends a statement from one that does not.
class Splitter {
public:
    explicit Splitter(std::string_view script) : script_(script) {}

    Result<std::vector<std::string>> split() {
        while (at_ < script_.size()) TRY(token());
        if (depth_ > 0) return unfinished("trigger", begin_);
        finish();
        return std::move(statements_);
    }

private:
    Result<void> token() {
        const std::size_t start = at_;
        const char c = script_[at_];
        if (is_space(c)) {
            ++at_;
            return {};
        }
        if (script_.substr(at_).starts_with("--")) {
            at_ = std::min(script_.find('\n', at_), script_.size());
            return {};
        }
        if (script_.substr(at_).starts_with("/*")) return skip_to("*/", at_ + 2, "comment");
        if (c == ';' && depth_ == 0) {
            finish();
            begin_ = ++at_;
            return {};
        }
        if (words_ == 0 && !has_token_) begin_ = start;
        has_token_ = true;
        if (c == '\'') return skip_to("'", at_ + 1, "string");  // '' inside is two strings side by side: no difference here
        if (c == '"') return skip_to("\"", at_ + 1, "name");
        if (is_word(c)) {
            while (at_ < script_.size() && is_word(script_[at_])) ++at_;
            word(to_lower_ascii(script_.substr(start, at_ - start)));
            return {};
        }
        ++at_;
        return {};
    }

    void word(const std::string& text) {
        ++words_;
        if (words_ == 1) creates_ = text == "create";
        if (creates_ && !trigger_ && words_ <= 3 && text == "trigger") trigger_ = true;
        if (!trigger_) return;
        if (text == "begin" || text == "case") ++depth_;
        if (text == "end" && depth_ > 0) --depth_;
    }

    Result<void> skip_to(std::string_view end, std::size_t from, const char* what) {
        const std::size_t found = script_.find(end, from);
        if (found == std::string_view::npos) return unfinished(what, at_);
        at_ = found + end.size();
        return {};
    }

    void finish() {
        if (has_token_) statements_.emplace_back(trim(script_.substr(begin_, at_ - begin_)));
        has_token_ = creates_ = trigger_ = false;
        words_ = 0;
    }

    [[nodiscard]] std::unexpected<Error> unfinished(const char* what, std::size_t where) const {
        return fail(ErrorKind::invalid, "sql-script",
                    std::string("a ") + what + " does not end: '" + printable(script_.substr(where), 60) + "'");
    }

    std::string_view script_;
    std::vector<std::string> statements_;
    std::size_t at_ = 0;
    std::size_t begin_ = 0;
    std::size_t words_ = 0;
    int depth_ = 0;
    bool has_token_ = false;
    bool creates_ = false;
    bool trigger_ = false;
};

}  // namespace

Result<std::vector<std::string>> split_statements(std::string_view script) { return Splitter(script).split(); }

std::string first_word(std::string_view statement) {
    std::size_t end = 0;
    while (end < statement.size() && is_word(statement[end])) ++end;
    return to_lower_ascii(statement.substr(0, end));
}

}  // namespace assay
