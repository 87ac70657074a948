#pragma once

#include "artifact/byte_cursor.hpp"
#include "artifact/pickle/graph.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace assay {

/// Why a file is not what a well-behaved library writes, and where. `code` is stable ("frame-crosses", "truncated").
struct FormatFault {
    std::string code;
    std::uint64_t offset = 0;  ///< in the decompressed file
    std::string detail;
    std::string name = {};  ///< "module.name" that it is about; may be empty
};

/// What reads on when a pickle has built an object that is followed by bytes of its own (joblib's arrays).
class BuildHook {
public:
    virtual ~BuildHook() = default;
    /// After BUILD on `object`, at the end of a frame or outside one when `frame_ended`. Returns the value that takes the object's
    /// place, no_value when the object is none of its kind, or what is wrong with the bytes that follow.
    [[nodiscard]] virtual std::variant<ValueId, FormatFault> after_build(ValueId object, bool frame_ended) = 0;
};

/// What a pickle was, beside the graph.
struct PickleStream {
    ValueId root = no_value;  ///< no_value when the stream broke off
    int protocol = 0;         ///< of the PROTO opcode; 0 when there is none (protocols 0 and 1 have none)
    std::uint64_t offset = 0;
    std::uint64_t length = 0;  ///< bytes read
    std::optional<FormatFault> fault;  ///< it broke off here
    std::vector<FormatFault> notes;    ///< what no library writes, and reading went on all the same
    bool python_2 = false;     ///< holds opcodes that only Python 2 writes
    bool calls = false;        ///< a load would have called or instantiated something
};

/// Whether reading ends at what no library writes (PROTO in the middle, opcodes across frames, values left at STOP), or goes on as the most
/// careless reader would, until every Python stops: at bytes that were meant as something else (an array's), it does so soon.
enum class Reader { strict, careless };

/// Reads one pickle (protocols 0–5) from the cursor into the graph, up to its STOP, without importing or calling anything. Strict where
/// readers disagree: frames must hold whole opcodes, PROTO stands first, nothing is left on the stack, only what a call or NEWOBJ made is
/// built; see FormatFault::code. What was read before a fault stays in the graph: it would have run. Source: CPython 3.11,
/// Lib/pickle.py and Lib/pickletools.py.
[[nodiscard]] PickleStream read_pickle(ByteCursor& cursor, PickleGraph& graph, BuildHook* hook = nullptr, Reader reader = Reader::strict);

}  // namespace assay
