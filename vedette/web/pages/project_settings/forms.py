"""The forms of a project's settings."""

from __future__ import annotations

from django import forms

from vedette.projects.models import Project, ProjectKey

_MOST_LINES = 200
_MOST_PER_MINUTE = 10_000_000


class LinesField(forms.CharField):
    """One value a line; blank lines and repetitions do not count."""

    widget = forms.Textarea

    def clean(self, value: str | None) -> list[str]:
        """The lines. Raises ValidationError for too many or too long ones."""
        rows = (super().clean(value or "") or "").splitlines()
        lines = list(dict.fromkeys(row.strip() for row in rows if row.strip()))
        if len(lines) > _MOST_LINES or any(len(line) > 200 for line in lines):
            raise forms.ValidationError(
                f"At most {_MOST_LINES} lines of at most 200 characters each."
            )
        return lines


class GeneralForm(forms.Form):
    """Name and the web sites that may report."""

    name = forms.CharField(max_length=100, strip=True)
    allowed_domains = LinesField(required=False)

    @classmethod
    def of(cls, project: Project) -> GeneralForm:
        """The form as the project is now."""
        domains = "\n".join(project.allowed_domains or [])
        return cls(initial={"name": project.name, "allowed_domains": domains})

    def save(self, project: Project) -> None:
        """Store the valid form."""
        project.name = self.cleaned_data["name"]
        project.allowed_domains = self.cleaned_data["allowed_domains"]
        project.save(update_fields=["name", "allowed_domains"])


class KeyForm(forms.Form):
    """A key's name and limit."""

    label = forms.CharField(max_length=64, strip=True, required=False)
    events_per_minute = forms.IntegerField(min_value=0, max_value=_MOST_PER_MINUTE, required=False)

    @classmethod
    def of(cls, key: ProjectKey) -> KeyForm:
        """The form as the key is now."""
        return cls(initial={"label": key.label, "events_per_minute": key.events_per_minute})

    def save(self, key: ProjectKey) -> None:
        """Store the valid form in the key, whether it is new or known."""
        key.label = self.cleaned_data["label"] or key.label
        if self.cleaned_data["events_per_minute"] is not None:
            key.events_per_minute = self.cleaned_data["events_per_minute"]
        key.save()
