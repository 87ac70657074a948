#pragma once

#include "storage/sql/database.hpp"

namespace assay {

/// Marks, for its lifetime, that this thread is inside a read or write of `database`, so that a read begun
/// within joins it and a write begun within a write is noticed.
class SessionScope {
public:
    SessionScope(const Database* database, SqlSession& session, bool writing)
        : database_(database), session_(session), writing_(writing), outer_(innermost_) {
        innermost_ = this;
    }
    ~SessionScope() { innermost_ = outer_; }
    SessionScope(const SessionScope&) = delete;
    SessionScope& operator=(const SessionScope&) = delete;

    /// The innermost session of `database` on this thread, or null.
    [[nodiscard]] static SqlSession* session(const Database* database) {
        for (const SessionScope* scope = innermost_; scope != nullptr; scope = scope->outer_) {
            if (scope->database_ == database) return &scope->session_;
        }
        return nullptr;
    }
    [[nodiscard]] static bool writing(const Database* database) {
        for (const SessionScope* scope = innermost_; scope != nullptr; scope = scope->outer_) {
            if (scope->database_ == database && scope->writing_) return true;
        }
        return false;
    }

private:
    const Database* database_;
    SqlSession& session_;
    bool writing_;
    SessionScope* outer_;
    static inline thread_local SessionScope* innermost_ = nullptr;
};

}  // namespace assay
