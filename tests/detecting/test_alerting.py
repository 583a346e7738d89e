"""Rules about issues are told of problems, rules about errors are not."""

from __future__ import annotations

from tests.detecting.sending import look, problems, send_request
from tests.web.world import World
from vedette.alerts.models import Alert
from vedette.configuration import Author
from vedette.configuration._applying import carry_out, plan
from vedette.configuration._files import read_text

RULES = """
rules:
  - {id: new, name: New, project: shop, source: issue, measure: {edge: first_seen}, levels: warning}
  - {id: problem, name: Problem, project: shop, source: issue, measure: {edge: first_seen},
     filter: "event.type:performance", levels: warning}
  - {id: bug, name: Bug, project: shop, source: issue, measure: {edge: first_seen},
     filter: "!event.type:performance", levels: warning}
  - {id: any, name: Any, project: shop, source: event, measure: {edge: any}, levels: warning}
"""


def test_a_new_problem_is_a_new_issue(world: World) -> None:
    """For the rules that want issues, and those that name its kind; no error has happened."""
    carry_out(
        world.organization,
        plan(world.organization, read_text(RULES, "rules.yaml")),
        Author(is_file=True),
    )
    world.stage.flow.digester._context.refresh()  # as it does every other second
    send_request(world, world.shop)
    look(world)
    (issue,) = problems()
    told = Alert.objects.filter(issue=issue).values_list("rule__slug", flat=True)
    assert sorted(told) == ["new", "problem"]
    assert not Alert.objects.filter(rule__slug__in=("bug", "any")).exists()
