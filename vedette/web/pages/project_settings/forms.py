"""The forms of a project's settings."""

from __future__ import annotations

from django import forms

from vedette.projects.models import Project, ProjectKey


class GeneralForm(forms.Form):
    """What it is called."""

    name = forms.CharField(max_length=100, strip=True)

    @classmethod
    def of(cls, project: Project) -> GeneralForm:
        """The form as the project is now."""
        return cls(initial={"name": project.name})

    def save(self, project: Project) -> None:
        """Store the valid form."""
        project.name = self.cleaned_data["name"]
        project.save(update_fields=["name"])


class KeyForm(forms.Form):
    """What a key is called."""

    label = forms.CharField(max_length=64, strip=True, required=False)

    @classmethod
    def of(cls, key: ProjectKey) -> KeyForm:
        """The form as the key is now."""
        return cls(initial={"label": key.label})

    def save(self, key: ProjectKey) -> None:
        """Store the valid form in the key, whether it is new or known."""
        key.label = self.cleaned_data["label"] or key.label
        key.save()


class RotationForm(forms.Form):
    """How many days the old key works beside the new one; 0 ends it at once."""

    days = forms.IntegerField(min_value=0, max_value=365, initial=7)
