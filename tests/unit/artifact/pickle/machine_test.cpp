#include "artifact/pickle/machine.hpp"

#include "artifact/pickle/python_text.hpp"
#include "tests/support/artifacts.hpp"
#include "tests/support/pickle_bytes.hpp"

#include <doctest/doctest.h>

#include <string>

namespace assay::test {

namespace {

using namespace std::string_view_literals;

/// The root as Python would write it, or "code@offset" of what is wrong.
std::string value_of(std::string_view bytes, const InspectLimits& limits = {}) {
    const ReadPickle read(bytes, limits);
    return read.stream.fault ? read.fault() : python_text(read.graph, read.root());
}

std::string notes_of(std::string_view bytes) {
    const ReadPickle read(bytes);
    CHECK(read.fault() == "");
    return read.notes();
}

}  // namespace

TEST_CASE("values of protocol 0 are lines") {
    CHECK(value_of("I42\n.") == "42");
    CHECK(value_of("I01\n.") == "True");
    CHECK(value_of("L-5L\n.") == "-5");
    CHECK(value_of("L123456789012345678901234567890L\n.") == "<big integer>");
    CHECK(value_of("F0.5\n.") == "0.5");
    CHECK(value_of("S'it\\'s'\n.") == "'it's'");
    CHECK(value_of("Vp\\u00e9nguin\n.") == "'p\xc3\xa9nguin'");
    CHECK(value_of("(I1\nI2\nt.") == "(1, 2)");
    CHECK(value_of("(I1\nI2\nl.") == "[1, 2]");
    CHECK(value_of("(lp0\nI1\naI2\na.") == "[1, 2]");
    CHECK(value_of("(I1\nI2\nd.") == "{1: 2}");
    CHECK(value_of("(dp0\nI1\nI2\ns.") == "{1: 2}");
    CHECK(value_of("I7\np10\n0g10\n.") == "7");
    CHECK(value_of("cos\nsystem\n.") == "os.system");
}

TEST_CASE("values of protocol 1 and 2 are counted") {
    CHECK(value_of("K\x07.") == "7");
    CHECK(value_of("M\xff\xff.") == "65535");
    CHECK(value_of("J\xfe\xff\xff\xff.") == "-2");
    CHECK(value_of(Pickle().real(0.5).stop()) == "0.5");
    CHECK(value_of("G\x7f\xf0\0\0\0\0\0\0."sv) == "inf");
    CHECK(value_of("U\x03"
                   "abc.") == "'abc'");
    CHECK(value_of("T\x03\0\0\0abc."sv) == "'abc'");
    CHECK(value_of(Pickle().text("p\xc3\xa9").stop()) == "'p\xc3\xa9'");
    CHECK(value_of("].") == "[]");
    CHECK(value_of("}.") == "{}");
    CHECK(value_of(").") == "()");
    CHECK(value_of("](K\x01K\x02"
                   "e.") == "[1, 2]");
    CHECK(value_of("}(K\x01K\x02u.") == "{1: 2}");
    CHECK(value_of("K\x01q\x05"
                   "0h\x05.") == "1");
    CHECK(value_of("K\x01r\xf0\xff\xff\xff"
                   "0j\xf0\xff\xff\xff.") == "1");  // an index allocates nothing
    CHECK(value_of("K\x01"
                   "2\x86.") == "(1, 1)");
    CHECK(value_of("K\x01\x85.") == "(1,)");
    CHECK(value_of("K\x01K\x02K\x03\x87.") == "(1, 2, 3)");
    CHECK(value_of("\x88.") == "True");
    CHECK(value_of("\x89.") == "False");
    CHECK(value_of("N.") == "None");
    CHECK(value_of("\x8a\x00."sv) == "0");
    CHECK(value_of("\x8a\x01\xff.") == "-1");
    CHECK(value_of("\x8a\x02\xff\x00."sv) == "255");
    CHECK(value_of("\x8a\x08\0\0\0\0\0\0\0\x80."sv) == "-9223372036854775808");
    CHECK(value_of("\x8a\x09\0\0\0\0\0\0\0\0\x01."sv) == "<big integer>");
    CHECK(value_of("\x8b\x01\0\0\0\x05."sv) == "5");
    CHECK(value_of("K\x01(K\x02K\x03"
                   "1.") == "1");  // POP_MARK
}

TEST_CASE("values of protocols 3, 4 and 5") {
    CHECK(value_of(Pickle().proto(3).bytes("abc").stop()) == "b'abc'");
    CHECK(value_of("\x80\x03"
                   "C\x03"
                   "abc.") == "b'abc'");
    CHECK(value_of("\x80\x04\x8c\x03"
                   "abc.") == "'abc'");
    CHECK(value_of("\x80\x04\x8d\x03\0\0\0\0\0\0\0abc."sv) == "'abc'");
    CHECK(value_of("\x80\x04\x8e\x03\0\0\0\0\0\0\0abc."sv) == "b'abc'");
    CHECK(value_of(Pickle().proto(5).byte_array("abc").stop()) == "bytearray(3 bytes)");
    CHECK(value_of(Pickle().proto(4).empty_set().mark().integer(1).add_items().stop()) == "{1}");
    CHECK(value_of(Pickle().proto(4).mark().integer(1).frozen_set().stop()) == "{1}");
    CHECK(value_of(Pickle().proto(4).text("os").text("system").stack_global().stop()) == "os.system");
    CHECK(value_of(Pickle().proto(4).object("m", "C").stop()) == "m.C()");
    // MEMOIZE's index is the number of entries: 0, then 1.
    CHECK(value_of(Pickle().proto(4).integer(7).memoize().integer(8).memoize().get(0).get(1).tuple2().tuple3().stop()) == "(7, 8, (7, 8))");
    // Every opcode of a graph that holds itself.
    const ReadPickle cycle(Pickle().proto(4).empty_list().put(0).get(0).append().stop());
    CHECK(cycle.fault() == "");
    CHECK(cycle.graph.children(cycle.root()) == std::vector<ValueId>{cycle.root()});
}

TEST_CASE("what is read says its protocol, length and place") {
    const ReadPickle read(Pickle().proto(4).integer(7).stop().raw("rest"));
    CHECK(read.stream.protocol == 4);
    CHECK(read.stream.offset == 0);
    CHECK(read.stream.length == 8);
    CHECK(read.graph.at(read.root()).offset == 2);
    CHECK_FALSE(read.stream.calls);
    CHECK_FALSE(read.stream.python_2);
    CHECK(ReadPickle("U\x01"
                     "a.")
              .stream.python_2);
    CHECK(ReadPickle("S'a'\n.").stream.python_2);
    CHECK(ReadPickle(Pickle().object("m", "C").stop()).stream.calls);
}

TEST_CASE("names are those that Python 3 imports, up to protocol 2") {
    const ReadPickle old(Pickle().proto(2).global("__builtin__", "unicode").stop());
    CHECK(old.graph.global(old.root()).dotted() == "builtins.str");
    CHECK(old.graph.global(old.root()).spelled == "__builtin__.unicode");
    CHECK(value_of("c__builtin__\neval\n.") == "builtins.eval");
    CHECK(value_of(Pickle().proto(3).global("__builtin__", "unicode").stop()) == "__builtin__.unicode");
    const ReadPickle plain(Pickle().proto(2).global("os", "system").stop());
    CHECK(plain.graph.global(plain.root()).spelled == "");
}

TEST_CASE("frames hold whole opcodes") {
    CHECK(value_of(Pickle().proto(4).frame(Pickle().integer(7).stop())) == "7");
    // Two frames, and a long text between them, as Python writes it.
    CHECK(value_of(Pickle().proto(4).frame(Pickle().integer(7)).text("long").frame(Pickle().tuple2().stop())) == "(7, 'long')");
    CHECK(value_of(Pickle().proto(4).frame_header(0).integer(7).stop()) == "7");
    // Crossing: the frame ends within BININT.
    CHECK(value_of(Pickle().proto(4).frame_header(3).integer(7).stop()) == "frame-crosses@11");
    // Nested.
    CHECK(value_of(Pickle().proto(4).frame(Pickle().frame(Pickle().integer(7)).stop())) == "frame-nested@11");
    // Beyond the end of the pickle: Python's own readers disagree.
    CHECK(value_of(Pickle().proto(4).frame_header(7).integer(7).stop()) == "frame-past-end@16");
    CHECK(value_of(Pickle().proto(4).frame_header(std::uint64_t{1} << 63U).integer(7).stop()) == "frame-past-end@2");
    CHECK(value_of(Pickle().proto(4).frame_header(UINT64_MAX).integer(7).stop()) == "frame-past-end@2");
}

TEST_CASE("POP on an empty stack takes the mark, as Python's does") {
    CHECK(value_of("K\x01((K\x02"
                   "000.") == "1");
    CHECK(value_of("0.") == "stack-empty@0");
    CHECK(value_of("K\x01"
                   "00.") == "stack-empty@3");
}

TEST_CASE("every way to break off has a code, and the offset of the opcode") {
    CHECK(value_of("") == "truncated@0");
    CHECK(value_of("K") == "truncated@0");
    CHECK(value_of("K\x01") == "truncated@2");
    CHECK(value_of("X\x05\0\0\0abc"sv) == "truncated@0");
    CHECK(value_of("K\x01\xff.") == "unknown-opcode@2");
    CHECK(value_of(Pickle().proto(4).proto(4).none().stop()) == "proto-position@2");
    CHECK(value_of(Pickle().none().proto(4).stop()) == "proto-position@1");
    CHECK(value_of(Pickle().proto(6).none().stop()) == "protocol-unknown@0");
    CHECK(value_of(Pickle().proto(255).none().stop()) == "protocol-unknown@0");
    CHECK(value_of(".") == "stack-empty@0");
    CHECK(value_of("(.") == "stack-empty@1");
    CHECK(value_of("(N.") == "stack-empty@2");
    CHECK(value_of("NN.") == "stack-rest@2");
    CHECK(value_of("t.") == "mark-missing@0");
    CHECK(value_of("1.") == "mark-missing@0");
    CHECK(value_of("N\x86.") == "stack-empty@1");
    CHECK(value_of("N(\x85.") == "stack-empty@2");  // a tuple does not reach below a mark
    CHECK(value_of("2.") == "stack-empty@0");
    CHECK(value_of("(Nd.") == "odd-pairs@2");
    CHECK(value_of("}(Nu.") == "odd-pairs@3");
    CHECK(value_of("h\x01.") == "memo-undefined@0");
    CHECK(value_of("g5\n.") == "memo-undefined@0");
    CHECK(value_of("j\0\0\0\0."sv) == "memo-undefined@0");
    CHECK(value_of("q\0."sv) == "stack-empty@0");
    CHECK(value_of("Np-1\n.") == "number-text@1");
    CHECK(value_of("Npx\n.") == "number-text@1");
    CHECK(value_of("I0x1g\n.") == "number-text@0");
    CHECK(value_of("Fone\n.") == "number-text@0");
    CHECK(value_of("Sabc\n.") == "bad-text@0");
    CHECK(value_of("V\\u12\n.") == "bad-text@0");
    CHECK(value_of(Pickle().text("\xff").stop()) == "bad-text@0");
    CHECK(value_of(Pickle().global("\xff", "x").stop()) == "bad-text@0");
    CHECK(value_of("T\xff\xff\xff\xff.") == "length-negative@0");
    CHECK(value_of("\x82\x01.") == "ext@0");
    CHECK(value_of("\x83\x01\x01.") == "ext@0");
    CHECK(value_of("\x84\x01\x01\x01\x01.") == "ext@0");
    CHECK(value_of("\x97.") == "buffer@0");
    CHECK(value_of("N\x98.") == "buffer@1");
    CHECK(value_of("R.") == "stack-empty@0");
    CHECK(value_of("NNR.") == "call-arguments@2");
    CHECK(value_of("NN\x81.") == "call-arguments@2");
    CHECK(value_of("N)N\x92.") == "call-arguments@3");
    CHECK(value_of("b.") == "stack-empty@0");
    CHECK(value_of("(o.") == "stack-empty@1");
}

TEST_CASE("lengths beyond the file allocate nothing and are truncated") {
    CHECK(value_of("\x8b\xff\xff\xff\x7f.") == "limit-number@0");  // LONG4 of 2 GiB
    CHECK(value_of("\x8b\x00\x00\x00\x80."sv) == "limit-number@0");
    CHECK(value_of("\x8b\x00\x00\x10\x00."sv) == "truncated@0");
    CHECK(value_of("X\xff\xff\xff\xff.") == "truncated@0");
    CHECK(value_of("B\xff\xff\xff\xff.") == "truncated@0");
    for (const char* op : {"\x8d", "\x8e", "\x96"}) {
        CHECK(value_of(op + std::string(7, '\0') + "\x80.") == "truncated@0");  // 2^63
        CHECK(value_of(op + std::string(8, '\xff') + ".") == "truncated@0");
    }
}

TEST_CASE("what follows a fault that could run is read on, and noted") {
    // BUILD on a global changes it for everybody.
    CHECK(notes_of(Pickle().global("m", "C").empty_dict().build().stop()) == "build-target@6");
    CHECK(notes_of("]}b.") == "build-target@2");
    CHECK(notes_of("NNa.") == "append-target@2");
    const ReadPickle path(Pickle().global("sys", "path").text("/tmp/theirs").append().stop());
    REQUIRE(path.stream.notes.size() == 1);
    CHECK(path.stream.notes[0].detail == "'/tmp/theirs' is appended to sys.path, which is no list of this pickle");
    CHECK(path.stream.notes[0].name == "sys.path");
    CHECK(notes_of("](K\x01K\x02u.") == "append-target@6");
    CHECK(notes_of("}(K\x01"
                   "e.") == "append-target@4");
    // STACK_GLOBAL with what is no string: the name is not known, and said so.
    const ReadPickle computed(Pickle().proto(4).global("a", "b").text("system").stack_global().stop());
    CHECK(computed.notes() == "global-name@18");
    CHECK(computed.graph.global(computed.root()).dotted() == "(computed).system");
}

TEST_CASE("Python stops at the name of a global that can be no string") {
    CHECK(value_of(Pickle().proto(4).text("os").integer(1).stack_global().stop()) == "global-name@14");
    CHECK(value_of(Pickle().proto(4).text("os").object("m", "C").stack_global().stop()) == "global-name@16");
}

TEST_CASE("calls keep callable, arguments, keywords and state") {
    const ReadPickle reduce(Pickle().global("posix", "system").text("id").tuple1().reduce().stop());
    const PickleCall& call = reduce.graph.call(reduce.root());
    CHECK(call.form == CallForm::reduce);
    CHECK(python_text(reduce.graph, call.callable) == "posix.system");
    CHECK(python_text(reduce.graph, call.arguments) == "('id',)");

    const ReadPickle keywords(
        Pickle().proto(4).global("m", "C").empty_tuple().empty_dict().text("a").integer(1).set_item().new_object_ex().stop());
    CHECK(keywords.fault() == "");
    CHECK(keywords.graph.call(keywords.root()).form == CallForm::new_object_kw);
    CHECK(python_text(keywords.graph, keywords.graph.call(keywords.root()).keywords) == "{'a': 1}");

    for (const std::string_view python_2 : {"(K\x01im\nC\n."sv, "(cm\nC\nK\x01o."sv}) {
        const ReadPickle read(python_2);
        REQUIRE(read.fault() == "");
        CHECK(read.graph.call(read.root()).form == CallForm::instance);
        CHECK(python_text(read.graph, read.root()) == "m.C(1)");
        CHECK(read.stream.python_2);
    }

    const ReadPickle built(Pickle().object("m", "C").empty_dict().build().none().build().stop());
    CHECK(built.graph.call(built.root()).states.count == 2);
    CHECK(built.notes() == "");
    const ReadPickle filled(
        Pickle().global("c", "D").empty_tuple().reduce().integer(1).integer(2).set_item().mark().integer(3).appends().stop());
    CHECK(filled.graph.call(filled.root()).pairs.count == 2);
    CHECK(filled.graph.call(filled.root()).items.count == 1);
}

TEST_CASE("what the pickle drops stays in the graph: it would have run") {
    const ReadPickle read(Pickle().global("posix", "system").text("id").tuple1().reduce().pop().none().stop());
    CHECK(read.fault() == "");
    CHECK(read.stream.calls);
    bool found = false;
    for (ValueId id = 0; id < read.graph.size(); ++id) found = found || read.graph.is(id, ValueKind::call);
    CHECK(found);
}

TEST_CASE("references of the loading program's own are persistent values") {
    CHECK(value_of("Pstorage\n.") == "persistent_load(…)");
    CHECK(value_of("\x80\x02X\x01\0\0\0aQ."sv) == "persistent_load(…)");
    CHECK(value_of("Q.") == "stack-empty@0");
}

TEST_CASE("limits end a reading with their code") {
    InspectLimits limits;
    limits.max_values = 10;
    CHECK(value_of(std::string(100, ']'), limits) == "limit-values@9");
    limits = {};
    limits.max_stack = 10;
    CHECK(value_of("N" + std::string(100, '2'), limits) == "limit-stack@10");
    limits = {};
    limits.max_marks = 10;
    CHECK(value_of(std::string(100, '('), limits) == "limit-depth@10");
    limits = {};
    limits.max_memo = 2;
    CHECK(value_of("Np0\np1\np2\n.", limits) == "limit-memo@7");
    CHECK(value_of("Np0\np0\np1\np1\n.", limits) == "limit-memo@10");
    limits = {};
    limits.max_line = 5;
    CHECK(value_of("I123456\n.", limits) == "limit-line@0");
    CHECK(value_of("cmodule\nname\n.", limits) == "bad-text@0");
    limits = {};
    limits.max_kept_texts = 10;
    limits.max_kept_text = 8;
    CHECK(value_of(Pickle().text("12345678").text("1234").tuple2().stop(), limits) == "limit-values@13");
    // A long text is read whole and kept in part.
    limits = {};
    limits.max_kept_text = 4;
    CHECK(value_of(Pickle().text("12345678").stop(), limits) == "'1234…'");
    CHECK(value_of(Pickle().bytes("12345678").stop(), limits) == "b'1234…'");
}

TEST_CASE("nesting costs no stack of the machine's own") {
    const std::string lists = std::string(100'000, ']') + std::string(99'999, 'a') + ".";
    const ReadPickle read(lists);
    CHECK(read.fault() == "");
    CHECK(read.graph.size() == 100'000);
    std::string tuples = "N";
    tuples.append(100'000, '\x85');
    CHECK(ReadPickle(tuples + ".").fault() == "");
}

}  // namespace assay::test
