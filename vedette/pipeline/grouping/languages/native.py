"""C, C++, Objective-C, Swift and Rust: demangled names without types and compiler marks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from vedette.pipeline.grouping.naming import Language, Name, Role, describe, function_of
from vedette.wire.event import Frame

_UNKNOWN: Final = re.compile(
    r"^(?:0x[0-9a-f]+|<unknown>|<redacted>|\?+|\(null\)|stripped_application_code|_?unknown_?"
    r"|sub_[0-9a-f]+|_mh_execute_header|)$",
    re.IGNORECASE,
)
_RUST_HASH: Final = re.compile(r"::h[0-9a-f]{16}$")
_COMPILER_MARK: Final = re.compile(
    r"\.(?:cold|isra|part|constprop|llvm|lto_priv)(?:\.\d+)*|\.\d+$|\$VARIANT\$\w+"
    r"| ?\[clone [^\]]*\]"
)
_ANONYMOUS_NAMESPACE: Final = re.compile(r"\(anonymous namespace\)|`anonymous.namespace'|\?A0x\w+")
_INLINE_NAMESPACE: Final = re.compile(r"::(?:__1|__cxx11|__ndk1|_V2|__fs)(?=::)")
_LAMBDA: Final = re.compile(
    r"<lambda_[0-9a-f]+>|\{lambda\([^)]*\)#\d+\}|'lambda\d*'(?:\([^)]*\))?|\$_\d+|__lambda\d+"
    r"|\{unnamed type#\d+\}"
)
# Rust, by its old and its new mangling: `{{closure}}`, `{closure#0}`, `{impl#3}`.
_RUST_NAMELESS: Final = re.compile(
    r"::\{\{?(?:closure|vtable\.shim|shim|constant|coroutine|async_\w+|gen_\w+)[^{}]*\}?\}"
    r"|\{\{vtable\.shim\}\}|\{shim:[^{}]*\}"
)
_RUST_IMPLEMENTATION: Final = re.compile(r"\{impl#\d+\}")
_RUST_INHERENT: Final = re.compile(r"^<((?:\w++::)++\w++(?:<(?:(?! as ).)*>)?)>(?=::)")
# A closure has its own line, which tells it from the others of its function.
_CLOSURE: Final = re.compile(
    r"\{closure|\{\{closure\}\}|\{async_|\{coroutine|\{lambda"
    r"|closure #\d|_block_invoke|lambda_[0-9a-f]|\$_\d|__lambda\d"
)
_SWIFT: Final = re.compile(
    r"^(?:(?:implicit )?closure #\d+ (?:[^#]*? )?in |static |class "
    r"|variable initialization expression of |default argument \d+ of "
    r"|\(\d+\) (?:await|suspend) resume partial function for |await resume partial function for "
    r"|protocol witness for |dispatch thunk of |(?:partial apply(?: forwarder)?|specialized"
    r"|@objc|merged|generic specialization <[^>]*> of|(?:reabstraction )?thunk for)(?: for)? )+"
)
# `(Cart in _3F2A91BC77AA01DD)`: a private type and the hash of its file.
_SWIFT_PRIVATE: Final = re.compile(r"\((\w+) in _[0-9A-F]+\)")
# The labels of arguments are part of a Swift function's name: `load(id:)`, `load(id: Int)`.
_SWIFT_ARGUMENTS: Final = re.compile(r"(?<=[\w>])\((?=(?:_|[a-z]\w*):(?!:))", re.IGNORECASE)
_SWIFT_LABEL: Final = re.compile(r"\s*(\w+):(?!:)")
_SWIFT_LABELS: Final = re.compile(r"(?:\w+:)+(?=\))")
_SWIFT_TYPE: Final = re.compile(r" : .*$")
# What may stand behind the arguments (\x01) of a function: its qualifiers and what it returns.
_BEHIND: Final = re.compile(
    r"\x01 (?:const|volatile|noexcept|requires|async|throws|rethrows|where|->|&)(?!\w).*$"
)
_FIXITY: Final = re.compile(r" (?:infix|prefix|postfix)(?=\x01)")
# `void (*Cart::get(int))(char)`: a function that returns a function.
_RETURNS_FUNCTION: Final = re.compile(r"^[^()]*\(\*(?:const )?([\w:~]+)\(.*$")
_CONFORMANCE: Final = re.compile(r" in conformance .*$")
_BLOCK: Final = re.compile(r"^_{2,3}\d*+(.+?)_block_invoke(?:[._]\d+)*$")
_OPERATOR: Final = re.compile(
    r"operator\s*(?:\(\)|\[\]|<=>|<<=?|>>=?|->\*?|<=?|>=?|(?:new|delete)(?:\[\])?|[a-z]\w+[ *&]*)"
)
_ABORT: Final = re.compile(
    r"^(?:_{0,2}pthread_kill|_{0,2}abort|raise|gsignal|_{0,2}cxa_throw|_Unwind_\w+|std::terminate"
    r"|_{0,2}assert_(?:fail|rtn)|kill|tgkill|objc_exception_throw|_{0,2}exceptionPreprocess"
    r"|_{0,2}rust_(?:begin_unwind|panic\w*|start_panic)|std::(?:sys_common|sys)::backtrace(?:::.*)?"
    r"|(?:std|core)::(?:panicking|rt)(?:::.*)?|core::(?:option|result)::(?:unwrap|expect)_failed"
    r"|core::(?:option::Option|result::Result)::(?:unwrap|expect)(?:_err)?"
    r"|_{2}rust_(?:begin|end)_short_backtrace|core::(?:slice|str)::(?:\w+::)?slice_\w*(?:fail|error)\w*"
    r"|<?(?:usize|\[T\]|core::ops::range::\w+) as core::slice::index::SliceIndex>?::index(?:_mut)?"
    r"|core::slice::index::index(?:_mut)?"
    r"|_{2}(?:cxxabiv1::_{2}(?:un)?(?:terminate|expected)|gnu_cxx::_{2}verbose_terminate_handler)"
    r"|_{0,2}assert_(?:perror_)?fail_base|_{1,2}w?assert|_{2}libc_(?:message|fatal)\w*"
    r"|_{2}(?:stack_chk_fail|fortify_fail|chk_fail)\w*|malloc_printerr|_{2}pthread_kill_\w+"
    r"|_{2}GI_(?:raise|abort)|(?:demangling_)?(?:abort_message|terminate_handler)|_?purecall"
    r"|_invoke_watson|_{2}report_gsfailure|_{2}fastfail|_{2}std_terminate"
    r"|std::_{2}terminate|_?objc_(?:terminate|exception_rethrow)|[-+]\[NSException raise[:\w]*\]"
    r"|_?swift_runtime_on_report|(?:Swift\.)?_?(?:assertionFailure|fatalErrorMessage|fatalError)"
    r"|__swift_(?:project|destroy|allocate|memcpy|retain|release)\w*|block_destroy_helper"
    r"|_CxxThrowException|RaiseException|KiRaiseUserExceptionDispatcher)$"
)
_ENTRY: Final = re.compile(
    r"^(?:_{0,2}start|_?w?(?:Win)?[mM]ain|_?main|invoke_main|__scrt_common_main(?:_seh)?"
    r"|UIApplicationMain|NSApplicationMain|__libc_start_main(?:_impl|_call_main)?"
    r"|BaseThreadInitThunk|RtlUserThreadStart|_?pthread_(?:start|body)|thread_start|start_thread"
    r"|__pthread_start|__start_thread|clone3?|start_wqthread|_pthread_wqthread)$"
)
_SYSTEM_PACKAGE: Final = re.compile(
    r"^/(?:usr/)?lib|^/System/|^/system/|^/apex/|[\\/]windows[\\/]|^lib(?:system|c|pthread|objc|art)"
    r"|^(?:UIKit|Foundation|CoreFoundation|Security|QuartzCore|dyld)",
    re.IGNORECASE,
)
_SYSTEM_NAME: Final = re.compile(
    r"^<?(?:std|core|alloc|tokio|futures|anyhow|eyre|art|boost|swift|__gnu_cxx|__cxxabiv1)::"
    r"|^__(?:GI_|restore_rt|kernel_)|^_?sigtramp|^RaiseFailFast|^UnhandledException"
    r"|^_*(?:CF_)?forwarding_|^_{0,2}(?:dispatch|objc|swift)_"
    r"|^_{0,4}CF[A-Z]|^GSEvent|^IODispatch|^[-+]\[_?(?:NS|UI|CA|CF|GS)[A-Z]|^(?:Rtl|Ldr|Nt|Zw)p?[A-Z]"
)


def clean(frame: Frame) -> Name:
    """The qualified function alone: no types, no addresses, no marks of the optimiser."""
    sent = function_of(frame).strip()
    if _UNKNOWN.match(sent):
        package = (frame.package or "").replace("\\", "/").rpartition("/")[2]
        return Name("", package, Role.ANONYMOUS, "no symbol is known for this address")
    function = _written_name(sent)
    if _ABORT.match(function.partition("(")[0] or function) or sent.startswith(
        "Swift runtime failure"
    ):
        return Name(function, "", Role.NOISE, "made by the compiler, or part of how a process ends")
    role = Role.ENTRY if _ENTRY.match(function) else Role.NAMED
    is_closure = _CLOSURE.search(sent) is not None
    return Name(function, "", role, describe(sent, function), is_closure=is_closure)


def _written_name(name: str) -> str:
    """Strip from a demangled name everything that a person did not write."""
    block = _BLOCK.match(name)
    if block is not None:
        name = block.group(1)
    if name[:2] in ("-[", "+["):
        return name
    name = _with_labels(_SWIFT.sub("", _SWIFT_PRIVATE.sub(r"\1", name)))
    name = _COMPILER_MARK.sub("", _RUST_HASH.sub("", _CONFORMANCE.sub("", name)))
    name = _RETURNS_FUNCTION.sub(r"\1", _SWIFT_TYPE.sub("", name))
    name = _RUST_IMPLEMENTATION.sub("{impl}", _RUST_NAMELESS.sub("", name))
    name = _RUST_INHERENT.sub(r"\1", name)
    name = _INLINE_NAMESPACE.sub("", _ANONYMOUS_NAMESPACE.sub("{anonymous}", name))
    name = _LAMBDA.sub("{lambda}", name).replace("::{lambda}", "")
    return _without_types(name)


def _with_labels(name: str) -> str:
    """The name with the labels of a Swift function's arguments, in marks that are no brackets."""
    opening = _SWIFT_ARGUMENTS.search(name)
    if opening is None:
        return name
    compact = _SWIFT_LABELS.match(name, opening.end())
    labels = compact.group() if compact else "".join(_typed_labels(name, opening.end()))
    told = f"\x02{labels}\x03" if labels.replace("_:", "") else ""
    return f"{name[: opening.start()]}{told}{name[opening.start() :]}"


