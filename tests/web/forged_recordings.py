"""What a forged recording may hold to run or fetch something in the browser of who plays it."""

from __future__ import annotations

from typing import Any

from tests.web.recorded import Event, Node, change, document, element, whole, words

# Tells whoever plays it that it ran, in every way that is open to a script in a frame.
RUN = "top.postMessage({ran:1},'*');parent.parent.postMessage({ran:1},'*');document.title='ran'"


def forged(sink: str) -> dict[str, list[Node]]:
    """Elements of a page by what they try; `sink` is an address that counts requests."""
    run_url = f"javascript:{RUN}"
    page = f"<script>{RUN}</script><img src={sink}/srcdoc>"
    svg = {"isSVG": True}
    svg_script = element("script", {"href": f"{sink}/svg.js"}, words(RUN), **svg)
    return {
        "script": [element("script", {}, words(RUN)), element("SCRIPT", {}, words(RUN))],
        "script with address": [element("script", {"src": f"{sink}/script.js"})],
        "svg script": [element("svg", {}, svg_script, **svg)],
        "handlers": [
            element("img", {"src": "data:,x", "onerror": RUN, "ONERROR": RUN}),
            element("input", {"onfocus": RUN, "autofocus": ""}),
            element("details", {"open": "", "ontoggle": RUN}),
            element("svg", {"onload": RUN}, **svg),
            element("video", {"onloadstart": RUN, "src": f"{sink}/video.mp4"}),
        ],
        "frames with addresses": [
            element("iframe", {"src": f"{sink}/frame"}),
            element("frame", {"src": f"{sink}/frame2"}),
            element("iframe", {"src": f"data:text/html,{page}"}),
            element("iframe", {"rr_src": f"{sink}/frame3"}),
        ],
        "frame of a script": [element("iframe", {"src": run_url})],
        "srcdoc": [element("iframe", {"srcdoc": page})],
        "links that run": [
            element("a", {"href": run_url, "id": "lure"}, words("click")),
            element("form", {"action": run_url, "name": "createElement"}, element("input", {})),
            element("button", {"formaction": run_url}),
        ],
        "form": [
            element("form", {"action": f"{sink}/form"}, element("input", {"type": "submit"})),
            element("a", {"href": f"{sink}/a", "ping": f"{sink}/ping"}, words("x")),
        ],
        "images": [
            element("img", {"src": f"{sink}/img.png"}),
            element("img", {"srcset": f"{sink}/srcset.png 2x"}),
            element("picture", {}, element("source", {"srcset": f"{sink}/s.png"}), element("img")),
            element("input", {"type": "image", "src": f"{sink}/input.png"}),
            element("img", {"rr_dataURL": f"{sink}/rr.png"}),
            element("canvas", {"rr_dataURL": f"{sink}/canvas.png"}),
            element("table", {"background": f"{sink}/table.png"}),
        ],
        "svg images": [
            element(
                "svg",
                {},
                element("image", {"href": f"{sink}/svg.png"}, **svg),
                element("image", {"xlink:href": f"{sink}/xlink.png"}, **svg),
                element("use", {"href": f"{sink}/use.svg#a"}, **svg),
                element("feImage", {"href": f"{sink}/fe.png"}, **svg),
                **svg,
            )
        ],
        "svg style": [
            element(
                "svg",
                {},
                *(
                    element(tag, {}, words(f"@import '{sink}/{tag}.css'; *{{color:red}}"), **svg)
                    for tag in ("style", "svg:style")
                ),
                **svg,
            )
        ],
        "svg animation": [
            element(
                "svg",
                {},
                element(
                    "image",
                    {},
                    element("set", {"attributeName": "href", "to": f"{sink}/set.png"}, **svg),
                    **svg,
                ),
                element(
                    "a",
                    {},
                    element("animate", {"attributeName": "href", "values": run_url}, **svg),
                    **svg,
                ),
                **svg,
            )
        ],
        "media": [
            element("video", {"poster": f"{sink}/poster.png", "autoplay": ""}),
            element("audio", {"src": f"{sink}/a.mp3", "rr_mediaState": "played"}),
            element("video", {}, element("track", {"src": f"{sink}/t.vtt", "default": ""})),
        ],
        "styles": [
            element("style", {}, words(f'@import "{sink}/import.css";', isStyle=True)),
            element("style", {"_cssText": f"body{{background:url({sink}/css.png)}}"}),
            element(
                "style",
                {},
                words(f"@font-face{{font-family:f;src:url('{sink}/f.woff')}} *{{font-family:f}}"),
            ),
            element("style", {}, words(f"p{{background:u\\72l({sink}/escaped.png)}}")),
            element("p", {"style": f"background:url({sink}/style.png)"}, words("p")),
            element("p", {"style": f"background:image-set('{sink}/set.png' 1x)"}, words("p")),
            element("p", {"style": f"cursor:url({sink}/cursor.png),auto"}, words("p")),
        ],
        "styles that a filter misreads": [
            element("p", {"style": f"background:url({sink}/open.png"}, words("p")),
            element("p", {"style": f"background:image-set('{sink}/open-set.png' 1x"}, words("p")),
            element("p", {"style": f"background:image-set(linear-gradient(rgb(calc(1),2,3),red) 1x,"
                    f"'{sink}/deep.png' 2x)"}, words("p")),
            element("style", {}, words(f'@im@import;port "{sink}/joined.css";', isStyle=True)),
            element("style", {}, words(f'@\\\\69mport "{sink}/twice.css";', isStyle=True)),
            element("style", {}, words(f"*{{background:ur\\6\\63({sink}/beside.png)}}")),
        ],
        "painted": [
            element("svg", {}, element(
                "rect",
                {name: f"url({sink}/{name}.svg#a)" for name in
                 ("fill", "stroke", "filter", "mask", "clip-path", "cursor", "marker-start")}
                | {"width": "9", "height": "9"}, **svg), **svg),
            element("img", {"attributionsrc": f"{sink}/attribution"}),
        ],
        "sheets": [
            element("link", {"rel": "stylesheet", "href": f"{sink}/sheet.css"}),
            element("link", {"rel": "stylesheet", "_cssText": f"@import url({sink}/in.css);"}),
        ],
        "made ahead": [
            element("link", {"rel": rel, "href": f"{sink}/{rel}", "as": "script"})
            for rel in ("preload", "prefetch", "prerender", "modulepreload", "icon", "manifest")
        ],
        "connections": [
            element("link", {"rel": rel, "href": sink}) for rel in ("preconnect", "dns-prefetch")
        ],
        "refresh": [
            element("meta", {"http-equiv": "refresh", "content": f"0;url={sink}/refresh"}),
            element("meta", {"http-equiv": "refresh", "content": f"0;url={run_url}"}),
        ],
        "base": [
            element("base", {"href": f"{sink}/base/", "target": "_top"}),
            element("img", {"src": "relative.png"}),
        ],
        "objects": [
            element("object", {"data": f"{sink}/object", "type": "text/html"}),
            element("object", {"data": f"data:text/html,{page}"}),
            element("embed", {"src": f"{sink}/embed", "type": "image/svg+xml"}),
            element("applet", {"code": f"{sink}/applet", "archive": f"{sink}/jar"}),
        ],
        "shadow": [
            element(
                "div", {}, element("img", {"src": f"{sink}/s.png", "onerror": RUN}, isShadow=True),
                isShadowHost=True,
            ),
            element("template", {"shadowrootmode": "open"}, element("img", {"src": f"{sink}/t"})),
        ],
        "names": [element("img", {"name": name}) for name in ("createElement", "body", "head")],
    }  # fmt: skip


