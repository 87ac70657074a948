"""Which public advisory reports which callable, so that a catalogue entry can be looked up."""

ADVISORIES = {
    "_aix_support._read_cmd_output": "GHSA-g38g-8gr9-h9xp", "_interpreters.run_string": "GHSA-6ggj-6f2q-f7mx", "_osx_support._find_build_tool": "GHSA-g38g-8gr9-h9xp",
    "_osx_support._read_output": "GHSA-g38g-8gr9-h9xp", "_posixsubprocess.fork_exec": "GHSA-m6fh-58r7-x697", "_pyrepl.pager.pipe_pager": "GHSA-g38g-8gr9-h9xp",
    "_xxsubinterpreters.run_string": "GHSA-6ggj-6f2q-f7mx", "asyncio.unix_events._UnixSubprocessTransport._start": "CVE-2025-10157",
    "atexit.register": "GHSA-m6fh-58r7-x697", "cProfile.runctx": "GHSA-9w88-8rmg-7g2p", "doctest.debug_script": "GHSA-fqq6-7vqf-w3fg", "ensurepip._run_pip": "GHSA-xp4f-hrf8-rxw7",
    "idlelib.autocomplete.AutoComplete.fetch_completions": "GHSA-7cq8-mj8x-j263", "idlelib.autocomplete.AutoComplete.get_entity": "GHSA-6w4w-5w54-rjvr",
    "idlelib.debugobj.ObjectTreeItem.SetText": "GHSA-3vg9-h568-4w9m", "idlelib.pyshell.ModifiedInterpreter.runcode": "GHSA-3gf5-cxq9-w223",
    "idlelib.pyshell.ModifiedInterpreter.runcommand": "GHSA-j343-8v2j-ff7w", "idlelib.run.Executive.runcode": "GHSA-m869-42cg-3xwr",
    "imaplib.IMAP4_stream": "GHSA-g38g-8gr9-h9xp", "lib2to3.pgen2.grammar.Grammar.loads": "GHSA-f54q-57x4-jg88",
    "lib2to3.pgen2.pgen.ParserGenerator.make_label": "GHSA-p9w7-82w4-7q8m", "pip.main": "CVE-2025-1716", "pkgutil.resolve_name": "GHSA-vvpj-8cmc-gx39",
    "profile.Profile.run": "GHSA-x696-vm39-cp64", "profile.Profile.runctx": "GHSA-6vqj-c2q5-j97w", "pty.spawn": "GHSA-r7v6-mfhq-g3m2", "site.addsitedir": "GHSA-m6fh-58r7-x697",
    "timeit.timeit": "GHSA-v7x6-rv5q-mhwc", "trace.Trace.run": "GHSA-5qwp-399c-mjwf", "trace.Trace.runctx": "GHSA-g344-hcph-8vgg", "uuid._get_command_stdout": "GHSA-g38g-8gr9-h9xp",
    "torch._dynamo.guards.GuardBuilder.get": "GHSA-86cj-95qr-2p4f", "torch.distributed.rpc.rpc_sync": "CVE-2024-5480",
    "torch.fx.experimental.symbolic_shapes.ShapeEnv.evaluate_guards_expression": "GHSA-f4x7-rfwp-v3xw", "torch.jit.annotations.parse_type_line": "CVE-2022-45907",
    "torch.jit.unsupported_tensor_ops.execWrapper": "GHSA-vr7h-p6mm-wpmh", "torch.distributed.nn.api.remote_module.RemoteModule": "CVE-2024-48063",
    "torch.utils._config_module.ConfigModule.load_config": "GHSA-vv6j-3g6g-2pvj", "torch.utils.bottleneck.__main__.run_autograd_prof": "GHSA-4whj-rm5r-c2v8",
    "torch.utils.bottleneck.__main__.run_cprofile": "GHSA-4r9r-ch6f-vxmx", "torch.utils.collect_env.run": "GHSA-f745-w6jp-hpxx",
    "torch.utils.data.datapipes.utils.decoder.basichandlers": "GHSA-h3qp-7fh3-f8h4",
}
