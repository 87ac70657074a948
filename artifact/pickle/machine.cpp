#include "artifact/pickle/machine.hpp"

#include "artifact/pickle/compat_names.hpp"
#include "artifact/pickle/line_values.hpp"
#include "artifact/pickle/look.hpp"
#include "artifact/pickle/opcode.hpp"
#include "artifact/pickle/python_text.hpp"
#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <unordered_map>
#include <utility>
#include <vector>

namespace assay {

namespace {

constexpr std::size_t max_notes = 100;
constexpr std::string_view computed = "(computed)";

/// Whether `module.dtype` surely is nothing: what joblib's arrays of objects ask for where their memo is taken for the file's, with a text
/// of the file as the module. Measured over every module of these packages in ten releases; a module of one word has a dtype in those that
/// are listed, and where somebody has installed a module of his own.
bool has_no_dtype(std::string_view module) {
    constexpr auto without = std::to_array<std::string_view>(
        {"sklearn", "joblib", "xgboost", "lightgbm", "catboost", "imblearn", "category_encoders", "sklearn_pandas", "sklearn2pmml"});
    constexpr auto with =
        std::to_array<std::string_view>({"numpy", "scipy", "pandas", "torch", "jax", "cupy", "paddle", "mindspore", "mxnet", "oneflow",
                                         "mlx", "tensorflow", "dpnp", "megengine", "pyarrow", "polars"});
    const std::size_t dot = module.find('.');
    const auto is_in = [&](const auto& list) { return std::find(list.begin(), list.end(), module.substr(0, dot)) != list.end(); };
    if (dot != std::string_view::npos) return is_in(without) && module.find(".externals") == std::string_view::npos;
    return !is_in(with);
}

/// The unpickler as a machine over inert values. One object reads one pickle.
class Machine {
public:
    Machine(ByteCursor& cursor, PickleGraph& graph, BuildHook* hook, Reader reader)
        : cursor_(cursor), graph_(graph), limits_(graph.limits()), hook_(hook), strict_(reader == Reader::strict) {}

    PickleStream run() {
        stream_.offset = cursor_.offset();
        while (!done_ && !fault_) step();
        stream_.length = cursor_.offset() - stream_.offset;
        stream_.fault = std::move(fault_);
        return stream_;
    }

private:
    void step() {
        op_offset_ = cursor_.offset();
        const std::uint8_t code = cursor_.u8();
        if (cursor_.ok()) execute(static_cast<Opcode>(code));
        if (fault_) return;
        if (!cursor_.ok()) return wrong("truncated", "the file ends in the middle of a pickle");
        if (graph_.full()) return wrong("limit-values", "there are more objects, or more text, than an inspection may hold");
        if (stack_.size() > limits_.max_stack) return wrong("limit-stack", "more values wait on the stack than any real file needs");
        first_ = false;
        if (frame_end_ != 0) check_frame();
    }

    void check_frame() {
        if (cursor_.offset() > frame_end_)
            wrong("frame-crosses", "an opcode crosses the end of its frame: readers disagree about what follows");
        if (done_ && cursor_.offset() < frame_end_) wrong("frame-past-end", "the last frame is longer than what is in it");
        if (cursor_.offset() >= frame_end_) frame_end_ = 0;
    }