def later(ms: float, sink: str, ids: dict[str, int]) -> list[Event]:
    """Events after the page that try the same; `ids` are of an element, a style and a frame."""
    image = {"src": f"{sink}/m.png", "onclick": RUN, "style": f"background:url({sink}/m2.png)"}
    listed: dict[str, Any] = {"style": {"background-image": [f"url({sink}/m3.png)", "important"]}}
    inner = document(element("script", {}, words(RUN)), element("img", {"src": f"{sink}/in.png"}))
    sheet = {"source": 8, "id": ids["style"]}
    canvas = {"source": 9, "id": ids["canvas"], "type": 0}
    calls = [
        {"rr_type": "Function", "args": [RUN]},
        {"rr_type": "WebSocket", "args": [sink.replace("http", "ws")]},
        {"rr_type": "ImageData", "src": f"{sink}/canvas"},
    ]
    font = {"family": "f", "fontSource": f"url({sink}/font.woff)", "buffer": False}
    rule = {"rule": f"p{{background:url({sink}/rule.png)}}", "index": 0}
    adopted = {"styleId": 7, "rules": [{"rule": f"p{{background:url({sink}/adopted.png)}}"}]}
    set_value = {"property": "background", "value": f"url({sink}/declared.png)"}
    data: list[dict[str, Any]] = [
        {**sheet, "adds": [rule]},
        {**sheet, "source": 13, "index": [0], "set": set_value},
        {"source": 15, "id": 1, "styles": [adopted], "styleIds": [7]},
        {**canvas, "commands": [{"property": "constructor", "args": [one]} for one in calls]},
        {"source": 10, **font},
        {"source": 7, "id": ids["video"], "type": 0, "currentTime": 0},
        {"source": 11, "level": "log", "payload": [RUN], "trace": []},
        *({"source": 2, "type": kind, "id": ids["image"], "x": 1, "y": 1} for kind in (2, 5, 0)),
    ]
    texts = [{"id": ids["sheet"], "value": f"@import '{sink}/text.css';"}]
    added = [{"parentId": ids["frame"], "nextId": None, "node": inner}]
    extra = [
        {"parentId": ids["body"], "nextId": None, "node": one}
        for many in forged(f"{sink}/added").values()
        for one in many
    ]
    return [
        change(ms, attributes=[{"id": ids["image"], "attributes": image}], texts=texts),
        change(ms + 1, attributes=[{"id": ids["image"], "attributes": listed}]),
        change(ms + 2, adds=added, isAttachIframe=True),
        change(ms + 3, adds=extra),
        *({"type": 3, "timestamp": ms + 4, "data": one} for one in data),
        {"type": 6, "timestamp": ms + 5, "data": {"plugin": "rrweb/console@1", "payload": RUN}},
    ]


def forged_recording(ms: float, sink: str) -> list[Event]:
    """A page with all of it, changed by all of it, and a last word."""
    style = element("style", {}, words("p{color:red}", isStyle=True))
    image, frame = element("img", {}), element("iframe", {})
    canvas, video = element("canvas", {}), element("video", {})
    vectors = [one for many in forged(sink).values() for one in many]
    page = document(element("h1", {}, words("The last frame")), style, image, frame, canvas, video)
    body = page["childNodes"][1]["childNodes"][1]
    body["childNodes"] += vectors
    body["attributes"] = {"onload": RUN, "background": f"{sink}/body.png"}
    ids = {
        "style": style["id"],
        "sheet": style["childNodes"][0]["id"],
        "image": image["id"],
        "frame": frame["id"],
        "canvas": canvas["id"],
        "video": video["id"],
        "body": body["id"],
    }
    return [*whole(ms, page), *later(ms + 500, sink, ids)]
