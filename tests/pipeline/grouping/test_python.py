"""Python: what makes two crashes one issue."""

from __future__ import annotations

from tests.pipeline.grouping.builder import apart, crash, event, exception, frame, same


def test_lines_paths_and_values_do_not_matter() -> None:
    """A new release on another machine with other data is the same bug."""
    assert same(
        crash("python", frame("pay", "shop.cart", lineno=12, abs_path="/srv/r1/shop/cart.py")),
        crash("python", frame("pay", "shop.cart", lineno=31, abs_path="/srv/r2/shop/cart.py")),
    )


def test_another_function_module_or_type_is_another_bug() -> None:
    """Each part of the place and the type tells bugs apart."""
    assert apart(
        crash("python", frame("pay", "shop.cart")),
        crash("python", frame("refund", "shop.cart")),
        crash("python", frame("pay", "shop.order")),
        crash("python", frame("pay", "shop.cart"), type_="KeyError"),
    )


def test_bugs_that_share_the_crashing_function_stay_apart() -> None:
    """Two callers of a shared in-app helper are two bugs."""
    assert apart(
        crash("python", frame("ship_order", "shop"), frame("ship", "shop")),
        crash("python", frame("ship_parcel", "shop"), frame("ship", "shop")),
    )


def test_inlined_comprehensions_do_not_split() -> None:
    """Python 3.12 has no frame for a list comprehension; 3.11 has one."""
    assert same(
        crash("python", frame("total", "shop"), frame("<listcomp>", "shop")),
        crash("python", frame("total", "shop")),
    )


def test_a_generator_expression_is_a_frame_of_its_own() -> None:
    """Generators keep their frame in every version."""
    assert apart(
        crash("python", frame("total", "shop"), frame("<genexpr>", "shop")),
        crash("python", frame("total", "shop")),
    )


def test_library_frames_do_not_count_beside_application_frames() -> None:
    """A new version of a library does not open a new issue."""
    assert same(
        crash("python", frame("load", "shop"), frame("loads", "json", in_app=False)),
        crash("python", frame("load", "shop"), frame("raw_decode", "json.decoder", in_app=None)),
    )


def test_library_frames_count_when_nothing_else_does() -> None:
    """An error that never touches the application is grouped by all frames."""
    assert apart(
        crash("python", frame("loads", "json", in_app=False)),
        crash("python", frame("dumps", "json", in_app=False)),
    )


def test_unmarked_frames_are_judged_by_their_path() -> None:
    """Without marks, installed packages are told from the application by where they lie."""
    installed = "/usr/lib/python3.11/site-packages/orm/query.py"
    assert same(
        crash(
            "python",
            frame("pay", "shop.cart", in_app=None, abs_path="/srv/shop/cart.py"),
            frame("run", "orm.query", in_app=None, abs_path=installed),
        ),
        crash(
            "python",
            frame("pay", "shop.cart", in_app=None, abs_path="/srv/shop/cart.py"),
            frame("run_fast", "orm.query", in_app=None, abs_path=installed),
        ),
    )


def test_threads_and_scripts_reach_the_same_bug() -> None:
    """How the program was started does not matter where the application says more."""
    bug = frame("pay", "shop.cart")
    assert same(
        crash("python", frame("<module>", "__main__", filename="run.py"), bug),
        crash("python", frame("main", "__main__", filename="worker.py"), bug),
        crash("python", bug),
    )


def test_a_crash_in_the_script_itself_counts() -> None:
    """The entry point counts when it is what crashed, and names its file."""
    assert apart(
        crash("python", frame("<module>", "__main__", filename="run.py")),
        crash("python", frame("<module>", "__main__", filename="sync.py")),
    )


def test_library_crashes_under_an_entry_point_are_told_apart() -> None:
    """`manage.py` as the only in-app frame must not swallow every bug of every command."""
    entry = frame("main", "__main__", filename="manage.py")
    assert apart(
        crash("python", entry, frame("migrate", "orm.schema", in_app=False)),
        crash("python", entry, frame("serve", "http.loop", in_app=False)),
    )


def test_numbers_in_executed_code_are_data() -> None:
    """Functions made by `exec` carry counters in their names and files."""
    assert same(
        crash("python", frame("rule_12", None, filename="<string>")),
        crash("python", frame("rule_345", None, filename="<string>")),
    )
    assert same(
        crash("python", frame("__init__", None, filename="<attrs generated init shop.Cart-3>")),
        crash("python", frame("__init__", None, filename="<attrs generated init shop.Cart-11>")),
    )


def test_numbers_in_written_names_are_names() -> None:
    """`step1` and `step2` were written by a person."""
    assert apart(
        crash("python", frame("step1", "shop.flow")), crash("python", frame("step2", "shop.flow"))
    )


def test_forwarding_wrappers_do_not_make_new_bugs() -> None:
    """A decorator that hands the call on changes nothing about where the bug is."""
    bug = frame("pay", "shop.cart", context_line="    raise CartError")
    wrappers = (
        "        return func(*args, **kwargs)",
        "def helper(f, *a): return f(*a)",
        "            result = await fn(self, *args, **kwargs)",
        "    try: return f(*a)",
        "        response = self.get_response(request)",
    )
    plain = crash("python", bug)
    for line in wrappers:
        assert same(plain, crash("python", frame("wrapper", "shop.tools", context_line=line), bug))


def test_a_wrapper_that_crashes_itself_counts() -> None:
    """The innermost frame always counts, whatever its line looks like."""
    line = "        return func(*args, **kwargs)"
    assert apart(
        crash("python", frame("pay", "shop"), frame("retried", "shop.a", context_line=line)),
        crash("python", frame("pay", "shop"), frame("timed", "shop.b", context_line=line)),
        crash("python", frame("pay", "shop")),
    )


def test_a_call_with_its_own_arguments_is_no_wrapper() -> None:
    """A caller that decides what to pass may be the bug."""
    bug = frame("get", "shop.http")
    assert apart(
        crash("python", frame("orders", "shop", context_line="return get('/orders', *args)"), bug),
        crash("python", frame("users", "shop", context_line="return get('/users', *args)"), bug),
    )


def test_generated_exception_types_lose_their_numbers() -> None:
    """A class made at run time is the same class next time."""
    assert same(
        crash("python", frame("validate", "shop"), type_="Error_20391"),
        crash("python", frame("validate", "shop"), type_="Error_77"),
    )


def test_the_same_function_can_raise_two_types() -> None:
    """Type tells two bugs of one function apart, also deep in a chain."""
    outer = exception("ShopError", frame("pay", "shop"))
    assert apart(
        event("python", exception("KeyError", frame("find", "shop")), outer),
        event("python", exception("ValueError", frame("find", "shop")), outer),
        event("python", outer),
    )