    void execute(Opcode op) {
        switch (op) {
            case Opcode::proto: return proto();
            case Opcode::frame: return frame();
            case Opcode::stop: return stop();
            case Opcode::mark: return mark();
            case Opcode::pop: return pop_or_mark();
            case Opcode::pop_mark: (void)take_mark(); return;
            case Opcode::dup:
                if (const ValueId value = top(); value != no_value) stack_.push_back(value);
                return;
            case Opcode::none: return push(graph_.add(ValueKind::none, op_offset_));
            case Opcode::new_true: return push(graph_.add(ValueKind::boolean, op_offset_, 1));
            case Opcode::new_false: return push(graph_.add(ValueKind::boolean, op_offset_, 0));
            case Opcode::int_line: return int_line(false);
            case Opcode::long_line: return int_line(true);
            case Opcode::bin_int: return push(graph_.add_integer(std::bit_cast<std::int32_t>(cursor_.u32()), op_offset_));
            case Opcode::bin_int1: return push(graph_.add_integer(cursor_.u8(), op_offset_));
            case Opcode::bin_int2: return push(graph_.add_integer(cursor_.u16(), op_offset_));
            case Opcode::long1: return long_bytes(cursor_.u8());
            case Opcode::long4: return long_bytes(std::bit_cast<std::int32_t>(cursor_.u32()));
            case Opcode::float_line: return float_line();
            case Opcode::bin_float: return bin_float();
            case Opcode::string_line: return string_line();
            case Opcode::bin_string: return python_2_string(std::bit_cast<std::int32_t>(cursor_.u32()));
            case Opcode::short_bin_string: return python_2_string(cursor_.u8());
            case Opcode::unicode_line: return unicode_line();
            case Opcode::bin_unicode: return counted_text(ValueKind::text, cursor_.u32());
            case Opcode::short_bin_unicode: return counted_text(ValueKind::text, cursor_.u8());
            case Opcode::bin_unicode8: return counted_text(ValueKind::text, cursor_.u64());
            case Opcode::bin_bytes: return counted_text(ValueKind::bytes, cursor_.u32());
            case Opcode::short_bin_bytes: return counted_text(ValueKind::bytes, cursor_.u8());
            case Opcode::bin_bytes8: return counted_text(ValueKind::bytes, cursor_.u64());
            case Opcode::byte_array8: return counted_text(ValueKind::byte_array, cursor_.u64());
            case Opcode::next_buffer:
            case Opcode::readonly_buffer: return wrong("buffer", "the pickle needs buffers from outside the file");
            case Opcode::empty_tuple: return push(graph_.add_container(ValueKind::tuple, op_offset_));
            case Opcode::tuple1: return short_tuple(1);
            case Opcode::tuple2: return short_tuple(2);
            case Opcode::tuple3: return short_tuple(3);
            case Opcode::tuple: return from_mark(ValueKind::tuple);
            case Opcode::empty_list: return push(graph_.add_container(ValueKind::list, op_offset_));
            case Opcode::list: return from_mark(ValueKind::list);
            case Opcode::append: return append();
            case Opcode::appends: return append_marked(ValueKind::list);
            case Opcode::empty_dict: return push(graph_.add_container(ValueKind::dict, op_offset_));
            case Opcode::dict: return dict();
            case Opcode::set_item: return set_item();
            case Opcode::set_items: return set_items();
            case Opcode::empty_set: return push(graph_.add_container(ValueKind::set, op_offset_));
            case Opcode::add_items: return append_marked(ValueKind::set);
            case Opcode::frozen_set: return from_mark(ValueKind::frozen_set);
            case Opcode::get: return get(index_line());
            case Opcode::bin_get: return get(cursor_.u8());
            case Opcode::long_bin_get: return get(cursor_.u32());
            case Opcode::put: return put(index_line());
            case Opcode::bin_put: return put(cursor_.u8());
            case Opcode::long_bin_put: return put(cursor_.u32());
            case Opcode::memoize: return put(static_cast<std::int64_t>(memo_.size()));
            case Opcode::global: return global();
            case Opcode::stack_global: return stack_global();
            case Opcode::inst: return inst();
            case Opcode::obj: return obj();
            case Opcode::reduce: return reduce();
            case Opcode::new_obj: return new_object(false);
            case Opcode::new_obj_ex: return new_object(true);
            case Opcode::build: return build();
            case Opcode::pers_id: return persistent_line();
            case Opcode::bin_pers_id: return persistent();
            case Opcode::ext1:
            case Opcode::ext2:
            case Opcode::ext4: return wrong("ext", "the pickle uses the extension registry of copyreg, which nothing fills");
        }
        wrong("unknown-opcode", fmt::format("byte 0x{:02x} is no opcode", static_cast<unsigned>(op)));
    }

    void wrong(std::string code, std::string detail) {
        if (!fault_) fault_ = FormatFault{std::move(code), op_offset_, std::move(detail)};
    }

