#include "artifact/pickle/compat_names.hpp"

#include <doctest/doctest.h>

namespace assay::test {

namespace {

/// "module.name" that Python 3 imports.
std::string renamed(std::string module, std::string name) {
    const std::string before = module + "." + name;
    const bool changed = to_python_3(module, name);
    const std::string after = module + "." + name;
    CHECK(changed == (before != after));
    return after;
}

}  // namespace

TEST_CASE("a name is renamed first, then a module") {
    CHECK(renamed("__builtin__", "unicode") == "builtins.str");
    CHECK(renamed("__builtin__", "long") == "builtins.int");
    CHECK(renamed("__builtin__", "reduce") == "functools.reduce");
    CHECK(renamed("__builtin__", "eval") == "builtins.eval");
    CHECK(renamed("copy_reg", "_reconstructor") == "copyreg._reconstructor");
    CHECK(renamed("exceptions", "StandardError") == "builtins.Exception");
    CHECK(renamed("itertools", "imap") == "builtins.map");
    CHECK(renamed("itertools", "count") == "itertools.count");
    CHECK(renamed("urllib", "urlopen") == "urllib.request.urlopen");
    CHECK(renamed("urllib2", "anything") == "urllib.request.anything");
    CHECK(renamed("commands", "getoutput") == "subprocess.getoutput");
    CHECK(renamed("cPickle", "loads") == "pickle.loads");
    CHECK(renamed("thread", "start_new_thread") == "_thread.start_new_thread");
    CHECK(renamed("whichdb", "whichdb") == "dbm.whichdb");
}

TEST_CASE("every other name stays") {
    CHECK(renamed("builtins", "eval") == "builtins.eval");
    CHECK(renamed("os", "system") == "os.system");
    CHECK(renamed("__builtin__.x", "unicode") == "__builtin__.x.unicode");
    CHECK(renamed("", "") == ".");
}

}  // namespace assay::test
