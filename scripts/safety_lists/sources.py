"""What the sources of one release define, found out by reading them: nothing is imported and nothing is run.

A `Library` is the modules of one release. A definition is written as pickles write it, `module:Name`, with the module whose source has
the `class` or `def`, however often other modules export it again.
"""

import ast
import functools
from typing import Dict, Iterator, List, NamedTuple, Optional, Set, Tuple


class ClassDef(NamedTuple):
    bases: List[str]  # as written, dotted
    methods: Set[str]
    abstract: Set[str]  # those of `methods` that a subclass must define
    metaclass: str
    decorators: List[str]
    slots: bool


class Module:
    """The names that one source file binds at its top level, in whatever branch of an `if` or `try`."""

    def __init__(self, name: str, is_package: bool):
        self.name = name
        self.is_package = is_package
        self.classes: Dict[str, List[ClassDef]] = {}  # a list: one for each branch
        self.functions: Set[str] = set()
        self.imports: Dict[str, List[str]] = {}  # bound name → `module` or `module:name`
        self.aliases: Dict[str, List[str]] = {}  # name = dotted
        self.stars: List[str] = []


def dotted(node: Optional[ast.AST]) -> str:
    """The dotted name that an expression is, through subscripts (`Generic[T]`) and calls (`deprecated("…")`); empty when it is none."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        left = dotted(node.value)
        return f"{left}.{node.attr}" if left else ""
    if isinstance(node, ast.Subscript):
        return dotted(node.value)
    if isinstance(node, ast.Call):
        return dotted(node.func)
    return ""


def statements(body: List[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements of a body and of the branches in it: which branch Python takes depends on the machine, so all count."""
    for statement in body:
        if isinstance(statement, (ast.If, ast.Try, ast.With, ast.For, ast.While)):
            for field in ("body", "orelse", "finalbody"):
                yield from statements(getattr(statement, field, []))
            for handler in getattr(statement, "handlers", []):
                yield from statements(handler.body)
        else:
            yield statement


def read_bases(node: ast.ClassDef) -> Tuple[List[str], str]:
    """Bases and metaclass, as written; `six.with_metaclass(Meta, Base)` is how sources for Python 2 and 3 say both."""
    bases, metaclass = [], ""
    for base in node.bases:
        if isinstance(base, ast.Call) and dotted(base.func).endswith("with_metaclass"):
            metaclass = dotted(base.args[0])
            bases += [dotted(argument) for argument in base.args[1:]]
        else:
            bases.append(dotted(base) or ast.unparse(base))
    for keyword in node.keywords:
        if keyword.arg == "metaclass":
            metaclass = dotted(keyword.value)
    return bases, metaclass


def read_class(node: ast.ClassDef) -> ClassDef:
    bases, metaclass = read_bases(node)
    methods, abstract, slots = set(), set(), False
    for statement in statements(node.body):
        if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef)):
            methods.add(statement.name)
            if any(dotted(decorator).rpartition(".")[2] in ("abstractmethod", "abstractproperty") for decorator in statement.decorator_list):
                abstract.add(statement.name)
        elif isinstance(statement, (ast.Assign, ast.AnnAssign)):
            for target in statement.targets if isinstance(statement, ast.Assign) else [statement.target]:
                if isinstance(target, ast.Name) and statement.value is not None:
                    methods.add(target.id)
                    slots = slots or target.id == "__slots__"
    return ClassDef(bases, methods, abstract, metaclass, [dotted(decorator) for decorator in node.decorator_list], slots)


def absolute(module: Module, node: ast.ImportFrom) -> str:
    """The module that `from …x import` means."""
    if not node.level:
        return node.module or ""
    parts = module.name.split(".")
    up = node.level - 1 if module.is_package else node.level
    return ".".join(parts[: len(parts) - up] + ([node.module] if node.module else []))


