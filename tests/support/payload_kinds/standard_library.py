"""Callables of Python's own library that run code, start processes, write files, open connections or load what can.

Names found in advisories carry the advisory; the rest come from reading the library for functions that take a command, a source text,
a path or a host. Deny lists are made of such names, and each of these was missing from one once.
"""

from typing import List

from payloads import Payload, calls
from pickle_assembler import Call, name

SHELL = ("echo {m}",)
ARGV = (["echo", "{m}"],)
SOURCE = ("'{m}'",)
PATH = ("/nonexistent/{m}",)
HOST = ("{m}.invalid",)
ADDRESS = (("{m}.invalid", 9),)
URL = ("http://{m}.invalid/",)

PROCESSES = [
    ("posix.system", SHELL), ("os.system", SHELL), ("nt.system", SHELL), ("os.popen", SHELL), ("posix.execv", ("/bin/echo", ["echo", "{m}"])),
    ("os.execl", ("/bin/echo", "echo", "{m}")), ("os.execvp", ("echo", ["echo", "{m}"])), ("os.spawnl", (0, "/bin/echo", "echo", "{m}")),
    ("os.spawnvp", (0, "echo", ["echo", "{m}"])), ("posix.posix_spawn", ("/bin/echo", ["echo", "{m}"], {})), ("os.startfile", PATH),
    ("posix.fork", ()), ("posix.kill", (0, 0)), ("posix._exit", (0,)), ("os.abort", ()), ("os.putenv", ("ASSAY", "{m}")),
    ("subprocess.run", ARGV), ("subprocess.call", ARGV), ("subprocess.Popen", ARGV), ("subprocess.check_output", ARGV),
    ("subprocess.check_call", ARGV), ("subprocess.getoutput", SHELL), ("subprocess.getstatusoutput", SHELL),
    ("commands.getoutput", SHELL), ("popen2.popen2", SHELL), ("_posixsubprocess.fork_exec", ([b"{m}"], [b"/bin/echo"])),
    ("pty.spawn", ARGV), ("multiprocessing.util.spawnv_passfds", ("/bin/echo", ["echo", "{m}"], ())),
    ("multiprocessing.popen_spawn_posix.Popen", (name("posix.system"),)), ("pydoc.pipepager", ("{m}", "cat")), ("pydoc.tempfilepager", ("{m}", "cat")),
    ("distutils.spawn.spawn", ARGV), ("setuptools._distutils.spawn.spawn", ARGV), ("platform.popen", SHELL),
    ("asyncio.subprocess.create_subprocess_shell", SHELL), ("asyncio.unix_events:_UnixSubprocessTransport._start", ("echo {m}", True, None, None, None, 0)),
    ("pipes:Template.copy", ("{m}", "/dev/null", "/nonexistent/out")), ("mailcap.findmatch", ({"text/plain": [{"view": "cat", "test": "echo {m}"}]}, "text/plain")),
    ("uuid._get_command_stdout", ("echo", "{m}")), ("_osx_support._read_output", SHELL), ("_osx_support._find_build_tool", SHELL),
    ("_aix_support._read_cmd_output", SHELL), ("_pyrepl.pager.pipe_pager", ("{m}", "cat")), ("imaplib.IMAP4_stream", SHELL),
    ("webbrowser.open", URL), ("webbrowser.get", SHELL), ("ctypes.util._findLib_gcc", ("{m}",)), ("test.support.script_helper.assert_python_ok", ("-c", "'{m}'")),
    ("venv.create", PATH), ("ensurepip._run_pip", (["--version", "{m}"],)), ("ensurepip._uninstall_helper", ()), ("antigravity.geohash", (0.0, 0.0, b"{m}")),
]

