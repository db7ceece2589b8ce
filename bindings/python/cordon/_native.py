"""libcordon by ctypes: the structs of cordon/cordon.h and the signatures of what is used."""
from __future__ import annotations

import ctypes
import os
import pathlib
from ctypes import POINTER, c_bool, c_char_p, c_int, c_size_t, c_uint32, c_uint64, c_void_p

OnOutput = ctypes.CFUNCTYPE(c_bool, c_void_p, c_int, c_void_p, c_size_t)
OnEvent = ctypes.CFUNCTYPE(None, c_void_p, c_char_p, c_char_p)


OnTool = ctypes.CFUNCTYPE(c_bool, c_void_p, c_void_p)
OnRelease = ctypes.CFUNCTYPE(None, c_void_p)


class Tool(ctypes.Structure):
    _fields_ = [
        ("struct_size", c_size_t), ("name", c_char_p), ("description", c_char_p), ("parameters", c_char_p), ("result", c_char_p),
        ("call", OnTool), ("context", c_void_p), ("arguments_bytes", c_uint64), ("result_bytes", c_uint64), ("depth", c_uint32),
        ("calls", c_uint32), ("timeout_ms", c_uint32), ("release", OnRelease)]


class GateOptions(ctypes.Structure):
    _fields_ = [
        ("struct_size", c_size_t), ("rule_paths", POINTER(c_char_p)), ("rule_path_count", c_size_t), ("grants", POINTER(c_char_p)),
        ("grant_count", c_size_t), ("reject_at", c_char_p), ("policy", c_char_p), ("pool_cells", c_uint32),
        ("pool_memory_bytes", c_uint64), ("pool_idle_ms", c_uint32), ("log", c_char_p), ("actor", c_char_p),
        ("isolate_check", c_bool), ("check_deadline_ms", c_uint32)]


class RunOptions(ctypes.Structure):
    _fields_ = [
        ("struct_size", c_size_t), ("arguments", POINTER(c_char_p)), ("argument_count", c_size_t), ("environment", POINTER(c_char_p)),
        ("environment_count", c_size_t), ("limits", POINTER(c_char_p)), ("limit_count", c_size_t), ("stdin_fd", c_int),
        ("cancel_fd", c_int), ("runs_rejected", c_bool), ("stdin_bytes", c_char_p), ("stdin_length", c_size_t), ("cancel", c_void_p),
        ("on_output", OnOutput), ("on_event", OnEvent), ("context", c_void_p), ("files", POINTER(c_char_p)), ("file_count", c_size_t),
        ("artifacts_folder", c_char_p), ("tools", POINTER(POINTER(Tool))), ("tool_count", c_size_t)]


class PoolStats(ctypes.Structure):
    _fields_ = [
        ("struct_size", c_size_t), ("warm_runs", c_uint64), ("cold_runs", c_uint64), ("cells_booted", c_uint64),
        ("cells_discarded", c_uint64), ("cells_recycled", c_uint64), ("waiting_memory_bytes", c_uint64), ("cells_waiting", c_uint32),
        ("cells_booting", c_uint32)]


class Finding(ctypes.Structure):
    _fields_ = [
        ("struct_size", c_size_t), ("rule_id", c_char_p), ("severity", c_char_p), ("message", c_char_p), ("help", c_char_p),
        ("capability", c_char_p), ("argument", c_char_p), ("is_granted", c_bool), ("is_suppressed", c_bool), ("line", c_uint32),
        ("col", c_uint32), ("end_line", c_uint32), ("end_col", c_uint32), ("start", c_size_t), ("end", c_size_t)]


def _open() -> ctypes.CDLL:
    """The library in the wheel; CORDON_LIBRARY names another one."""
    named = os.environ.get("CORDON_LIBRARY")
    return ctypes.CDLL(named or str(pathlib.Path(__file__).with_name("libcordon.so.0")))


lib = _open()
_signatures = {
    "cordon_version": (c_char_p, []),
    "cordon_has": (c_bool, [c_char_p]),
    "cordon_gate_open": (c_void_p, [POINTER(GateOptions), c_char_p, c_size_t]),
    "cordon_gate_close": (None, [c_void_p]),
    "cordon_check": (c_void_p, [c_void_p, c_char_p, c_char_p, c_char_p, c_size_t]),
    "cordon_check_file": (c_void_p, [c_void_p, c_char_p, c_char_p]),
    "cordon_run": (c_void_p, [c_void_p, c_char_p, c_char_p, c_char_p, c_size_t, POINTER(RunOptions)]),
    "cordon_tool_call_arguments": (c_void_p, [c_void_p, POINTER(c_size_t)]),
    "cordon_tool_call_succeed": (c_bool, [c_void_p, c_char_p, c_size_t]),
    "cordon_tool_call_fail": (c_bool, [c_void_p, c_char_p]),
    "cordon_tool_call_remaining_ms": (c_uint32, [c_void_p]),
    "cordon_tool_call_stop_fd": (c_int, [c_void_p]),
    "cordon_cancel_new": (c_void_p, []),
    "cordon_cancel_fire": (None, [c_void_p]),
    "cordon_cancel_free": (None, [c_void_p]),
    "cordon_gate_warm": (c_bool, [c_void_p, c_char_p, POINTER(RunOptions), c_uint32, c_uint32, c_char_p, c_size_t]),
    "cordon_gate_drain": (None, [c_void_p]),
    "cordon_gate_stats": (None, [c_void_p, POINTER(PoolStats)]),
    "cordon_answer_is_approved": (c_bool, [c_void_p]),
    "cordon_answer_error": (c_char_p, [c_void_p]),
    "cordon_answer_json": (c_char_p, [c_void_p]),
    "cordon_answer_finding": (c_bool, [c_void_p, c_size_t, POINTER(Finding)]),
    "cordon_answer_stdout": (c_void_p, [c_void_p, POINTER(c_size_t)]),
    "cordon_answer_stderr": (c_void_p, [c_void_p, POINTER(c_size_t)]),
    "cordon_answer_ended": (c_char_p, [c_void_p]),
    "cordon_answer_exit_code": (c_int, [c_void_p]),
    "cordon_answer_signal": (c_int, [c_void_p]),
    "cordon_answer_limit": (c_char_p, [c_void_p]),
    "cordon_answer_wall_ms": (c_uint64, [c_void_p]),
    "cordon_answer_was_warm": (c_bool, [c_void_p]),
    "cordon_answer_free": (None, [c_void_p]),
}
for _name, (_result, _arguments) in _signatures.items():
    _function = getattr(lib, _name)
    _function.restype, _function.argtypes = _result, _arguments


def texts(values: list[bytes]) -> "ctypes.Array[c_char_p] | None":
    """An array for a `const char *const *`; the caller keeps it."""
    return (c_char_p * len(values))(*values) if values else None