def read_import(module: Module, node: ast.stmt) -> None:
    if isinstance(node, ast.Import):
        for name in node.names:
            bound = name.asname or name.name.partition(".")[0]
            module.imports.setdefault(bound, []).append(name.name if name.asname else bound)
    elif isinstance(node, ast.ImportFrom):
        source = absolute(module, node)
        for name in node.names:
            if name.name == "*":
                module.stars.append(source)
            else:
                module.imports.setdefault(name.asname or name.name, []).append(f"{source}:{name.name}")


@functools.lru_cache(maxsize=None)  # most files are the same in the next release
def read_module(name: str, is_package: bool, text: bytes) -> Module:
    """Raises SyntaxError for a source that this Python cannot read."""
    module = Module(name, is_package)
    for statement in statements(ast.parse(text).body):
        if isinstance(statement, ast.ClassDef):
            module.classes.setdefault(statement.name, []).append(read_class(statement))
        elif isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef)):
            module.functions.add(statement.name)
        elif isinstance(statement, ast.Assign) and dotted(statement.value) and not isinstance(statement.value, (ast.Call, ast.Subscript)):
            for target in statement.targets:
                if isinstance(target, ast.Name):
                    module.aliases.setdefault(target.id, []).append(dotted(statement.value))
        else:
            read_import(module, statement)
    return module


class Library:
    """The modules of one release, by name."""

    def __init__(self, sources: Dict[str, bytes]):
        """`sources`: path inside the wheel → text. What this Python cannot parse is in `unread`, and defines nothing."""
        self.modules: Dict[str, Module] = {}
        self.unread: List[str] = []
        for path, text in sources.items():
            parts = path[: -len(".py")].split("/")
            is_package = parts[-1] == "__init__"
            name = ".".join(parts[:-1] if is_package else parts)
            try:
                self.modules[name] = read_module(name, is_package, text)
            except (SyntaxError, ValueError):
                self.unread.append(path)

    def find(self, module: str, name: str) -> Set[str]:
        """What the dotted `name` means in `module`: definitions `module:Name` (of this release, or of another package, as imported)."""
        return {found for found in self._find(module, name, set()) if ":" in found}

    def class_defs(self, definition: str) -> List[ClassDef]:
        module, _, name = definition.partition(":")
        return self.modules[module].classes.get(name, []) if module in self.modules else []

    def defines(self, definition: str) -> bool:
        module, _, name = definition.partition(":")
        found = self.modules.get(module)
        return found is not None and (name in found.classes or name in found.functions)

    def _find(self, module: str, name: str, seen: Set[Tuple[str, str]]) -> Set[str]:
        head, _, rest = name.partition(".")
        found: Set[str] = set()
        for target in self._bound(module, head, seen):
            if not rest:
                found.add(target)
            elif ":" in target:
                found.add(f"{target}.{rest}")
            else:
                found |= self._find(target, rest, seen)
        return found

    def _bound(self, module: str, name: str, seen: Set[Tuple[str, str]]) -> Set[str]:
        """What one plain name is bound to: `module` for a module, else `module:Name`."""
        source = self.modules.get(module)
        if source is None:
            return {f"{module}:{name}"}
        if (module, name) in seen:
            return set()
        seen = seen | {(module, name)}
        found: Set[str] = set()
        if name in source.classes or name in source.functions:
            found.add(f"{module}:{name}")
        for target in source.imports.get(name, []):
            found |= self._imported(target, seen)
        for alias in source.aliases.get(name, []):
            found |= self._find(module, alias, seen)
        if not found and f"{module}.{name}" in self.modules:
            found.add(f"{module}.{name}")
        for star in source.stars if not found else []:
            if star in self.modules:
                found |= self._bound(star, name, seen)
        return found

    def _imported(self, target: str, seen: Set[Tuple[str, str]]) -> Set[str]:
        module, _, name = target.partition(":")
        if not name:
            return {module}
        return self._bound(module, name, seen) or {target}
