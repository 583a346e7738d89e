"""The forms of a project's source code."""

from __future__ import annotations

from django import forms

from vedette.projects.models import Project
from vedette.releases.models import Repository
from vedette.sources.assigning import begin_assigning
from vedette.sources.mapping import MappingWish
from vedette.sources.models import CodeMapping, Ownership
from vedette.sources.ownership import (
    MOST_CHARACTERS,
    InvalidRules,
    from_codeowners,
    parse_rules,
)
from vedette.sources.repositories import repositories_of


class MappingForm(forms.Form):
    """Where frames lead."""

    repository = forms.IntegerField(min_value=1)
    stack_root = forms.CharField(max_length=500, required=False)
    source_root = forms.CharField(max_length=500, required=False)
    default_branch = forms.CharField(max_length=250, required=False)

    @classmethod
    def of(cls, mapping: CodeMapping) -> MappingForm:
        """The form as the mapping is now."""
        names = ("stack_root", "source_root", "default_branch")
        held = {name: getattr(mapping, name) for name in names}
        return cls(initial={**held, "repository": mapping.repository_id})

    def wish(self, project: Project) -> MappingWish | None:
        """What the form asks for; None where a field is wrong or the repository is not there."""
        if not self.is_valid():
            return None
        held = self.cleaned_data
        found: Repository | None = (
            repositories_of(project.organization).filter(pk=held["repository"]).first()
        )
        if found is None:
            return None
        return MappingWish(
            repository=found,
            stack_root=held["stack_root"],
            source_root=held["source_root"],
            default_branch=held["default_branch"] or "main",
        )


class OwnersForm(forms.Form):
    """Who owns what, and whether issues are assigned by it."""

    rules = forms.CharField(widget=forms.Textarea, required=False, max_length=MOST_CHARACTERS)
    codeowners = forms.CharField(widget=forms.Textarea, required=False, max_length=MOST_CHARACTERS)
    assigns = forms.BooleanField(required=False)

    @classmethod
    def of(cls, project: Project) -> OwnersForm:
        """The form as the project is now."""
        held = Ownership.objects.filter(project=project).first() or Ownership()
        return cls(initial={"rules": held.rules, "assigns": held.assigns})

    def clean(self) -> dict[str, object] | None:
        """The rules, with those of a CODEOWNERS file before them: the later ones decide."""
        held = super().clean()
        lines = (from_codeowners(self.cleaned_data.get("codeowners", "")), self.typed)
        whole = "\n".join(one for one in lines if one)
        try:
            parse_rules(whole)
        except InvalidRules as error:
            self.add_error("rules", str(error))
        self.cleaned_data["rules"] = whole
        return held

    @property
    def typed(self) -> str:
        """The rules without those that are imported."""
        return str(self.cleaned_data.get("rules", "")).replace("\r\n", "\n").strip()

    def save(self, project: Project) -> None:
        """Store the valid form."""
        rules = self.cleaned_data["rules"]
        Ownership.objects.update_or_create(project=project, defaults={"rules": rules})
        begin_assigning(project, assigns=self.cleaned_data["assigns"])