CODE = [
    ("builtins.eval", SOURCE), ("builtins.exec", SOURCE), ("builtins.compile", ("'{m}'", "x", "eval")), ("builtins.execfile", PATH),
    ("builtins.breakpoint", ()), ("builtins.input", ("{m}",)), ("builtins.apply", (name("posix.system"), ["echo {m}"])),
    ("runpy._run_code", ("'{m}'", {})), ("runpy.run_path", PATH), ("runpy.run_module", ("{m}",)), ("code.interact", ("{m}",)),
    ("code:InteractiveInterpreter.runcode", (None, "'{m}'")), ("code:InteractiveInterpreter.runsource", (None, "'{m}'")), ("codeop.compile_command", SOURCE),
    ("timeit.timeit", SOURCE), ("timeit.repeat", SOURCE), ("timeit.main", (["-n", "1", "'{m}'"],)), ("pdb.run", SOURCE), ("pdb.runeval", SOURCE),
    ("bdb:Bdb.run", (None, "'{m}'")), ("cProfile.run", SOURCE), ("cProfile.runctx", ("'{m}'", {}, {})), ("profile.run", SOURCE),
    ("profile:Profile.run", (None, "'{m}'")), ("profile:Profile.runctx", (None, "'{m}'", {}, {})), ("trace:Trace.run", (None, "'{m}'")),
    ("trace:Trace.runctx", (None, "'{m}'")), ("doctest.debug_script", SOURCE), ("doctest.testsource", ("{m}", "x")), ("doctest.run_docstring_examples", ("{m}", {})),
    ("_interpreters.run_string", (0, "'{m}'")), ("_xxsubinterpreters.run_string", (0, "'{m}'")), ("typing._eval_type", ("{m}", {}, {})),
    ("typing.get_type_hints", ("{m}",)), ("dataclasses._create_fn", ("x", ["a='{m}'"], ["pass"])), ("collections.namedtuple", ("{m}", "a b")),
    ("symtable.symtable", ("'{m}'", "x", "exec")), ("ast.literal_eval", SOURCE), ("annotationlib.call_evaluate_function", ("{m}", 1)),
    ("inspect.getattr_static", ("{m}", "x")), ("gettext.c2py", ("n + {m}",)), ("string:Formatter.vformat", (None, "{m}", (), {})),
    ("idlelib.run:Executive.runcode", (None, "'{m}'")), ("idlelib.pyshell:ModifiedInterpreter.runcode", (None, "'{m}'")),
    ("idlelib.pyshell:ModifiedInterpreter.runcommand", (None, "'{m}'")), ("idlelib.autocomplete:AutoComplete.get_entity", (None, "'{m}'")),
    ("idlelib.autocomplete:AutoComplete.fetch_completions", (None, "'{m}'", 0)), ("idlelib.calltip.get_entity", SOURCE),
    ("idlelib.calltip:Calltip.fetch_tip", (None, "'{m}'")), ("idlelib.debugobj:ObjectTreeItem.SetText", (None, "'{m}'")),
    ("lib2to3.pgen2.grammar:Grammar.loads", (None, b"{m}")), ("lib2to3.pgen2.pgen:ParserGenerator.make_label", (None, None, "'{m}'")),
    ("unittest.mock._importer", ("{m}",)), ("unittest.main", ("{m}",)), ("types.CodeType", (0, 0, 0, 0, 0, 0, b"{m}", (), (), (), "x", "x", 0, b"")),
    ("types.FunctionType", ("{m}", {})), ("sqlite3.connect", PATH), ("builtins.type", ("{m}", (), {})), ("types.new_class", ("{m}",)),
    ("xml.sax.make_parser", (["{m}"],)), ("xmlrpc.client.loads", ("{m}",)), ("atexit.register", (name("posix.system"), "echo {m}")),
    ("signal.signal", (10, name("posix.system"))), ("sys.settrace", (name("posix.system"),)), ("sys.setprofile", (name("posix.system"),)),
    ("sys.exit", ("{m}",)), ("sys.addaudithook", (name("posix.system"),)), ("gc.get_objects", ()), ("gc.get_referrers", ("{m}",)), ("inspect.currentframe", ()),
]

