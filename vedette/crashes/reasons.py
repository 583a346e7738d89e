"""Why a program crashed, in the words of its operating system."""

from __future__ import annotations

from typing import Any, NamedTuple

from vedette.crashes.minidump import Exception_, Minidump


class Reason(NamedTuple):
    """The name of the crash, more of it, and what the SDKs' mechanism says of it."""

    type: str
    value: str
    meta: dict[str, Any]


_WINDOWS = {
    0x40010005: "DBG_CONTROL_C",
    0x80000001: "EXCEPTION_GUARD_PAGE",
    0x80000002: "EXCEPTION_DATATYPE_MISALIGNMENT",
    0x80000003: "EXCEPTION_BREAKPOINT",
    0x80000004: "EXCEPTION_SINGLE_STEP",
    0xC0000005: "EXCEPTION_ACCESS_VIOLATION",
    0xC0000006: "EXCEPTION_IN_PAGE_ERROR",
    0xC0000008: "EXCEPTION_INVALID_HANDLE",
    0xC0000017: "EXCEPTION_NO_MEMORY",
    0xC000001D: "EXCEPTION_ILLEGAL_INSTRUCTION",
    0xC0000025: "EXCEPTION_NONCONTINUABLE_EXCEPTION",
    0xC0000026: "EXCEPTION_INVALID_DISPOSITION",
    0xC000008C: "EXCEPTION_ARRAY_BOUNDS_EXCEEDED",
    0xC000008D: "EXCEPTION_FLT_DENORMAL_OPERAND",
    0xC000008E: "EXCEPTION_FLT_DIVIDE_BY_ZERO",
    0xC000008F: "EXCEPTION_FLT_INEXACT_RESULT",
    0xC0000090: "EXCEPTION_FLT_INVALID_OPERATION",
    0xC0000091: "EXCEPTION_FLT_OVERFLOW",
    0xC0000092: "EXCEPTION_FLT_STACK_CHECK",
    0xC0000093: "EXCEPTION_FLT_UNDERFLOW",
    0xC0000094: "EXCEPTION_INT_DIVIDE_BY_ZERO",
    0xC0000095: "EXCEPTION_INT_OVERFLOW",
    0xC0000096: "EXCEPTION_PRIV_INSTRUCTION",
    0xC00000FD: "EXCEPTION_STACK_OVERFLOW",
    0xC0000135: "STATUS_DLL_NOT_FOUND",
    0xC0000194: "EXCEPTION_POSSIBLE_DEADLOCK",
    0xC0000374: "STATUS_HEAP_CORRUPTION",
    0xC0000409: "STATUS_STACK_BUFFER_OVERRUN",
    0xC0000420: "STATUS_ASSERTION_FAILURE",
    0xE0000008: "OUT_OF_MEMORY",
    0xE0434352: "CLR_EXCEPTION",
    0xE06D7363: "CPP_EXCEPTION",
    0x0517A7ED: "SIMULATED",
}
_ACCESS = {0: "READ", 1: "WRITE", 8: "EXEC"}
_SIGNALS = {
    1: "SIGHUP", 2: "SIGINT", 3: "SIGQUIT", 4: "SIGILL", 5: "SIGTRAP", 6: "SIGABRT", 7: "SIGBUS",
    8: "SIGFPE", 9: "SIGKILL", 10: "SIGUSR1", 11: "SIGSEGV", 12: "SIGUSR2", 13: "SIGPIPE",
    14: "SIGALRM", 15: "SIGTERM", 16: "SIGSTKFLT", 24: "SIGXCPU", 25: "SIGXFSZ", 31: "SIGSYS",
}  # fmt: skip
_SIGNAL_CODES = {
    (4, 1): "ILL_ILLOPC", (4, 2): "ILL_ILLOPN", (4, 3): "ILL_ILLADR", (4, 4): "ILL_ILLTRP",
    (7, 1): "BUS_ADRALN", (7, 2): "BUS_ADRERR", (7, 3): "BUS_OBJERR",
    (8, 1): "FPE_INTDIV", (8, 2): "FPE_INTOVF", (8, 3): "FPE_FLTDIV", (8, 4): "FPE_FLTOVF",
    (8, 7): "FPE_FLTINV", (11, 1): "SEGV_MAPERR", (11, 2): "SEGV_ACCERR",
    (11, 3): "SEGV_BNDERR", (11, 4): "SEGV_PKUERR", (11, 128): "SI_KERNEL",
    (31, 1): "SYS_SECCOMP", (5, 1): "TRAP_BRKPT", (5, 2): "TRAP_TRACE",
}  # fmt: skip
_MACH = {
    1: "EXC_BAD_ACCESS", 2: "EXC_BAD_INSTRUCTION", 3: "EXC_ARITHMETIC", 4: "EXC_EMULATION",
    5: "EXC_SOFTWARE", 6: "EXC_BREAKPOINT", 7: "EXC_SYSCALL", 8: "EXC_MACH_SYSCALL",
    9: "EXC_RPC_ALERT", 10: "EXC_CRASH", 11: "EXC_RESOURCE", 12: "EXC_GUARD",
    13: "EXC_CORPSE_NOTIFY", 0x43507378: "SIMULATED",
}  # fmt: skip
_MACH_CODES = {
    (1, 1): "KERN_INVALID_ADDRESS", (1, 2): "KERN_PROTECTION_FAILURE",
    (1, 8): "KERN_NO_ACCESS", (1, 9): "KERN_MEMORY_FAILURE", (1, 10): "KERN_MEMORY_ERROR",
    (1, 13): "EXC_I386_GPFLT", (1, 257): "EXC_ARM_DA_ALIGN", (2, 1): "EXC_I386_INVOP",
    (3, 1): "EXC_I386_DIV", (6, 1): "EXC_ARM_BREAKPOINT", (6, 2): "EXC_I386_BPT",
}  # fmt: skip
_DUMP_REQUESTED = 0xFFFFFFFF