    /// Wrong, but what follows can be read and would run too: it is better named than hidden.
    void note(std::string code, std::string detail, ValueId about) {
        if (stream_.notes.size() >= max_notes) return;
        std::string name = about == no_value                     ? std::string()
                           : graph_.is(about, ValueKind::global) ? graph_.global(about).dotted()
                                                                 : callable_name(graph_, about);
        stream_.notes.push_back({std::move(code), op_offset_, std::move(detail), std::move(name)});
    }

    // The stream.

    void proto() {
        const int protocol = cursor_.u8();
        if (!cursor_.ok()) return;
        if (!first_ && strict_) return wrong("proto-position", "PROTO stands in the middle of a pickle: no library writes that");
        if (protocol > 5) return wrong("protocol-unknown", fmt::format("pickle protocol {} does not exist", protocol));
        stream_.protocol = protocol;
    }

    void frame() {
        const std::uint64_t length = cursor_.u64();
        if (!cursor_.ok() || !strict_) return;
        if (frame_end_ != 0) return wrong("frame-nested", "a frame begins within a frame: readers disagree about what follows");
        if (length > std::uint64_t{1} << 62U) return wrong("frame-past-end", fmt::format("a frame claims {} bytes", length));
        frame_end_ = cursor_.offset() + length;
    }

    void stop() {
        if (stack_.empty() || !marks_.empty()) return wrong("stack-empty", "STOP, and there is no result");
        if (stack_.size() > 1 && strict_)
            return wrong("stack-rest", fmt::format("{} values are left on the stack at STOP", stack_.size() - 1));
        stream_.root = stack_.back();
        done_ = true;
    }

    // The stack.

    void push(ValueId value) { stack_.push_back(value); }
    [[nodiscard]] std::size_t floor() const { return marks_.empty() ? 0 : marks_.back(); }

    ValueId pop() {
        if (stack_.size() <= floor()) {
            wrong("stack-empty", "an opcode needs a value, and there is none on the stack");
            return no_value;
        }
        const ValueId value = stack_.back();
        stack_.pop_back();
        return value;
    }

    ValueId top() {
        if (stack_.size() > floor()) return stack_.back();
        wrong("stack-empty", "an opcode needs a value, and there is none on the stack");
        return no_value;
    }

    void mark() {
        if (marks_.size() >= limits_.max_marks) return wrong("limit-depth", "objects are nested deeper than any real file needs");
        marks_.push_back(stack_.size());
    }

    void pop_or_mark() {
        if (stack_.size() > floor()) {
            stack_.pop_back();
        } else if (!marks_.empty()) {
            marks_.pop_back();
        } else {
            wrong("stack-empty", "POP, and the stack is empty");
        }
    }

    /// What lies above the last mark, which goes with it.
    std::vector<ValueId> take_mark() {
        if (marks_.empty()) {
            wrong("mark-missing", "an opcode needs a mark, and there is none");
            return {};
        }
        const auto begin = stack_.begin() + static_cast<std::ptrdiff_t>(marks_.back());
        std::vector<ValueId> taken(begin, stack_.end());
        stack_.erase(begin, stack_.end());
        marks_.pop_back();
        return taken;
    }

    // Numbers and texts.

    /// A name: no Python imports one that is longer.
    std::optional<std::string> short_line() {
        auto line = cursor_.line(limits_.max_line);
        if (!line && cursor_.ok()) wrong("bad-text", fmt::format("a name is longer than {} bytes", limits_.max_line));
        return line;
    }

    /// A number: Python reads one of any length, and stops at a text that is none.
    std::optional<std::string> number_line() {
        const std::string_view begin = cursor_.peek(256);
        const bool number = begin.find_first_not_of("0123456789abcdefABCDEFxXoOL_+-. \t\r\f\v\n") == std::string_view::npos;
        auto line = cursor_.line(limits_.max_line);
        if (line || !cursor_.ok()) return line;
        if (number) {
            wrong("limit-line", fmt::format("a number is longer than {} bytes", limits_.max_line));
        } else {
            wrong("number-text", "a text that should be a number is none");
        }
        return std::nullopt;
    }

    void note_odd_number(std::string_view line) {
        note("number-text", fmt::format("a number is spelled '{}': readers disagree about it", printable(line, 60)), no_value);
    }