def _typed_labels(name: str, start: int) -> Iterator[str]:
    """The label of each argument from `start` to the bracket that closes them."""
    depth, is_first = 0, True
    for position in range(start, len(name)):
        if not depth and (is_first or name[position - 1] == ","):
            label = _SWIFT_LABEL.match(name, position)
            yield f"{label.group(1)}:" if label is not None else "_:"
        is_first = False
        if name[position] in "(<[":
            depth += 1
        elif name[position] in ")>]" and name[position - 1] != "-":
            depth -= 1
        if depth < 0:
            return


def _without_types(name: str) -> str:
    """Drop arguments, template arguments and the return type of a demangled name."""
    hidden: list[str] = []

    def hide(match: re.Match[str]) -> str:
        symbol = match.group().removeprefix("operator").replace(" ", "")
        hidden.append(f"operator {symbol}" if symbol[0].isalpha() else f"operator{symbol}")
        return f"\x00{len(hidden) - 1}\x00"

    kept: list[str] = []
    depth, before = 0, ""
    for position, character in enumerate(_OPERATOR.sub(hide, name)):
        if character in "<([" and not (character == "<" and position == 0):
            depth += 1
        elif character in ">)]" and depth and not (character == ">" and before == "-"):
            depth -= 1
            if not depth and character == ")":
                kept.append("\x01")
        elif not depth:
            kept.append(character)
        before = character
    plain = _FIXITY.sub("", _BEHIND.sub("\x01", "".join(kept))).replace("\x01", "").strip()
    plain = plain.removesuffix("::")
    if not plain.startswith("<"):
        plain = plain.partition(" -> ")[0].strip()
        plain = plain.removesuffix(" const").removesuffix(" volatile").rpartition(" ")[2]
    plain = plain.replace("\x02", "(").replace("\x03", ")")
    return re.sub(r"\x00(\d+)\x00", lambda match: hidden[int(match.group(1))], plain)


def is_library(frame: Frame) -> bool:
    """Libraries of the operating system and of the language."""
    return (
        _SYSTEM_PACKAGE.search(frame.package or "") is not None
        or _SYSTEM_NAME.match(function_of(frame)) is not None
    )


LANGUAGE: Final = Language(
    frozenset({"native", "c", "cocoa", "objc", "swift", "rust", "apple-ios"}), clean, is_library
)