def crash_reason(dump: Minidump) -> Reason:
    """The reason, with the address that was touched where there is one."""
    found = dump.exception
    if found is None or found.code == _DUMP_REQUESTED:
        return Reason("Minidump", "A dump was asked for; the program did not crash", {})
    name = dump.system.name
    if name == "Windows":
        return _windows(found)
    if name in ("macOS", "iOS"):
        return _mach(found)
    return _signal(found)


def _windows(found: Exception_) -> Reason:
    type_ = _WINDOWS.get(found.code, f"0x{found.code:08x}")
    value = f"at {found.address:#x}"
    if found.code in (0xC0000005, 0xC0000006) and len(found.parameters) > 1:
        kind = _ACCESS.get(found.parameters[0], "ACCESS")
        value = f"{kind} of {found.parameters[1]:#x}"
    elif found.code == 0xC0000409 and found.parameters:
        value = f"fast fail {found.parameters[0]}"
    return Reason(type_, value, {"windows_exception": {"code": found.code, "name": type_}})


def _signal(found: Exception_) -> Reason:
    type_ = _SIGNALS.get(found.code, f"signal {found.code}")
    code = _SIGNAL_CODES.get((found.code, found.flags), "")
    signal: dict[str, Any] = {"number": found.code, "name": type_, "code": found.flags}
    if code:
        signal["code_name"] = code
    at = f"{code} at {found.address:#x}" if code else f"at {found.address:#x}"
    return Reason(type_, at, {"signal": signal})


def _mach(found: Exception_) -> Reason:
    type_ = _MACH.get(found.code, f"mach exception {found.code}")
    code = _MACH_CODES.get((found.code, found.flags), "")
    meta: dict[str, Any] = {
        "mach_exception": {"exception": found.code, "code": found.flags, "name": type_}
    }
    if found.code == 10:  # a signal that nobody took
        number = found.flags >> 24 & 0xFF
        code = {**_SIGNALS, 10: "SIGBUS", 12: "SIGSYS"}.get(number, "")
        meta["signal"] = {"number": number, **({"name": code} if code else {})}
    value = f"{code} at {found.address:#x}" if code else f"at {found.address:#x}"
    return Reason(type_, value, meta)