    void int_line(bool is_long) {
        const auto line = number_line();
        if (!line) return;
        const auto value = parse_int_line(*line, is_long);
        if (!value) return wrong("number-text", "a text that should be an integer is none");
        if (!is_written_int_line(*line, is_long)) note_odd_number(*line);
        if (const auto* boolean = std::get_if<bool>(&*value)) return push(graph_.add(ValueKind::boolean, op_offset_, *boolean ? 1 : 0));
        if (const auto* small = std::get_if<std::int64_t>(&*value)) return push(graph_.add_integer(*small, op_offset_));
        push(graph_.add_text(ValueKind::big_integer, std::get<std::string>(*value), op_offset_));
    }

    void long_bytes(std::int64_t count) {
        if (!cursor_.ok()) return;
        if (count < 0 && !strict_) return wrong("length-negative", "an integer claims fewer bytes than none");
        if (strict_ && (count < 0 || count > (std::int64_t{1} << 20U)))
            return wrong("limit-number", fmt::format("an integer claims {} bytes", count));
        if (count > 8) return counted_text(ValueKind::big_integer, static_cast<std::uint64_t>(count));
        const std::string_view bytes = cursor_.take(static_cast<std::size_t>(count));
        std::uint64_t value = little_endian(bytes);
        const bool negative = !bytes.empty() && (static_cast<unsigned char>(bytes.back()) & 0x80U) != 0;
        if (negative && bytes.size() < 8) value |= ~std::uint64_t{0} << (8U * bytes.size());
        push(graph_.add_integer(std::bit_cast<std::int64_t>(value), op_offset_));
    }

    void float_line() {
        const auto line = number_line();
        if (!line) return;
        const auto value = parse_float_line(*line);
        if (!value) return wrong("number-text", "a text that should be a number is none");
        push(graph_.add_real(*value, op_offset_));
    }

    void bin_float() {
        const std::string_view bytes = cursor_.take(8);
        if (bytes.empty()) return;
        std::uint64_t bits = 0;
        for (const char byte : bytes) bits = bits << 8U | static_cast<unsigned char>(byte);
        push(graph_.add_real(std::bit_cast<double>(bits), op_offset_));
    }

    void counted_text(ValueKind kind, std::uint64_t length) {
        if (!cursor_.ok()) return;
        graph_.begin_text(cursor_.offset());
        for (std::uint64_t rest = length; rest > 0 && cursor_.ok();) {
            if (kind != ValueKind::text && length - rest >= limits_.max_kept_text) {
                cursor_.skip(rest);  // bytes beyond what is kept need not be read
                graph_.count_text(rest);
                break;
            }
            const std::string_view piece = cursor_.some(rest);
            graph_.append_text(piece);
            rest -= piece.size();
        }
        if (!cursor_.ok()) return;
        const ValueId value = graph_.add_fed_text(kind, op_offset_);
        if (kind == ValueKind::text && !is_python_text(graph_.text(value), graph_.whole(value)))
            return wrong("bad-text", "a string is no UTF-8");
        push(value);
    }

    void python_2_string(std::int64_t length) {
        if (!cursor_.ok()) return;
        if (length < 0) return wrong("length-negative", fmt::format("a string claims {} bytes", length));
        stream_.python_2 = true;
        counted_text(ValueKind::bytes, static_cast<std::uint64_t>(length));
        if (!fault_ && cursor_.ok()) graph_.mark_legacy(stack_.back());
    }

    /// The rest of a line of any length, in pieces.
    template <class Feed>
    bool feed_line(Feed feed) {
        for (;;) {
            const std::string_view piece = cursor_.peek(ByteCursor::buffer_bytes);
            if (piece.empty()) {
                (void)cursor_.u8();  // past the end: truncated
                return false;
            }
            const std::size_t end = piece.find('\n');
            feed(piece.substr(0, end));
            if (end != std::string_view::npos) {
                (void)cursor_.take(end + 1);
                return true;
            }
            (void)cursor_.take(piece.size());
        }
    }

    void string_line() {
        StringLineDecoder decoder;
        graph_.begin_text(cursor_.offset());
        if (!feed_line([&](std::string_view piece) { graph_.append_text(decoder.feed(piece)); })) return;
        if (!decoder.finish()) return wrong("bad-text", "a string has no closing quotes");
        stream_.python_2 = true;
        const ValueId value = graph_.add_fed_text(ValueKind::bytes, op_offset_);
        graph_.mark_legacy(value);
        push(value);
    }