IMPORTS = [
    ("builtins.__import__", ("{m}",)), ("importlib.import_module", ("{m}",)), ("importlib._bootstrap._gcd_import", ("{m}",)),
    ("importlib.util.spec_from_file_location", ("x", "/nonexistent/{m}")), ("_frozen_importlib._load", ("{m}",)),
    ("_frozen_importlib_external.SourceFileLoader", ("x", "/nonexistent/{m}")), ("importlib.machinery.SourceFileLoader", ("x", "/nonexistent/{m}")),
    ("importlib.machinery.ExtensionFileLoader", ("x", "/nonexistent/{m}")), ("_imp.create_dynamic", ("{m}",)), ("imp.load_source", ("x", "/nonexistent/{m}")),
    ("imp.load_dynamic", ("x", "/nonexistent/{m}")), ("pkgutil.resolve_name", ("os:{m}",)), ("pkgutil.get_loader", ("{m}",)), ("zipimport.zipimporter", PATH),
    ("pydoc.locate", ("{m}",)), ("pydoc.importfile", PATH), ("site.addsitedir", PATH), ("site.main", ()), ("logging.config.dictConfig", ({"{m}": 1},)),
    ("logging.config.fileConfig", PATH), ("xml.dom.domreg.getDOMImplementation", ("{m}",)), ("encodings.search_function", ("{m}",)), ("pickle.whichmodule", ("{m}", "x")),
    ("pip.main", (["--version", "{m}"],)), ("pip._internal.main", (["--version", "{m}"],)), ("pip._internal.cli.main.main", (["--version", "{m}"],)),
    ("setuptools.setup", ("{m}",)), ("distutils.core.run_setup", PATH), ("pkg_resources.run_script", ("{m}", "x")), ("pkg_resources.load_entry_point", ("{m}", "x", "y")),
]

LOADS = [
    ("pickle.loads", (b"{m}",)), ("_pickle.loads", (b"{m}",)), ("pickle.load", PATH), ("_pickle.Unpickler", PATH), ("cPickle.loads", (b"{m}",)),
    ("marshal.loads", (b"{m}",)), ("marshal.load", PATH), ("shelve.open", PATH), ("shelve.DbfilenameShelf", PATH), ("dbm.open", PATH),
    ("multiprocessing.reduction:ForkingPickler.loads", (b"{m}",)), ("multiprocessing.connection.Client", ADDRESS),
    ("copyreg.pickle", (name("builtins.int"), name("posix.system"))), ("copyreg.add_extension", ("posix", "system", 240)), ("plistlib.loads", (b"{m}",)),
]

NATIVE = [
    ("ctypes.CDLL", PATH), ("ctypes:cdll.LoadLibrary", PATH), ("_ctypes.dlopen", PATH), ("ctypes.PyDLL", PATH), ("ctypes.string_at", (0,)),
    ("ctypes.memmove", (0, 0, 0)), ("ctypes.CFUNCTYPE", (None,)), ("_ctypes.call_function", (0, ())), ("mmap.mmap", (-1, 4096)),
]

FILES = [
    ("builtins.open", ("/nonexistent/{m}", "w")), ("io.open", ("/nonexistent/{m}", "w")), ("_io.open", ("/nonexistent/{m}", "w")), ("_io.FileIO", ("/nonexistent/{m}", "r")),
    ("io.open_code", PATH), ("posix.open", ("/nonexistent/{m}", 0)), ("codecs.open", ("/nonexistent/{m}", "w")), ("os.remove", PATH), ("posix.unlink", PATH),
    ("os.rename", ("/nonexistent/a", "/nonexistent/{m}")), ("os.makedirs", PATH), ("os.symlink", ("/nonexistent/a", "/nonexistent/{m}")), ("os.chmod", ("/nonexistent/{m}", 0)),
    ("os.removedirs", PATH), ("os.truncate", ("/nonexistent/{m}", 0)), ("posix.rmdir", PATH), ("shutil.rmtree", PATH), ("shutil.copyfile", ("/nonexistent/a", "/nonexistent/{m}")),
    ("shutil.move", ("/nonexistent/a", "/nonexistent/{m}")), ("shutil.unpack_archive", PATH), ("shutil.make_archive", PATH + ("zip",)),
    ("tempfile.mkdtemp", ("{m}",)), ("tempfile.NamedTemporaryFile", ("w",)), ("pathlib:Path.write_text", ("/nonexistent/{m}", "x")), ("pathlib:Path.unlink", PATH),
    ("pathlib:Path.touch", PATH), ("logging.FileHandler", PATH), ("logging.handlers.RotatingFileHandler", PATH), ("logging.handlers.WatchedFileHandler", PATH),
    ("distutils.file_util.write_file", ("/nonexistent/{m}", ["x"])), ("distutils.dir_util.remove_tree", PATH), ("distutils.file_util.copy_file", ("/nonexistent/a", "/nonexistent/{m}")),
    ("zipfile.ZipFile", ("/nonexistent/{m}", "w")), ("tarfile.open", ("/nonexistent/{m}", "w")), ("gzip.open", ("/nonexistent/{m}", "w")), ("bz2.BZ2File", ("/nonexistent/{m}", "w")),
    ("lzma.LZMAFile", ("/nonexistent/{m}", "w")), ("py_compile.compile", PATH), ("compileall.compile_dir", PATH), ("fileinput.input", PATH), ("linecache.getlines", PATH),
    ("glob.glob", ("/nonexistent/{m}/*",)), ("netrc.netrc", PATH), ("configparser:ConfigParser.read", (None, "/nonexistent/{m}")), ("mailbox.mbox", PATH),
]

