#pragma once

#include "base/result.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace assay {

/// Bytes to bind as a BLOB.
struct SqlBlob {
    std::string bytes;
};

/// A value to bind: NULL, BIGINT, DOUBLE PRECISION, TEXT or BLOB.
class SqlValue {
public:
    SqlValue(std::nullptr_t) {}                                   // NOLINT(google-explicit-constructor): call sites read as lists
    SqlValue(std::int64_t value) : held(value) {}                 // NOLINT(google-explicit-constructor)
    SqlValue(int value) : held(std::int64_t{value}) {}            // NOLINT(google-explicit-constructor)
    SqlValue(double value) : held(value) {}                       // NOLINT(google-explicit-constructor)
    SqlValue(std::string value) : held(std::move(value)) {}       // NOLINT(google-explicit-constructor)
    SqlValue(std::string_view value) : held(std::string(value)) {}// NOLINT(google-explicit-constructor)
    SqlValue(const char* value) : held(std::string(value)) {}     // NOLINT(google-explicit-constructor)
    SqlValue(SqlBlob value) : held(std::move(value)) {}           // NOLINT(google-explicit-constructor)
    template <class T>
    SqlValue(std::optional<T> value) {                            // NOLINT(google-explicit-constructor)
        if (value) *this = SqlValue(std::move(*value));
    }

    std::variant<std::monostate, std::int64_t, double, std::string, SqlBlob> held;
};

using SqlValues = std::vector<SqlValue>;

/// The current row of a query; columns count from 0. Valid only inside the visitor. Reading a NULL gives 0, 0.0
/// or an empty text: ask is_null first where that matters.
class Row {
public:
    virtual ~Row() = default;
    [[nodiscard]] virtual bool is_null(int column) const = 0;
    [[nodiscard]] virtual std::int64_t integer(int column) const = 0;
    [[nodiscard]] virtual double real(int column) const = 0;
    [[nodiscard]] virtual std::string text(int column) const = 0;  ///< TEXT or BLOB
    [[nodiscard]] std::optional<std::string> optional_text(int column) const {
        return is_null(column) ? std::nullopt : std::optional(text(column));
    }
    [[nodiscard]] std::optional<std::int64_t> optional_integer(int column) const {
        return is_null(column) ? std::nullopt : std::optional(integer(column));
    }
};

/// A consistent view of the database, for the length of one read or write. One SQL text serves SQLite and
/// PostgreSQL: parameters are $1, $2 …; each distinct text is prepared once per connection.
class SqlSession {
public:
    virtual ~SqlSession() = default;

    /// Runs a statement once per row. Stops at, and returns, the first error of `visit`.
    [[nodiscard]] virtual Result<void> each(std::string_view sql, const SqlValues& values,
                                            const std::function<Result<void>(const Row&)>& visit) = 0;
    /// Runs a statement that returns no rows (or whose rows do not matter); gives the number of rows changed.
    [[nodiscard]] virtual Result<std::int64_t> run(std::string_view sql, const SqlValues& values) = 0;

    /// For a question that a stranger has made up: a statement of this session that is still running so long from now fails with
    /// `too_large`, code "query-too-long". A write has no such limit.
    virtual void limit_time(std::chrono::milliseconds /*time*/) {}

    /// The rows as values, by `make(row)`.
    template <class Make>
    [[nodiscard]] auto all(std::string_view sql, const SqlValues& values, Make make)
        -> Result<std::vector<std::invoke_result_t<Make, const Row&>>> {
        std::vector<std::invoke_result_t<Make, const Row&>> rows;
        TRY(each(sql, values, [&](const Row& row) -> Result<void> {
            rows.push_back(make(row));
            return {};
        }));
        return rows;
    }
    /// The first row as a value; absent when there is none.
    template <class Make>
    [[nodiscard]] auto first(std::string_view sql, const SqlValues& values, Make make)
        -> Result<std::optional<std::invoke_result_t<Make, const Row&>>> {
        std::optional<std::invoke_result_t<Make, const Row&>> found;
        TRY(each(sql, values, [&](const Row& row) -> Result<void> {
            if (!found) found.emplace(make(row));
            return {};
        }));
        return found;
    }
};

/// A write inside the group commit. Runs on the one writer thread.
class SqlWrite : public SqlSession {
public:
    /// Asks for `action` to run before the transaction commits, once per distinct `key` however many writes of
    /// the group ask for it (fsync of a directory that several of them linked files into). When it fails, none of
    /// the group is committed and each of its writes fails with the error.
    virtual void before_commit(const std::string& key, std::function<Result<void>()> action) = 0;
};

/// The metadata database. Safe for concurrent use.
///
/// Writes are serialised on one thread that owns the only read-write connection: writes waiting at the same
/// time share one transaction and one fsync (group commit), each in a savepoint of its own, so that one that
/// fails undoes only itself. write() returns after the commit is durable, or with the error. A write function
/// must not wait for another write. Reads run on the caller's thread over pooled read-only connections.
class Database {
public:
    virtual ~Database() = default;

    /// Runs `body` over one consistent snapshot.
    [[nodiscard]] virtual Result<void> read_with(const std::function<Result<void>(SqlSession&)>& body) = 0;
    /// Runs `body` inside the next group commit and waits until it is durable.
    [[nodiscard]] virtual Result<void> write_with(const std::function<Result<void>(SqlWrite&)>& body) = 0;

    /// read_with for a body that returns Result<T>.
    template <class Body>
    [[nodiscard]] auto read(Body body) -> std::invoke_result_t<Body, SqlSession&> {
        return collect<std::invoke_result_t<Body, SqlSession&>, SqlSession>([this](const auto& wrapped) { return read_with(wrapped); },
                                                                            body);
    }
    /// write_with for a body that returns Result<T>.
    template <class Body>
    [[nodiscard]] auto write(Body body) -> std::invoke_result_t<Body, SqlWrite&> {
        return collect<std::invoke_result_t<Body, SqlWrite&>, SqlWrite>([this](const auto& wrapped) { return write_with(wrapped); }, body);
    }

private:
    template <class R, class Session, class Run, class Body>
    static R collect(const Run& run, Body& body) {
        if constexpr (std::is_same_v<R, Result<void>>) {
            return run(std::function<Result<void>(Session&)>(std::ref(body)));
        } else {
            std::optional<typename R::value_type> value;
            TRY(run(std::function<Result<void>(Session&)>([&](Session& session) -> Result<void> {
                TRY_ASSIGN(value, body(session));
                return {};
            })));
            return *std::move(value);
        }
    }
};

}  // namespace assay