    void unicode_line() {
        UnicodeLineDecoder decoder;
        graph_.begin_text(cursor_.offset());
        if (!feed_line([&](std::string_view piece) { graph_.append_text(decoder.feed(piece)); })) return;
        if (!decoder.finish()) return wrong("bad-text", "a string has a broken \\u escape");
        graph_.append_text(decoder.rest());
        push(graph_.add_fed_text(ValueKind::text, op_offset_));
    }

    // Containers.

    void short_tuple(std::size_t count) {
        if (stack_.size() < floor() + count) return wrong("stack-empty", "a tuple needs more values than are on the stack");
        const ValueId tuple = graph_.add_container(ValueKind::tuple, op_offset_);
        for (std::size_t i = stack_.size() - count; i < stack_.size(); ++i) graph_.append(tuple, stack_[i]);
        stack_.resize(stack_.size() - count);
        push(tuple);
    }

    void from_mark(ValueKind kind) {
        const std::vector<ValueId> values = take_mark();
        if (fault_) return;
        const ValueId container = graph_.add_container(kind, op_offset_);
        for (const ValueId value : values) graph_.append(container, value);
        push(container);
    }

    void dict() {
        const std::vector<ValueId> values = take_mark();
        if (fault_) return;
        if (values.size() % 2 != 0) return wrong("odd-pairs", "a dict has a key without a value");
        const ValueId container = graph_.add_container(ValueKind::dict, op_offset_);
        for (const ValueId value : values) graph_.append(container, value);
        push(container);
    }

    void note_appended(ValueId target, ValueId value) {
        if (!strict_ && is_inert(target)) return wrong("append-target", "something is appended to what is no list");
        note("append-target",
             fmt::format("{} is appended to {}, which is no list of this pickle", python_text(graph_, value, 200),
                         python_text(graph_, target, 100)),
             target);
    }

    void append_value(ValueId target, ValueId value) {
        switch (graph_.kind(target)) {
            case ValueKind::list:
            case ValueKind::set: return graph_.append(target, value);
            case ValueKind::call: return graph_.append_item(target, value);
            default: note_appended(target, value);
        }
    }

    void append() {
        const ValueId value = pop();
        const ValueId target = value == no_value ? no_value : top();
        if (target != no_value) append_value(target, value);
    }

    void append_marked(ValueKind expected) {
        const std::vector<ValueId> values = take_mark();
        if (fault_) return;
        const ValueId target = top();
        if (target == no_value) return;
        if (graph_.kind(target) != expected && graph_.kind(target) != ValueKind::call) {
            return values.empty() ? note("append-target", "nothing is appended to what is no list", target)
                                  : note_appended(target, values.front());
        }
        for (const ValueId value : values) append_value(target, value);
    }

    void set_pair(ValueId target, ValueId key, ValueId value) {
        if (graph_.is(target, ValueKind::dict)) {
            graph_.append(target, key);
            graph_.append(target, value);
        } else if (graph_.is(target, ValueKind::call)) {
            graph_.append_pair(target, key, value);
        } else if (!strict_ && is_inert(target)) {
            if (!graph_.is(target, ValueKind::list)) wrong("append-target", "an entry is set in what has none");
        } else {
            note("append-target",
                 fmt::format("{} is set to {} in {}, which is no dict of this pickle", python_text(graph_, key, 100),
                             python_text(graph_, value, 200), python_text(graph_, target, 100)),
                 target);
        }
    }

    void set_item() {
        const ValueId value = pop();
        const ValueId key = value == no_value ? no_value : pop();
        const ValueId target = key == no_value ? no_value : top();
        if (target != no_value) set_pair(target, key, value);
    }

    void set_items() {
        const std::vector<ValueId> values = take_mark();
        if (fault_) return;
        if (values.size() % 2 != 0) return wrong("odd-pairs", "a dict has a key without a value");
        const ValueId target = top();
        if (target == no_value) return;
        for (std::size_t i = 0; i < values.size() && !fault_; i += 2) set_pair(target, values[i], values[i + 1]);
    }