NETWORK = [
    ("socket.create_connection", ADDRESS), ("socket.socket", ()), ("socket.gethostbyname", HOST), ("socket.getaddrinfo", ("{m}.invalid", 9)), ("socket.create_server", ADDRESS),
    ("ssl.get_server_certificate", ADDRESS), ("http.client.HTTPConnection", HOST), ("http.client.HTTPSConnection", HOST), ("http.server.HTTPServer", ADDRESS),
    ("urllib.request.urlopen", URL), ("urllib.request.urlretrieve", URL), ("urllib2.urlopen", URL), ("httplib.HTTPSConnection", HOST), ("ftplib.FTP", HOST), ("smtplib.SMTP", HOST),
    ("smtplib.SMTP_SSL", HOST), ("poplib.POP3", HOST), ("imaplib.IMAP4", HOST), ("telnetlib.Telnet", HOST), ("nntplib.NNTP", HOST), ("xmlrpc.client.ServerProxy", URL),
    ("socketserver.TCPServer", ADDRESS), ("asyncio.open_connection", ("{m}.invalid", 9)), ("logging.handlers.SocketHandler", ("{m}.invalid", 9)),
    ("logging.handlers.HTTPHandler", ("{m}.invalid", "/")), ("logging.handlers.SysLogHandler", ADDRESS), ("logging.handlers.SMTPHandler", ("{m}.invalid", "a", "b", "c")),
]

THREADS = [
    ("threading.Thread", (None, name("posix.system"), "x", ("echo {m}",))), ("threading.Timer", (0, name("posix.system"), ["echo {m}"])),
    ("_thread.start_new_thread", (name("posix.system"), ("echo {m}",))), ("multiprocessing.Process", (None, name("posix.system"), "x", ("echo {m}",))),
    ("multiprocessing.pool.Pool", (1, name("posix.system"), ("echo {m}",))), ("multiprocessing.pool.ThreadPool", (1, name("posix.system"), ("echo {m}",))),
    ("concurrent.futures.thread.ThreadPoolExecutor", (1, "x", name("posix.system"), ("echo {m}",))), ("asyncio.run", ("{m}",)), ("asyncio.to_thread", (name("posix.system"), "echo {m}")),
    ("sched.scheduler", (name("posix.system"), name("posix.system"))), ("contextlib.ExitStack", ()), ("weakref.finalize", (name("builtins.object"), name("posix.system"), "echo {m}")),
    ("concurrent.futures.thread:ThreadPoolExecutor.submit", (Call(name("concurrent.futures.thread.ThreadPoolExecutor")), name("posix.system"), "echo {m}")),
]

GROUPS = [("call", "process starters of the standard library", PROCESSES), ("call", "evaluators of the standard library", CODE),
          ("import", "importers of the standard library", IMPORTS), ("load", "loaders of other pickles", LOADS), ("call", "foreign functions", NATIVE),
          ("file", "file access (arXiv 2508.19774)", FILES), ("network", "connections", NETWORK), ("call", "callbacks run elsewhere", THREADS)]


def payloads() -> List[Payload]:
    return [one for kind, source, rows in GROUPS for one in calls(source, kind, rows)]
