"""A name server with a few names, and every way to answer wrongly."""

from __future__ import annotations

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset

ZONE = {
    ("shop.example.", "A"): ["192.0.2.10", "192.0.2.11"],
    ("shop.example.", "AAAA"): ["2001:db8::10"],
    ("shop.example.", "MX"): ["10 Mail.Shop.example."],
    ("shop.example.", "TXT"): ['"v=spf1 " "-all"'],
    ("10.2.0.192.in-addr.arpa.", "PTR"): ["shop.example."],
}


class NameServer:
    """Answers datagrams; `zone` may be changed."""

    def __init__(self) -> None:
        self.zone = dict(ZONE)
        self.asked = 0

    def __call__(self, data: bytes) -> bytes | None:
        self.asked += 1
        query = dns.message.from_wire(data)
        name = str(query.question[0].name).lower()
        if name.startswith("silent") or (name.startswith("lossy") and self.asked % 2):
            return None
        if name.startswith("garbage"):
            return b"nothing of the sort"
        return self.answer(query, name).to_wire()

    def answer(self, query: dns.message.Message, name: str) -> dns.message.Message:
        """What the zone has."""
        asked = query.question[0]
        answer = dns.message.make_response(query)
        if name.startswith("broken"):
            answer.set_rcode(dns.rcode.SERVFAIL)
        elif name.startswith("refused"):
            answer.set_rcode(dns.rcode.REFUSED)
        elif name.startswith("large"):
            answer.flags |= dns.flags.TC
        elif name.startswith("lossy"):
            answer.answer.append(dns.rrset.from_text(asked.name, 60, "IN", "A", "192.0.2.1"))
        elif name.startswith("alias"):
            shop = "shop.example."
            answer.answer.append(dns.rrset.from_text(asked.name, 60, "IN", "CNAME", shop))
            answer.answer.append(dns.rrset.from_text(shop, 300, "IN", "A", *ZONE[shop, "A"]))
        else:
            self._look_up(asked, answer, name)
        if query.flags & dns.flags.AD and name.startswith("shop"):
            answer.flags |= dns.flags.AD
        return answer

    def _look_up(self, asked: dns.rrset.RRset, answer: dns.message.Message, name: str) -> None:
        kind = dns.rdatatype.to_text(asked.rdtype)
        found = self.zone.get((name, kind))
        if found:
            answer.answer.append(dns.rrset.from_text(asked.name, 60, "IN", kind, *found))
        elif not any(held == name for held, _ in self.zone):
            answer.set_rcode(dns.rcode.NXDOMAIN)