    // The memo: a map, for an index claims nothing.

    std::int64_t index_line() {
        const auto line = number_line();
        if (!line) return -1;
        const auto value = parse_index_line(*line);
        if (value && !is_written_int_line(*line, true)) note_odd_number(*line);
        const auto* index = value ? std::get_if<std::int64_t>(&*value) : nullptr;
        if (value && std::holds_alternative<std::string>(*value)) {
            wrong("limit-memo", "a memo index is larger than any real file needs");
        } else if (index == nullptr || *index < 0) {
            wrong("number-text", "a memo index is no number");
        }
        return index == nullptr ? -1 : *index;
    }

    void get(std::int64_t index) {
        if (fault_ || !cursor_.ok()) return;
        const auto found = memo_.find(static_cast<std::uint64_t>(index));
        if (found == memo_.end()) return wrong("memo-undefined", fmt::format("memo entry {} was never put", index));
        push(found->second);
    }

    void put(std::int64_t index) {
        if (fault_ || !cursor_.ok()) return;
        const ValueId value = top();
        if (value == no_value) return;
        if (memo_.size() >= limits_.max_memo) return wrong("limit-memo", "more values are remembered than any real file needs");
        memo_[static_cast<std::uint64_t>(index)] = value;
    }

    // Names and calls.

    void push_global(std::string module, std::string name) {
        if (!strict_ && name == "dtype" && has_no_dtype(module))
            return wrong("no-such-name", "there is no " + printable(module, 100) + ".dtype");
        std::string spelled = module + "." + name;
        const bool renamed = stream_.protocol < 3 && to_python_3(module, name);
        push(graph_.add_global(std::move(module), std::move(name), renamed ? std::move(spelled) : std::string(), op_offset_));
    }

    void global() {
        auto module = short_line();
        if (!module) return;
        auto name = short_line();
        if (!name) return;
        if (!is_python_text(*module, true) || !is_python_text(*name, true)) return wrong("bad-text", "the name of a global is no UTF-8");
        push_global(std::move(*module), std::move(*name));
    }

    /// What Python never takes for the name of a global. What a global or a call is, only Python knows.
    [[nodiscard]] bool is_no_text(ValueId id) const {
        if (text_value(graph_, id) || graph_.is(id, ValueKind::global) || graph_.is(id, ValueKind::persistent)) return false;
        if (!graph_.is(id, ValueKind::call)) return true;
        const ValueId cls = class_of(graph_, id);
        return graph_.is(cls, ValueKind::global) && graph_.global(cls).module != "builtins";
    }

    void stack_global() {
        const ValueId name = pop();
        const ValueId module = name == no_value ? no_value : pop();
        if (module == no_value) return;
        const auto name_text = text_value(graph_, name);
        const auto module_text = text_value(graph_, module);
        if (is_no_text(name) || is_no_text(module)) return wrong("global-name", "the module or the name of a global is no string");
        if (!name_text || !module_text)
            note("global-name", "the module or the name of a global is no plain string", module_text ? name : module);
        push_global(std::string(module_text.value_or(computed)), std::string(name_text.value_or(computed)));
    }

    void push_call(PickleCall call) {
        stream_.calls = true;
        push(graph_.add_call(call, op_offset_));
    }

    void inst() {
        auto module = short_line();
        if (!module) return;
        auto name = short_line();
        if (!name) return;
        from_mark(ValueKind::tuple);
        if (fault_) return;
        const ValueId arguments = pop();
        push_global(std::move(*module), std::move(*name));
        stream_.python_2 = true;
        push_call({.form = CallForm::instance, .callable = pop(), .arguments = arguments});
    }

    void obj() {
        std::vector<ValueId> values = take_mark();
        if (fault_) return;
        if (values.empty()) return wrong("stack-empty", "OBJ, and there is no class");
        const ValueId arguments = graph_.add_container(ValueKind::tuple, op_offset_);
        for (std::size_t i = 1; i < values.size(); ++i) graph_.append(arguments, values[i]);
        stream_.python_2 = true;
        push_call({.form = CallForm::instance, .callable = values.front(), .arguments = arguments});
    }

