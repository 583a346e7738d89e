"""Where a file lies in the application: from its root on, whatever the server calls the root."""

from __future__ import annotations

import pytest

from tests.pipeline.grouping.builder import apart, crash, frame, same
from vedette.wire.event import Event


def node(module: str | None, path: str, *others: str, function: str = "handler") -> Event:
    """A crash in a module of Node's, below frames of these files."""
    below = [frame("run", filename=other, in_app=False) for other in others]
    return crash("node", *below, frame(function, module, filename=path, abs_path=path))


def test_node_modules_keep_their_folders() -> None:
    """Many files are called `index` or `route`."""
    assert apart(
        node("routes.orders:index", "/app/routes/orders/index.js"),
        node("admin.users:index", "/app/admin/users/index.js"),
        node("routes.orders:list", "/app/routes/orders/list.js"),
    )
    assert same(
        node("routes.orders:index", "/app/routes/orders/index.js"),
        node("routes.orders:index", "/srv/shop/releases/42/routes/orders/index.js"),
    )


@pytest.mark.parametrize("function", ["POST", "OrderController.list", "Object.<anonymous>", "?"])
def test_a_module_without_its_folder_is_known_by_its_file(function: str) -> None:
    """`next start` lies in `node_modules`, so the SDK cannot tell where the application does."""
    next_start = "/app/node_modules/next/dist/server/next-server.js"
    orders, refunds = (
        node("route", f"/app/.next/server/app/{name}/route.js", next_start, function=function)
        for name in ("orders", "refunds")
    )
    elsewhere = node(
        "route",
        "/opt/shop-b/.next/server/app/orders/route.js",
        "/opt/shop-b/node_modules/next/dist/server/next-server.js",
        function=function,
    )
    assert apart(orders, refunds)
    assert same(orders, elsewhere)


def test_a_chunk_of_a_server_build_keeps_its_name() -> None:
    """Server bundles are hashed, too."""
    assert same(
        node("server.chunks:orders-BxK3j2lF", "/app/server/chunks/orders-BxK3j2lF.mjs"),
        node("server.chunks:orders-a9QpLw0Z", "/app/server/chunks/orders-a9QpLw0Z.mjs"),
    )
    assert apart(
        node("server.chunks:orders-BxK3j2lF", "/app/server/chunks/orders-BxK3j2lF.mjs"),
        node("server.chunks:refunds-BxK3j2lF", "/app/server/chunks/refunds-BxK3j2lF.mjs"),
    )


def test_a_package_is_known_by_its_name() -> None:
    """Wherever the package manager put it, and in whatever version."""
    assert same(
        node(None, "/app/node_modules/express/lib/router.js"),
        node(None, "/srv/x/node_modules/.pnpm/express@4.18.2/node_modules/express/lib/router.js"),
    )


@pytest.mark.parametrize("platform", ["php", "node", "ruby", "perl"])
def test_two_applications_are_not_one(platform: str) -> None:
    """The same file in two applications of one server is two files."""
    assert apart(
        *(
            crash(platform, frame("show", filename=f"/var/www/{name}/orders/index.x"))
            for name in ("shop", "forum")
        )
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("/srv/shop/current/orders/index.php", "/srv/shop/releases/20260102/orders/index.php"),
        ("/home/alice/shop/orders/index.php", "/home/bob/shop/orders/index.php"),
        ("/var/www/html/orders/index.php", "/app/orders/index.php"),
        ("C:\\inetpub\\wwwroot\\orders\\index.php", "/var/www/html/orders/index.php"),
    ],
)
def test_a_server_is_not_part_of_a_place(one: str, other: str) -> None:
    """Folders in which servers and people keep applications, and releases of one."""
    assert same(
        crash("php", frame("show", filename=one)), crash("php", frame("show", filename=other))
    )


def test_the_root_is_where_the_packages_lie() -> None:
    """Composer's `vendor` lies in the application's folder."""

    def php(root: str) -> Event:
        return crash(
            "php",
            frame("run", filename=f"{root}/vendor/acme/run.php", in_app=False),
            frame("load", filename=f"{root}/plugins/shop/settings.php"),
        )

    assert same(php("/data1/site-7"), php("/kunden/1234/webseiten"))
    assert apart(
        crash("php", frame("load", filename="/wp-content/plugins/shop/settings.php")),
        crash("php", frame("load", filename="/wp-content/plugins/forum/settings.php")),
    )


def test_a_plugin_with_packages_of_its_own_is_not_the_root() -> None:
    """Each plugin may bring a `vendor`, and a settings page of the same name."""
    assert apart(
        *(
            crash(
                "php",
                frame("run", filename=f"{plugin}/vendor/acme/run.php", in_app=False),
                frame("load", filename=f"{plugin}/includes/settings.php"),
            )
            for plugin in (
                "/var/www/html/wp-content/plugins/shop",
                "/var/www/html/wp-content/plugins/forum",
            )
        )
    )


def test_a_folder_of_the_application_is_no_server() -> None:
    """From the root on, `app` and `data` are folders like others."""
    files = [("/app/a.php", "/var/www/html/app/a.php"), ("/data/a.php", "/var/www/html/data/a.php")]
    assert apart(*(crash("php", frame("f", filename=name, abs_path=path)) for name, path in files))


def test_the_sdk_names_a_file_from_the_root() -> None:
    """Then nothing of its name is left out."""
    assert same(
        *(
            crash("php", frame("f", filename="/app/a.php", abs_path=f"{root}/app/a.php"))
            for root in ("/var/www/html", "/kunden/12")
        )
    )


def test_a_python_file_without_a_module_keeps_its_folders() -> None:
    """Many are called `views`; a script that was started is known by its name alone."""
    assert apart(
        crash("python", frame("show", filename="/srv/shop/orders/views.py")),
        crash("python", frame("show", filename="/srv/shop/users/views.py")),
    )
    assert same(
        crash("python", frame("show", "__main__", filename="jobs.py")),
        crash("python", frame("show", "jobs", filename="jobs.py")),
    )