    /// Neither a global nor what a call gave: nothing that Python could call or put state into.
    [[nodiscard]] bool is_inert(ValueId id) const {
        return !graph_.is(id, ValueKind::global) && !graph_.is(id, ValueKind::call) && !graph_.is(id, ValueKind::persistent);
    }

    void reduce() {
        const ValueId arguments = pop();
        const ValueId callable = arguments == no_value ? no_value : pop();
        if (callable == no_value) return;
        if (!strict_ && is_inert(callable)) return wrong("call-target", "what is called is nothing that can be");
        push_call({.form = CallForm::reduce, .callable = callable, .arguments = arguments});
        if (!graph_.is(arguments, ValueKind::tuple)) wrong("call-arguments", "something is called with what is no tuple");
    }

    void new_object(bool with_keywords) {
        const ValueId keywords = with_keywords ? pop() : no_value;
        if (fault_) return;
        const ValueId arguments = pop();
        const ValueId cls = arguments == no_value ? no_value : pop();
        if (cls == no_value) return;
        if (!strict_ && is_inert(cls)) return wrong("call-target", "what is instantiated is no class");
        push_call({.form = with_keywords ? CallForm::new_object_kw : CallForm::new_object,
                   .callable = cls,
                   .arguments = arguments,
                   .keywords = keywords});
        if (!graph_.is(arguments, ValueKind::tuple) || (with_keywords && !graph_.is(keywords, ValueKind::dict))) {
            wrong("call-arguments", "a class is instantiated with what are no arguments");
        }
    }

    void build() {
        const ValueId state = pop();
        const ValueId object = state == no_value ? no_value : top();
        if (object == no_value) return;
        stream_.calls = true;
        if (!graph_.is(object, ValueKind::call)) return note_build_target(object, state);
        graph_.append_state(object, state);
        if (const ValueId dict = state_dict(graph_, object); dict != no_value) graph_.mark_built(object, graph_.child_count(dict));
        if (hook_ == nullptr) return;
        const bool frame_ended = frame_end_ == 0 || cursor_.offset() >= frame_end_;
        auto after = hook_->after_build(object, frame_ended);
        if (auto* fault = std::get_if<FormatFault>(&after)) {
            fault_ = std::move(*fault);
        } else if (const ValueId replaced = std::get<ValueId>(after); replaced != no_value) {
            stack_.back() = replaced;
            if (cursor_.offset() > frame_end_) frame_end_ = 0;  // the array's bytes lie outside
        }
    }

    void note_build_target(ValueId object, ValueId state) {
        if (!strict_ && is_inert(object)) return wrong("build-target", "state is put into what is no object");
        const std::string text = python_text(graph_, state, 200);
        if (graph_.is(object, ValueKind::global)) {
            return note(
                "build-target",
                fmt::format("state is put into {} itself, which every other user of it shares: {}", graph_.global(object).dotted(), text),
                object);
        }
        note("build-target", "state is put into what is no object: " + text, state);
    }

    void persistent_line() {
        auto line = short_line();
        if (!line) return;
        const ValueId name = graph_.add_text(ValueKind::text, *line, op_offset_);
        push(graph_.add(ValueKind::persistent, op_offset_, name));
    }

    void persistent() {
        const ValueId name = pop();
        if (name != no_value) push(graph_.add(ValueKind::persistent, op_offset_, name));
    }

    ByteCursor& cursor_;
    PickleGraph& graph_;
    const InspectLimits& limits_;
    BuildHook* hook_;
    bool strict_;
    PickleStream stream_;
    std::vector<ValueId> stack_;
    std::vector<std::size_t> marks_;
    std::unordered_map<std::uint64_t, ValueId> memo_;
    std::uint64_t op_offset_ = 0;
    std::uint64_t frame_end_ = 0;  ///< where the current frame ends; 0 outside
    bool first_ = true;  ///< no opcode was read yet
    bool done_ = false;
    std::optional<FormatFault> fault_;
};

}  // namespace

PickleStream read_pickle(ByteCursor& cursor, PickleGraph& graph, BuildHook* hook, Reader reader) {
    return Machine(cursor, graph, hook, reader).run();
}

}  // namespace assay
